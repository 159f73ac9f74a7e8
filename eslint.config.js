/** Lint rules, type-aware. What rooms may import is checked by tools/check-structure.ts. */
import tseslint from 'typescript-eslint';

/** Time, chance and timers come in through src/base, so that tests can move them. */
const onlyInBase = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval'].map((name) => ({ name, message: 'Take a Clock (src/base/clock.ts).' })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take a Clock (src/base/clock.ts).' },
    { object: 'performance', property: 'now', message: 'Take a Clock (src/base/clock.ts).' },
    { object: 'Math', property: 'random', message: 'Take a Random (src/base/random.ts).' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock (src/base/clock.ts).' },
    { selector: 'TSEnumDeclaration, TSParameterProperty, TSModuleDeclaration', message: 'Only erasable syntax: Node runs these files as they are.' },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'node_modules/', 'src/resources/types/', 'src/resources/schema/table.ts'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'tools/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true, allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite', 'before', 'after'] }] }],
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowThrowingAny: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-debugger': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
    },
  },
  { files: ['src/**/*.ts'], ignores: ['src/base/**', 'src/**/*.test.ts', 'src/**/*.cases.ts'], rules: onlyInBase },
);
