import { describe, expect, test } from 'vitest';
import { renderMail } from '../src/adapters/mail/render.ts';
import { renderSlack } from '../src/adapters/slack/render.ts';
import { briefingOf } from '../src/briefing/briefing.ts';
import { reportText } from '../src/briefing/report.ts';
import { pageOfParts } from '../src/briefing/report-page.ts';
import { table } from '../src/briefing/table.ts';
import { mermaidOf } from '../src/cli/mermaid.ts';
import { actionQuestion } from '../src/cli/question.ts';
import { routeLine } from '../src/cli/route-text.ts';
import { explanationText, noticeLines, reviewText, stateText } from '../src/cli/text.ts';
import { actionDigest } from '../src/domain/action/action-digest.ts';
import type { AskedQuestion } from '../src/domain/approval/interventions.ts';
import type { Background } from '../src/domain/background/background.ts';
import { explain } from '../src/domain/explanation/explanation.ts';
import { type ActionState, NOTHING_YET, type ReviewState } from '../src/domain/record/action-state.ts';
import { exactLine, lookalikes } from '../src/domain/shared/visible.ts';
import { editable, line, plainLine, value, words } from '../src/gateway/pages/text.ts';
import { detailsOf, reviewDetailsOf } from '../src/workflows/details.ts';
import { aQuorum } from './domain/support.ts';
import { aMessage, inEveryAgentText } from './support/messages.ts';

/** What would not show, or would paint over what is beside it. */
const NASTY: readonly [string, string][] = [
  ['a letter without width', '\u200B'],
  ['a joiner', '\u2060'],
  ['another direction', '\u202E'],
  ['an isolate', '\u2066'],
  ['a soft hyphen', '\u00AD'],
  ['an object that is not there', '\uFFFC'],
  ['a Hangul filler', '\u3164'],
  ['a Braille blank', '\u2800'],
  ['a tag', '\u{E0041}'],
  ['a variation', '\uFE0F'],
  ['a private letter', '\uE000'],
  ['a bell', '\u0007'],
  ['the escape of a terminal', '\u001B'],
  ['a line separator', '\u2028'],
  ['a carriage return', '\r'],
  ['marks stacked high', 'e\u0301\u0302\u0303\u0304\u0305'],
];

/** Of the last, the marks after the third. */
const rawOf = (nasty: string) => (nasty.length > 2 && nasty.startsWith('e') ? nasty.slice(0, 5) : nasty);

/** A text in every place of what is told beside a request that an agent can write into. */
const backgroundWith = (text: string): Background => ({
  alternatives: [
    {
      kind: 'permitted',
      place: 0,
      title: text,
      tier: 1,
      mode: 'execute',
      risk: 1,
      onTarget: { ran: 0, well: 0 },
    },
    { kind: 'noAction', place: 0, reason: text },
  ],
});

const FORGED = 'harmless\ndigest:      forged';

function stateWith(text: string): ActionState {
  const { workflowId, runId, proposal, action, impact, ruling } = aMessage({}, inEveryAgentText(text));
  const question: AskedQuestion = {
    id: '0123456789ab',
    person: 'grace',
    text,
    at: 1,
    answer: { text, at: 2 },
  };
  return {
    ...NOTHING_YET,
    reports: [{ person: 'grace', found: 'regressed', reason: text, at: 3 }],
    workflowId,
    runId,
    proposal,
    impact,
    ruling,
    background: backgroundWith(text),
    status: 'closed',
    action: { ...action, title: text, params: { text } },
    questions: [question],
    outcome: { kind: 'failed', reason: text },
    verdict: { kind: 'error', reason: text },
    receipt: { summary: text, at: 1 } as ActionState['receipt'],
  };
}

/** What is signed is what is shown: so the digest is that of the title, too. */
function questionWith(text: string): string {
  const { outcome: _, ...state } = stateWith(text);
  const { action, ruling } = state;
  if (!action || !ruling) throw new Error('it is not ruled on');
  const digest = actionDigest(action, ruling.pins);
  const asked = { ...state, ruling: { ...messageWith(text).ruling, digest } };
  return actionQuestion(action.id, asked).text;
}

