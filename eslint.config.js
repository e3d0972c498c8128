import tseslint from 'typescript-eslint';

// One rule only: an un-awaited activity or timer in workflow code is lost work, and Biome does not see proxied ones.
export default [
  { ignores: ['dist/'] },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
];
