import { expect, test } from 'vitest';
import { linesOf } from '../../src/briefing/blocks.ts';
import { briefingOf } from '../../src/briefing/briefing.ts';
import type { Finding } from '../../src/domain/findings/finding.ts';
import { aMessage } from '../support/messages.ts';

const FINDINGS: readonly Finding[] = [
  { kind: 'largeChange', parameter: 'count', weight: 3, text: 'count goes from 4 to 40, 10 times as much' },
  { kind: 'evidenceOld', weight: 2, text: 'the newest measurement of the evidence is more than 3 hours old' },
  { kind: 'notMeasured', weight: 1, text: 'nothing measures "shoppers are happier"' },
];

const sections = (findings?: readonly Finding[]) =>
  briefingOf(aMessage({ findings }), ['grace']).machine.map(({ heading, blocks }) => ({
    heading,
    lines: linesOf(blocks),
  }));

test('findings come right after the action, a line each, what weighs most first', () => {
  const at = sections(FINDINGS).findIndex(({ heading }) => heading === 'The action');
  expect(sections(FINDINGS)[at + 1]).toEqual({
    heading: 'Findings',
    lines: [
      '  Look closely    count goes from 4 to 40, 10 times as much.',
      '  Doubtful        the newest measurement of the evidence is more than 3 hours old.',
      '  Worth a look    nothing measures "shoppers are happier".',
    ],
  });
});

test('without findings there is no such section', () => {
  expect(sections()).toEqual(sections([]));
  expect(sections().map(({ heading }) => heading)).not.toContain('Findings');
});

test('INVARIANT 12: a quotation stays on its line, hides nothing and holds no link', () => {
  const text = 'the agent writes "a\n\nWHO MAY DECIDE\u202E http://evil.example"';
  const section = sections([{ kind: 'claimedApproval', weight: 3, text }]).find(
    ({ heading }) => heading === 'Findings',
  );
  expect(section?.lines).toEqual([
    '  Look closely    the agent writes "a\\u{A}\\u{A}WHO MAY DECIDE\\u{202E} http[:]//evil.example".',
  ]);
});
