import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REQUIREMENTS } from '../../src/domain/reports/compliance.ts';
import { namesIn, pathOf } from '../docs/page.ts';
import { Cli } from '../e2e/cli.ts';

const cli = new Cli(() => ({}));
const named = REQUIREMENTS.map((requirement) => ({
  name: `${requirement.framework}, ${requirement.clause}`,
  ...requirement,
}));

test('each requirement stands once, and no framework is left out', () => {
  expect(new Set(named.map(({ name }) => name)).size).toBe(named.length);
  const clauses = (framework: string, beginning: RegExp) =>
    named.filter((each) => each.framework === framework && beginning.test(each.clause)).length;
  expect(clauses('EU AI Act', /^Article 12/)).toBeGreaterThan(0);
  expect(clauses('EU AI Act', /^Article 14/)).toBeGreaterThan(4);
  expect(clauses('EU AI Act', /^Article 26/)).toBeGreaterThan(3);
  expect(clauses('SOC 2', /^CC8\.1/)).toBeGreaterThan(3);
  expect(clauses('ISO/IEC 42001', /^A\./)).toBeGreaterThan(3);
  expect(clauses('OWASP agentic 2026', /^ASI(0[1-9]|10) /)).toBe(10);
});

test.each(named)('$name says how it is met, or what is missing', ({ met, how, missing, command, test }) => {
  expect({ how: how !== undefined }).toEqual({ how: met !== 'not met' });
  expect({ command: command !== undefined }).toEqual({ command: met !== 'not met' });
  if (met !== 'met') expect(missing).toBeDefined();
  if (met === 'not met') expect(test).toBeUndefined();
});

test.each(named.flatMap(({ name, test }) => (test ? [{ name, ...test }] : [])))(
  '$name names a test that exists',
  ({ file, title }) => {
    expect(existsSync(pathOf(file)), file).toBe(true);
    expect(namesIn(file)).toContain(title);
  },
);

const commands = [...new Set(named.flatMap(({ command }) => command ?? []))];
test.each(commands)('the command exists: %s', async (command) => {
  const words = command.split(' ').slice(1);
  const path = words.filter((word) => !word.startsWith('--'));
  const help = await cli.answer([...path, '--help']);
  expect(help).toContain(`Usage: countersign ${path.join(' ')} `);
  for (const option of words.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
});

test('the sheet can be read without a ledger, says so, and has what is not met', async () => {
  const text = await cli.answer(['report', 'compliance']);
  expect(text).toContain('No ledger was asked');
  expect(text).toContain('ASI06 memory and context poisoning: NOT MET');
  const rows = await cli.json(['report', 'compliance']);
  expect(rows).toHaveLength(REQUIREMENTS.length);
  expect(rows[0].ledger).toBeNull();
});
