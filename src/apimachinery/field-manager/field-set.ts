/**
 * Sets of field paths, as managedFields keep them. A path is a row of elements in the text form of fieldsV1: 'f:name' a field,
 * 'k:{"name":"x"}' a list item by its keys, 'v:"x"' an item of a set. Sets are never changed after they are made.
 * Upstream: sigs.k8s.io/structured-merge-diff/fieldpath
 */
import { compareElements } from './element-order.ts';

export type PathElement = string;

/** fieldsV1 as JSON. */
export interface FieldsV1 {
  readonly [element: string]: FieldsV1;
}

export class FieldSet {
  static readonly empty = new FieldSet(false, new Map());
  /** The path that leads here is in the set. */
  readonly isMember: boolean;
  readonly children: ReadonlyMap<PathElement, FieldSet>;

  constructor(isMember: boolean, children: ReadonlyMap<PathElement, FieldSet>) {
    this.isMember = isMember;
    this.children = children;
  }

  static readonly leaf = new FieldSet(true, new Map());

  /** The set of one path. */
  static of(...path: PathElement[]): FieldSet {
    return path.reduceRight((set, element) => new FieldSet(false, new Map([[element, set]])), FieldSet.leaf);
  }

  static fromJson(fields: FieldsV1 | undefined): FieldSet {
    return parse(fields ?? {}, true);
  }

  toJson(): FieldsV1 {
    return write(this, true);
  }

  get isEmpty(): boolean {
    return !this.isMember && this.children.size === 0;
  }

  has(path: readonly PathElement[]): boolean {
    let at: FieldSet | undefined = this;
    for (const element of path) at = at?.children.get(element);
    return at?.isMember ?? false;
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty || other === this) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [element, theirs] of other.children) {
      const ours = children.get(element);
      children.set(element, ours ? ours.union(theirs) : theirs);
    }
    return new FieldSet(this.isMember || other.isMember, children);
  }

  intersection(other: FieldSet): FieldSet {
    const children = new Map<PathElement, FieldSet>();
    for (const [element, ours] of this.children) {
      const theirs = other.children.get(element);
      if (theirs) addUnlessEmpty(children, element, ours.intersection(theirs));
    }
    return new FieldSet(this.isMember && other.isMember, children);
  }

  /** Without the members of the other set; what lies below them stays. */
  difference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    let changed: Map<PathElement, FieldSet> | undefined;
    for (const [element, theirs] of other.children) {
      const ours = (changed ?? this.children).get(element);
      const left = ours?.difference(theirs);
      if (left === ours || !left) continue;
      changed ??= new Map(this.children);
      if (left.isEmpty) changed.delete(element);
      else changed.set(element, left);
    }
    const isMember = this.isMember && !other.isMember;
    return changed || isMember !== this.isMember ? new FieldSet(isMember, changed ?? this.children) : this;
  }

  /** Without the members of the other set and all that lies below them. */
  recursiveDifference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, ours] of this.children) {
      const theirs = other.children.get(element);
      if (theirs?.isMember === true) continue;
      addUnlessEmpty(children, element, theirs ? ours.recursiveDifference(theirs) : ours);
    }
    return new FieldSet(this.isMember, children);
  }

  equals(other: FieldSet): boolean {
    if (this === other) return true;
    if (this.isMember !== other.isMember || this.children.size !== other.children.size) return false;
    for (const [element, ours] of this.children) {
      const theirs = other.children.get(element);
      if (!theirs || !ours.equals(theirs)) return false;
    }
    return true;
  }

  /** Every path of the set in the order of its elements; those that end below something before those that lead further down. */
  *paths(prefix: readonly PathElement[] = []): Iterable<readonly PathElement[]> {
    const children = [...this.children].sort(([a], [b]) => compareElements(a, b));
    for (const [element, child] of children) if (child.isMember) yield [...prefix, element];
    for (const [element, child] of children) yield* child.paths([...prefix, element]);
  }
}

function addUnlessEmpty(children: Map<PathElement, FieldSet>, element: PathElement, set: FieldSet): void {
  if (!set.isEmpty) children.set(element, set);
}

function parse(fields: FieldsV1, isRoot: boolean): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  let isMember = false;
  for (const [element, inner] of Object.entries(fields)) {
    if (element === '.') isMember = true;
    else children.set(element, parse(inner, false));
  }
  return new FieldSet(isMember || (!isRoot && children.size === 0), children);
}

/** Keys sorted, so that equal sets have equal texts. */
function write(set: FieldSet, isRoot: boolean): FieldsV1 {
  const out: Record<string, FieldsV1> = {};
  if (set.isMember && !isRoot && set.children.size > 0) out['.'] = {};
  for (const element of [...set.children.keys()].sort()) {
    const child = set.children.get(element);
    if (child) out[element] = write(child, false);
  }
  return out;
}

/** '.spec.containers[name="nginx"].image', as messages show a path. */
export function formatPath(path: readonly PathElement[]): string {
  return path.map(formatElement).join('');
}

function formatElement(element: PathElement): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${JSON.stringify(JSON.parse(rest))}]`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const keys = JSON.parse(rest) as Record<string, unknown>;
  return `[${Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
