import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirmed } from '../../src/cli/confirmed.ts';

/** Asks at a terminal where somebody presses these keys, one for each question. */
async function askedAt(keys: readonly string[], ...questions: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stdout = new PassThrough();
  const shown: string[] = [];
  let pressed = 0;
  stdout.on('data', (chunk) => {
    shown.push(String(chunk));
    const question = questions[pressed];
    if (question === undefined || !shown.join('').includes(question)) return;
    const key = keys[pressed++] ?? 'n';
    // The prompt listens once it has drawn itself.
    setImmediate(() => stdin.write(key));
  });
  const answer = await confirmed({ env: {}, stdin, stdout, stderr: stdout }, 'what would run', ...questions);
  return { answer, shown: shown.join('') };
}

test('each question is asked at the terminal, and only yes to all of them is consent', async () => {
  const questions = ['Approve although count goes from 4 to 40?', 'Sign "approve" on this?'];
  const { answer, shown } = await askedAt(['y', 'y'], ...questions);
  expect(answer).toBe(true);
  expect(shown).toContain('what would run');
  expect((await askedAt(['y', 'n'], ...questions)).answer).toBe(false);
});

test('after one no nothing more is asked', async () => {
  const { answer, shown } = await askedAt(['n'], 'Approve although count is 40?', 'Sign it?');
  expect(answer).toBe(false);
  expect(shown).not.toContain('Sign it?');
});
