/** Node selectors live with the kind: other rooms ask the same questions. */
export * from '../../resources/core/node-selector.ts';
