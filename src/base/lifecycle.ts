/** Lifetimes: what is opened is closed, in reverse order, once. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Collects what must be closed. `close` runs the steps in reverse order of their adding, each awaited; a step that fails
 * does not keep the others from running, and the first failure is thrown at the end. Closing twice is one closing.
 */
export class CloseStack implements Closable {
  readonly #steps: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  /** Adds a step and returns its subject, so that `const x = stack.add(open(), (x) => x.close())` reads as one line. */
  add<T>(subject: T, close: (subject: T) => unknown): T {
    this.#steps.push(() => close(subject));
    return subject;
  }

  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Starts something of several parts; where that fails, the parts that were opened are closed again. What it returns closes with `closing`. */
export async function startTogether<T>(start: (closing: CloseStack) => Promise<T>, closing = new CloseStack()): Promise<T> {
  try {
    return await start(closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}
