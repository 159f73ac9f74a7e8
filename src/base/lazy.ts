/** What is made when it is first asked for, and kept: for what costs time at the start and is seldom wanted. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
