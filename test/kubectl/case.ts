/** A command, what kubectl prints for it, and the page of Kubernetes' documentation or the rule that says so. */
export interface Case {
  /** Words are separated by spaces; single quotes hold one with spaces together. */
  readonly run: string;
  /** As expected-text.ts reads it: on stdout, for commands that fail on stderr. */
  readonly prints: string;
  /** Below kubernetes.io/docs, or a rule in words. */
  readonly page: string;
  readonly input?: string;
  /** The exit code, when it is not 0. */
  readonly code?: number;
  /** Where the command prints what is compared, when it is not stdout for one that succeeds and stderr for one that fails. */
  readonly on?: 'stdout' | 'stderr';
  /** What `kubectl edit` starts, with the file's name after it. */
  readonly editor?: string;
  /** The only kubectl that has the command, or prints it so. */
  readonly only?: '1.20' | 'newer';
}

export const quick = 'reference/kubectl/quick-reference/';

export const generated = (command: string): string => `reference/kubectl/generated/kubectl_${command}/`;

export const notFound = 'rule: a NotFound Status names the resource in the plural, and the object';
