// The rules of dependency and form that a machine can check. Each of them is fed a violation by tools/src/rules.spec.ts.
import tseslint from 'typescript-eslint';
import ar from './tools/lint/ar-rules.mjs';

const domain = ['libs/domain/src/**/*.ts', 'services/*/src/domain/**/*.ts'];
const specs = ['**/*.spec.ts', '**/*.world.ts'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/gen/**', 'node_modules/**', 'third_party/**', '.data/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommended, ...tseslint.configs.stylistic],
    plugins: { ar },
    rules: {
      'ar/boundaries': 'error',
      'ar/no-barrels': 'error',
      'ar/telling-folders': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: domain, ignores: [...specs, 'libs/domain/src/given.ts'],
    rules: {
      'ar/pure-domain': 'error',
      'no-restricted-syntax': ['error',
        { selector: 'SwitchCase[test=null]', message: 'No default in a domain switch: a missing case must not compile.' },
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Time is a fact that arrives as an input.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is a fact that arrives as an input.' },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'The same inputs give the same answer for ever.' },
        { selector: "CallExpression[callee.name='parseFloat']", message: 'Money is exact: no floating point.' },
        { selector: 'AwaitExpression', message: 'A decision is synchronous.' },
      ],
    },
  },
  {
    files: ['services/*/src/**/*.ts'], ignores: [...specs, 'services/*/src/main.ts', 'services/*/src/*.module.ts'],
    rules: { 'ar/no-machinery': 'error' },
  },
  {
    files: specs,
    rules: {
      'no-restricted-syntax': ['error', { selector: "MemberExpression[property.name=/^(only|skip)$/][object.name=/^(it|describe|test)$/]", message: 'Every test runs.' }, { selector: 'CallExpression[callee.name=/^x(it|describe)$/]', message: 'Every test runs.' }],
    },
  },
  { files: ['tools/src/**/*.ts'], rules: { 'no-console': 'off' } },
);
