import { describe, expect, test } from 'vitest';
import { situationOf } from '../../../src/domain/replay/situation.ts';
import { deploy, proposal } from '../../support/proposals.ts';

const at = Date.UTC(2026, 8, 1, 3, 47);
const CONTEXT = { prompt: 'Orders fail.', toolResults: [{ tool: 'builds', result: ['2.4.0', '2.5.0'] }] };
const of = (given = proposal(), context: Parameters<typeof situationOf>[1] = CONTEXT) =>
  situationOf({ actionId: 'an.action', runId: 'run', at, proposal: given }, context);

test('a situation is what the agent knew: when, where, what it was asked, what it found', () => {
  const made = of();
  expect(made).toMatchObject({
    kind: 'situation',
    situation: {
      situation: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      at: '2026-09-01T03:47:00.000Z',
      agent: 'cache-agent',
      environment: 'production',
      ...CONTEXT,
      evidence: proposal().evidence,
    },
  });
});

test('nothing of what it proposed is in it', () => {
  const given = deploy('9.8.7', { idempotencyKey: 'key-of-the-answer', declaredTier: 3 });
  const text = JSON.stringify(of(given));
  for (const answer of [
    given.actionType,
    '9.8.7',
    given.target,
    given.rationale.summary,
    given.rationale.alternatives[0]?.option ?? '',
    given.successCriteria[0] ?? '',
    given.idempotencyKey,
    'declaredTier',
  ])
    expect(text).not.toContain(answer);
});

describe('an agent that handed in its own answer cannot be asked again', () => {
  const { summary } = proposal().rationale;
  test.each([
    ['in its prompt', { prompt: `Think. ${summary}` }],
    ['in a message', { prompt: [{ role: 'assistant', content: [{ text: summary }] }] }],
    [
      'as JSON in a tool’s answer',
      { prompt: 'x', toolResults: [{ tool: 'a', result: JSON.stringify({ summary }) }] },
    ],
  ])('%s', (_, context) => {
    expect(of(proposal(), context)).toEqual({
      kind: 'none',
      why: 'what it handed in holds its answer: the summary of its reasons',
    });
  });

  test('in its evidence', () => {
    expect(of(proposal({ evidence: [{ title: 'why', detail: summary }] })).kind).toBe('none');
  });

  test('also where JSON writes it otherwise', () => {
    const quoted = proposal({ rationale: { ...proposal().rationale, summary: 'It is "down".' } });
    expect(of(quoted, { prompt: JSON.stringify('It is "down".') }).kind).toBe('none');
  });
});
