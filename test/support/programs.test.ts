import { expect, test } from 'vitest';
import { requirePrograms } from './programs.ts';

test('the programs that tests need are here', () => requirePrograms());

test('a missing program is named before anything starts, with what it is for', async () => {
  await expect(requirePrograms({ PATH: '/nowhere' })).rejects.toThrow(
    /^The tests need git \(it says who changed the rules\) and python3 .* and go .*: install it, and put it on PATH\.$/,
  );
});
