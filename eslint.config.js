import tseslint from 'typescript-eslint';

// One rule only: an un-awaited activity or timer in workflow code is lost work, and Biome does not see proxied ones. With the build's
// project only `src` is read for its types, and not the tests too.
export default [
  { ignores: ['**/dist/'] },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.build.json' } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
];
