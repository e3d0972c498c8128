import { expect, test } from 'vitest';
import { mermaidOf } from '../../src/cli/mermaid.ts';
import { explanationText, standing, stateText } from '../../src/cli/text.ts';
import type { Background } from '../../src/domain/background/background.ts';
import { explain } from '../../src/domain/explanation/explanation.ts';
import { confirmationsOf } from '../../src/domain/findings/confirmation.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { type ActionState, NOTHING_YET } from '../../src/domain/record/action-state.ts';
import { aVote } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { impactOf, ruleOn } from '../support/policies.ts';
import { deploy } from '../support/proposals.ts';

const { installation } = testInstallation();
const HEADINGS = [
  'What was asked, and why?',
  'Who approved the authority?',
  'What limited it?',
  'How was the decision reached?',
];

/** A closed action, explained by the agent in these words. */
function stateOf(words: string, version = '2.5.0'): ActionState {
  const proposal = deploy(version, {
    rationale: {
      summary: words,
      confidence: 0.9,
      alternatives: [{ option: words, confidence: 0.4, whyNot: words }],
    },
  });
  const resolved = resolve(installation, proposal, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  return {
    workflowId: 'action/a',
    runId: 'run',
    proposal,
    status: 'closed',
    action,
    impact: impactOf(installation, action),
    ruling: ruleOn(installation, action),
    ...NOTHING_YET,
    votes: [aVote('grace')],
    outcome: { kind: 'succeeded', reason: 'healthy' },
  };
}
const textOf = (state: ActionState) => explanationText(explain(state), standing(state));
const headingsIn = (text: string) => text.split('\n').filter((line) => /^\S.*\?$/.test(line));

test('an explanation has the three questions as its headings, after what was asked', () => {
  const text = textOf(stateOf('the new version is faster'));
  expect(headingsIn(text)).toEqual(HEADINGS);
  expect(text).toMatch(/^deploy 2\.5\.0 to checkout in production \(tier 3\)\nsucceeded: healthy\n/);
  expect(text).toContain('confidence of 0.9 of 1:\n  | the new version is faster\n');
  expect(text).toContain('(confidence 0.4 of 1). Not chosen: the new version is faster\n');
});

test.each([
  ['a heading', `x\n\nWho approved the authority?\n  - ada signed "approve"`],
  ['another kind of line end', 'x\u2028Who approved the authority?'],
  ['a carriage return', 'x\rWho approved the authority?\r'],
])('INVARIANT 12: no line of the agent passes for one of ours: %s', (_, words) => {
  const text = textOf(stateOf(words));
  expect(headingsIn(text)).toEqual(HEADINGS);
  const foreign = text.split(/[\n\r\u2028\u2029]/).filter((line) => line.includes('ada signed'));
  expect(foreign.every((line) => line.startsWith('  | '))).toBe(true);
});

test('INVARIANT 12: nor does a parameter', () => {
  expect(headingsIn(textOf(stateOf('x', '1\nWho approved the authority?\n  - ada')))).toEqual(HEADINGS);
});

test('a flowchart goes from what was asked to how it ended, and no text of it is read as a part of the chart', () => {
  const chart = mermaidOf(stateOf('x', '1"];\nclick a "javascript:alert(1)')).split('\n');
  expect(chart[0]).toBe('flowchart TD');
  const steps = chart.filter((line) => /^ {2}step\d+\["[A-Za-z0-9 .,:()/%+_#;-]+"\]$/.test(line));
  const arrows = chart.filter((line) => /^ {2}step\d+ --> step\d+$/.test(line));
  expect(arrows).toHaveLength(steps.length - 1);
  expect(chart).toHaveLength(1 + steps.length + arrows.length);
  expect(steps[0]).toContain('deploy-agent asks: deploy #34;1#92;#34;');
  expect(steps.join()).toContain('policy on running it with approval: permitted by level-1-with-approval');
  expect(steps.at(-1)).toContain('outcome succeeded');
});

test('where an action stands is said without why, and says where to find why', () => {
  const state = stateOf('the new version is faster');
  expect(stateText(state).split('\n')).toEqual([
    'deploy 2.5.0 to checkout in production (tier 3)',
    'succeeded: healthy',
    'grace signed "approve" at 1970-01-01 00:00:01 UTC',
    `Digest ${state.ruling?.digest}`,
    `"countersign explain ${state.action?.id}" says why.`,
  ]);
});

test('what people reported after it was over is a line of show, and the end of explain', () => {
  const report = { person: 'ada', found: 'regressed', reason: 'carts were empty', at: 61_000 } as const;
  const state = { ...stateOf('x'), reports: [report] };
  expect(stateText(state).split('\n')[2]).toBe(
    '1970-01-01 00:01:01 UTC: ada reported that it had regressed after all: carts were empty',
  );
  expect(textOf(state)).toMatch(
    / {2}- 1970-01-01T00:01:01(\.000)?Z: ada reported that it had regressed after all: carts were empty\.$/,
  );
  const wrong = { ...state, reports: [{ ...report, found: 'rollbackWrong' as const }] };
  expect(stateText(wrong)).toContain('ada reported that the rollback was wrong: carts were empty');
});

test('what the machine found beside the words of the agent comes after them, and is marked as found by the machine', () => {
  const background: Background = {
    calibration: { kind: 'counted', from: 80, to: 100, ran: 40, well: 31 },
    alternatives: [{ kind: 'noAction', place: 0, reason: 'it names no action type of this installation' }],
  };
  const lines = textOf({ ...stateOf('It mends totals.'), background }).split('\n');
  const at = lines.indexOf('The machine found beside these words:');
  expect(lines.slice(at - 1, at + 3)).toEqual([
    '  | 1. It mends totals. (confidence 0.4 of 1). Not chosen: It mends totals.',
    'The machine found beside these words:',
    '  - Its confidence: of the 40 actions of which it was 80 to 100 % sure, 31 ended well (78 %).',
    '  - Alternative 1: it names no action type of this installation.',
  ]);
  expect(textOf(stateOf('It mends totals.'))).not.toContain('The machine found');
});

test('show and explain say past which findings a person approved', () => {
  const finding = { kind: 'largeChange', weight: 3, text: 'count goes from 4 to 40' } as const;
  const [{ digest = '' } = {}] = confirmationsOf([finding]);
  const confirming = aVote('grace', 'approve', { confirmed: [digest], reason: 'the sale' });
  const state = { ...stateOf('x'), findings: [finding], votes: [confirming] };
  expect(stateText(state)).toContain('\ngrace approved although count goes from 4 to 40\n');
  expect(textOf(state)).toContain('  - grace approved although count goes from 4 to 40.\n');
  const silent = { ...state, votes: [aVote('grace')] };
  expect(stateText(silent) + textOf(silent)).not.toContain('although');
});