const reviewWith = (text: string): ReviewState => ({
  workflowId: 'review/a',
  runId: 'run',
  actionId: 'a',
  title: text,
  digest: 'd',
  outcome: { kind: 'succeeded', reason: text },
  requirement: aQuorum('owners', 1, 'edsger'),
  dueAt: 0,
  votes: [],
  refusedDecisions: [],
});

const messageWith = (text: string) => {
  const message = aMessage({ outcome: { kind: 'failed', reason: text } }, inEveryAgentText(text));
  const hold = { id: 'h', what: text, liftedBy: [] };
  return {
    ...message,
    background: backgroundWith(text),
    action: { ...message.action, title: text, params: { text } },
    ruling: { ...message.ruling, holds: [hold] },
  };
};

const reportWith = (text: string) => [{ heading: text, sentences: [text], rows: [['A'], [text]] }];

/** Every place at which text is shown to people, by what shows it. */
const BORDERS: Readonly<Record<string, (text: string) => string>> = {
  'a mail': (text) => Object.values(renderMail(messageWith(text), ['grace'])).join('\n'),
  'a message in Slack': (text) => {
    const { text: notice, blocks } = renderSlack(briefingOf(messageWith(text), ['grace']));
    return [notice, ...textsIn(blocks)].join('\n');
  },
  'a page, and a webhook': (text) => textsIn(briefingOf(messageWith(text), ['grace'])).join('\n'),
  'countersign show': (text) => stateText(stateWith(text)),
  'the question of countersign decide': (text) => questionWith(text),
  'a hold in a terminal': (text) => {
    const { outcome: _, ...state } = stateWith(text);
    return noticeLines({ ...state, ruling: messageWith(text).ruling }).join('\n');
  },
  'countersign show of a review': (text) => reviewText(reviewWith(text)),
  'countersign explain': (text) => explanationText(explain(stateWith(text)), []),
  'a chart': (text) => unescaped(mermaidOf(stateWith(text))),
  'a table': (text) => table([['A'], [text]]),
  'a report': (text) => reportText(reportWith(text)),
  'a report as a page': (text) => unescaped(pageOfParts(reportWith(text))),
  'a route': (text) => routeLine(text, { steps: [], onSilence: 'deny' }),
  "the card of Temporal's UI": (text) => detailsOf(stateWith(text)),
  'the card of a review': (text) => reviewDetailsOf(reviewWith(text)),
  'the warning of mixed alphabets': (text) => lookalikes(`p\u0430y${text}pal`).join('\n'),
  'a line of the inbox': (text) => String(line(text)),
  'an attribute of the inbox': (text) => plainLine(text),
  'words in the inbox': (text) => String(words(text)),
  'a value in the inbox': (text) => String(value({ text })),
  'the box in which people edit': (text) => editable({ text }),
};

/** All texts of a value, without the escapes of JSON. */
function textsIn(from: unknown): string[] {
  if (typeof from === 'string') return [from];
  return typeof from === 'object' && from !== null ? Object.values(from).flatMap(textsIn) : [];
}

/** Mermaid shows `#8203;` as the character itself. */
const unescaped = (chart: string) =>
  chart.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

describe.each(Object.keys(BORDERS))('INVARIANT 12: %s', (border) => {
  const show = BORDERS[border] ?? exactLine;

  test.each(NASTY)('writes out %s', (_, nasty) => {
    expect(show(`a${nasty}b`)).not.toContain(rawOf(nasty));
  });
});

/** Where a line is a line: what is more than one is the machine's own. */
const ONE_LINE = [
  'the question of countersign decide',
  'countersign show',
  'countersign show of a review',
  'a table',
  'a route',
  'a chart',
];

test.each(ONE_LINE)('%s has no line that an agent wrote', (border) => {
  expect(BORDERS[border]?.(FORGED).split('\n')).not.toContain('digest:      forged');
});

test('the subject of a mail, of a page and of a message is one line', () => {
  expect(briefingOf(messageWith(FORGED), []).subject).not.toContain('\n');
  expect(renderSlack(briefingOf(messageWith(FORGED), [])).text).not.toContain('\n');
});
