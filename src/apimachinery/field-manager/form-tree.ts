/**
 * What was made of the forms of objects, found again by following a form step by step: cheaper than writing the form down and looking
 * that up. So many steps are kept; then all are forgotten.
 */
const mostSteps = 20_000;

/** Something that a form consists of; equal strings are one step, objects are themselves. */
export type Step = string | object;

export class FormTree<T> {
  #roots = new WeakMap<object, FormNode<T>>();
  readonly #size: Size = { steps: 0 };

  /** Where forms that go by `schema` begin. */
  root(schema: object): FormNode<T> {
    if (this.#size.steps > mostSteps) {
      this.#roots = new WeakMap();
      this.#size.steps = 0;
    }
    let root = this.#roots.get(schema);
    if (!root) this.#roots.set(schema, (root = new FormNode(this.#size)));
    return root;
  }

  /** What was made of the form that leads here; `make` is asked once. */
  at(node: FormNode<T>, make: () => T): T {
    return (node.made ??= { of: make() }).of;
  }
}

interface Size {
  steps: number;
}

export class FormNode<T> {
  made: { readonly of: T } | undefined = undefined;
  readonly #size: Size;
  /** The first step that was taken from here, and where it leads: mostly the only one. */
  #step: Step | undefined = undefined;
  #target: FormNode<T> | undefined = undefined;
  #others: Map<Step, FormNode<T>> | undefined = undefined;

  constructor(size: Size) {
    this.#size = size;
  }

  next(step: Step): FormNode<T> {
    if (this.#step === step && this.#target) return this.#target;
    const known = this.#others?.get(step);
    if (known) return known;
    this.#size.steps++;
    const node = new FormNode<T>(this.#size);
    if (this.#target === undefined) {
      this.#step = step;
      this.#target = node;
    } else {
      this.#others ??= new Map();
      this.#others.set(step, node);
    }
    return node;
  }
}
