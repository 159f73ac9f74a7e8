/**
 * Whether the CEL rules of a CRD's schema can be used: they compile, speak of fields that exist, use oldSelf where it can be told, and
 * stay within what rules may cost.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/apiserver/schema/cel/compilation.go
 */
import { forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';
import { compileErrorText, marked } from '../cel/compile-error.ts';
import type { Compiled } from '../cel/expression.ts';
import { compileRule, isTransition } from './cel-rules.ts';
import { estimateCost, UnknownFieldError } from './rule-estimate.ts';

/** The worst that one expression may cost, counted for every place where its schema may occur. */
export const perRuleLimit = 10_000_000;
/** All rules of a schema together. */
export const perSchemaLimit = 100_000_000;

/** Where in the schema a rule stands. */
export interface RulePlace {
  /** How often its value may occur in an object. */
  readonly cardinality: number;
  /** The list in which old values cannot be told apart, if it is in one. */
  readonly uncorrelatable: FieldPath | undefined;
}

export class RuleAdmission {
  #total = 0;
  readonly #dear: { readonly path: FieldPath; readonly cost: number }[] = [];

  /** The errors of the rules at one place of the schema. */
  check(props: JSONSchemaProps, path: FieldPath, place: RulePlace): FieldError[] {
    return (props['x-kubernetes-validations'] ?? []).flatMap((rule, i) => this.#rule(rule, props, path.child('x-kubernetes-validations').index(i), place));
  }

  /** What is wrong with all rules together. */
  total(root: FieldPath): FieldError[] {
    if (this.#total <= perSchemaLimit) return [];
    const dearest = [...this.#dear].sort((a, b) => b.cost - a.cost).slice(0, 4).filter(({ cost }) => cost > this.#total / 100);
    return [
      ...dearest.map(({ path }) => forbidden(path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')),
      forbidden(root, costMessage('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.#total, perSchemaLimit)),
    ];
  }

  #rule(rule: ValidationRule, props: JSONSchemaProps, at: FieldPath, place: RulePlace): FieldError[] {
    if (rule.rule.trim() === '') return [required(at.child('rule'), 'rule is not specified')];
    const errors = this.#expression(rule.rule, rule, props, { path: at.child('rule'), what: 'rule', cardinality: place.cardinality });
    if (isTransition(rule) && place.uncorrelatable) errors.push(invalid(at.child('rule'), rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable.toString()}`));
    if (!isTransition(rule) && rule.optionalOldSelf !== undefined) errors.push(invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    if (rule.message !== undefined && rule.message.trim() === '') errors.push(invalid(at.child('message'), rule.message, 'message must be non-empty if specified'));
    else if (rule.message?.includes('\n')) errors.push(invalid(at.child('message'), rule.message, 'message must not contain line breaks'));
    else if (rule.rule.trim().includes('\n') && !rule.message) errors.push(required(at.child('message'), 'message must be specified if rule contains line breaks'));
    if (rule.messageExpression === undefined) return errors;
    if (rule.messageExpression.trim() === '') return [...errors, required(at.child('messageExpression'), 'messageExpression must be non-empty if specified')];
    return [...errors, ...this.#expression(rule.messageExpression, rule, props, { path: at.child('messageExpression'), what: 'messageExpression', cardinality: place.cardinality })];
  }

  #expression(text: string, rule: ValidationRule, props: JSONSchemaProps, { path, what, cardinality }: { readonly path: FieldPath; readonly what: 'rule' | 'messageExpression'; readonly cardinality: number }): FieldError[] {
    const failed = what === 'rule' ? 'compilation failed' : 'messageExpression compilation failed';
    let compiled: Compiled;
    let cost: number;
    try {
      compiled = compileRule(text, rule.optionalOldSelf === true);
      cost = estimateCost(compiled.ast, props, rule.optionalOldSelf === true) * cardinality;
    } catch (error) {
      return [invalid(path, rule, `${failed}: ${described(error, text)}`)];
    }
    const wanted = what === 'rule' ? 'bool' : 'string';
    if (compiled.type !== wanted && compiled.type !== 'dyn') return [invalid(path, rule, what === 'rule' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string')];
    this.#total += cost;
    this.#dear.push({ path, cost });
    return cost > perRuleLimit ? [forbidden(path, costMessage(`estimated ${what} cost`, cost, perRuleLimit))] : [];
  }
}

const described = (error: unknown, text: string): string => (error instanceof UnknownFieldError ? marked(error.message, text, error.column - 1) : compileErrorText(error, text));

function costMessage(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
