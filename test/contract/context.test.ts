import { expect, test } from 'vitest';
import { MAX_CONTEXT_BYTES, parseContext } from '../../src/contract/context.ts';
import { canonicalJson } from '../../src/domain/shared/digest.ts';

const around = canonicalJson({ prompt: '' }).length;

test('a context has a prompt, and what tools answered', () => {
  const context = {
    prompt: [{ role: 'user', content: 'catalog serves old prices' }],
    toolResults: [
      { tool: 'imports', result: { changed: 212 } },
      { tool: 'metrics', input: { service: 'catalog' }, result: null },
    ],
  };
  expect(parseContext(context)).toEqual({ kind: 'context', context });
});

test.each([
  ['nothing', undefined, 'context'],
  ['no prompt', { toolResults: [] }, 'context.prompt'],
  ['a member that nobody reads', { prompt: 'x', answer: 'flush it' }, 'context.answer'],
  ['a tool without a result', { prompt: 'x', toolResults: [{ tool: 'a' }] }, 'context.toolResults.0.result'],
  ['what is no JSON', { prompt: { at: Number.NaN } }, 'context.prompt.at'],
  ['half a character', { prompt: '\ud800' }, 'context.prompt'],
  ['a name that pollutes', JSON.parse('{"prompt":{"__proto__":1}}'), 'context.prompt.__proto__'],
])('%s is refused, with the place', (_, input, where) => {
  expect(parseContext(input)).toMatchObject({ kind: 'refused', faults: [{ where }] });
});

test('it has 1 MB of canonical JSON at most', () => {
  const sized = (bytes: number) => parseContext({ prompt: 'x'.repeat(bytes - around) });
  expect(sized(MAX_CONTEXT_BYTES).kind).toBe('context');
  expect(sized(MAX_CONTEXT_BYTES + 1)).toEqual({
    kind: 'refused',
    faults: [{ where: 'context', problem: 'has 1048577 bytes, at most 1048576 are taken' }],
  });
});
