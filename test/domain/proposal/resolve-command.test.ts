import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../src/domain/action/action.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { actionTypeWith } from '../support.ts';

/** What becomes of a command of these arguments. */
function resolvedWith(argv: readonly string[], params: Proposal['params']) {
  const execute = { executor: 'command', argv, timeoutMs: 1_000 } as const;
  const actionTypes = { 'index.drop': actionTypeWith({ name: 'index.drop', execute }) };
  const given = proposal({ actionType: 'index.drop', params });
  return resolve(testInstallation({ actionTypes }).installation, given, () => []);
}
const argvOf = (argv: readonly string[], params: Proposal['params']) => {
  const answer = resolvedWith(argv, params);
  return answer.kind === 'resolved' && answer.action.execute.executor === 'command'
    ? answer.action.execute.argv
    : undefined;
};

describe('a parameter in a command', () => {
  test.each([
    ['a b', 'a b'],
    ['$(reboot); rm -rf /', '$(reboot); rm -rf /'],
    ['"quoted" \'too\'', '"quoted" \'too\''],
    ['a\nb', 'a\nb'],
    ['', ''],
    [7, '7'],
    [['a', 'b'], '["a","b"]'],
  ])('%j is one argument, as it is: no shell reads it', (name, argument) => {
    expect(argvOf(['drop', `\${params.name}`, '--quiet'], { name })).toEqual(['drop', argument, '--quiet']);
  });

  test('inside an argument it stays inside it', () => {
    expect(argvOf(['drop', `--name=\${params.name}`], { name: '--all' })).toEqual(['drop', '--name=--all']);
  });

  test.each(['-', '--', '-f', '--all', '--name=x'])('that is %j is refused', (name) => {
    expect(resolvedWith(['drop', `\${params.name}`], { name })).toEqual({
      kind: 'refused',
      faults: [
        {
          where: 'params.name',
          problem: `"${name}" would be read as an option; begin it with something else`,
        },
      ],
    });
  });

  test('that is a number below zero is refused where it would be read as an option, and taken where not', () => {
    expect(resolvedWith(['shift', `\${params.by}`], { by: -5 }).kind).toBe('refused');
    expect(argvOf(['shift', `--by=\${params.by}`], { by: -5 })).toEqual(['shift', '--by=-5']);
  });

  test('stays an argument of the preview too', () => {
    const execute = {
      executor: 'command',
      argv: ['drop'],
      preview: { argv: ['diff', `\${params.name}`], timeoutMs: 1_000 },
      timeoutMs: 1_000,
    } as const;
    const actionTypes = { 'index.drop': actionTypeWith({ name: 'index.drop', execute }) };
    const resolved = (name: string) =>
      resolve(
        testInstallation({ actionTypes }).installation,
        proposal({ actionType: 'index.drop', params: { name } }),
        () => [],
      );
    expect(resolved('a b')).toMatchObject({ action: { execute: { preview: { argv: ['diff', 'a b'] } } } });
    expect(resolved('--all')).toMatchObject({ kind: 'refused', faults: [{ where: 'params.name' }] });
  });

  test('that begins an argument together with another one is judged by what they are together', () => {
    const argv = ['drop', `\${params.a}\${params.b}`];
    expect(resolvedWith(argv, { a: '', b: '-f' }).kind).toBe('refused');
    expect(argvOf(argv, { a: 'x', b: '-f' })).toEqual(['drop', 'x-f']);
  });

  test('that holds a NUL character, which would end the argument early, is refused', () => {
    expect(resolvedWith(['drop', `--name=\${params.name}`], { name: 'a\0b' })).toEqual({
      kind: 'refused',
      faults: [{ where: 'params.name', problem: 'holds a NUL character; leave it out' }],
    });
  });

  test("that the operator wrote as an option is the operator's", () => {
    expect(argvOf(['drop', '-q', `-\${params.name}`], { name: 'v' })).toEqual(['drop', '-q', '-v']);
  });
});

test('parameters of the rollback are looked at like those of the action', () => {
  const rollback = { executor: 'command', argv: ['restore', `\${params.name}`], timeoutMs: 1_000 } as const;
  const actionTypes = { 'index.drop': actionTypeWith({ name: 'index.drop', rollback }) };
  const given = proposal({ actionType: 'index.drop', params: { name: '--all' } });
  expect(resolve(testInstallation({ actionTypes }).installation, given, () => []).kind).toBe('refused');
});
