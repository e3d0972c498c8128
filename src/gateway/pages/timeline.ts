import { html } from 'hono/html';
import { erasuresIn, erasureText } from '../../domain/ledger/erasure.ts';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import { reportsIn, reportText } from '../../domain/record/report.ts';
import { takeBacksIn, takeBackText } from '../../domain/record/take-back.ts';
import type { Json } from '../../domain/shared/json.ts';
import { partOf } from '../../domain/shared/json-reader.ts';
import { toDigits } from '../../domain/shared/shown-json.ts';
import type { ActionData, Markup } from './data.ts';
import { although } from './findings.ts';
import { PATHS } from './paths.ts';
import { line, when } from './text.ts';

interface Event {
  readonly at: number;
  readonly what: Markup | string;
}

/** What happened, in the order of time: from the ledger, and what people said and were told. */
export function timeline({ state, entries, frame, temporalUrl }: ActionData): Markup {
  const events: Event[] = [
    ...entries
      .filter(({ kind }) => !TOLD_BY_STATE.has(kind))
      .map((entry) => ({ at: entry.at, what: eventText(entry) })),
    ...state.votes.map((vote) => ({
      at: vote.decidedAt,
      what: html`${line(vote.person)} signed <strong>${vote.verdict}</strong>${although(vote, state.findings)}`,
    })),
    ...state.questions.flatMap(({ person, at, answer }) => [
      { at, what: html`${line(person)} asked the agent` },
      ...(answer ? [{ at: answer.at, what: 'The agent answered' }] : []),
    ]),
    ...(state.receipt ? [{ at: state.receipt.at, what: html`It ran: ${line(state.receipt.summary)}` }] : []),
    ...[...state.measurements, ...state.measuredBack]
      .slice(-MEASURED)
      .map(({ at, metric, phase, value }) => ({
        at,
        what: html`${line(metric)} was ${PHASES[phase]}${value === undefined ? '' : html` at ${toDigits(value, 4)}`}`,
      })),
    ...(state.rollback
      ? [{ at: state.rollback.at, what: html`It was rolled back: ${line(state.rollback.summary)}` }]
      : []),
  ];
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
    <div data-live="timeline"><ol class="timeline">${events
      .sort((a, b) => a.at - b.at)
      .map(
        ({ at, what }) => html`<li>${what}<br><span class="when">${when(at, frame.now)}</span></li>`,
      )}</ol></div>
    ${proofLink(state.action)}
    ${temporalUrl === undefined ? '' : html`<p><a href="${temporalUrl}">Open the workflow in Temporal</a></p>`}
  </section>`;
}

const proofLink = (action: ActionData['state']['action']): Markup | string =>
  action === undefined
    ? ''
    : html`<p><a href="${PATHS.proof(action.id)}" download="proof.jsonl">Download the proof from the ledger</a></p>`;

/** The kinds of entries that the state describes in more words. */
const TOLD_BY_STATE: ReadonlySet<string> = new Set([
  'voted',
  'asked',
  'begun',
  'executed',
  'measured',
  'takenBack',
  'measuredBack',
]);

const MEASURED = 20;
const PHASES = {
  successful: 'healthy',
  failed: 'not healthy',
  inconclusive: 'inconclusive',
  error: 'not readable',
} as const;

function eventText(entry: ReadEntry): Markup | string {
  const { kind, body, seq } = entry;
  switch (kind) {
    case 'ruled':
      return html`Ruled: tier ${text(partOf(body, 'ruling', 'tier'))}`;
    case 'closed':
      return html`Closed: ${text(partOf(body, 'outcome', 'kind'))}`;
    case 'reviewed':
      return html`Reviewed: ${text(partOf(body, 'result', 'kind'))}`;
    case 'reported':
      return html`${reportsIn([entry]).map((report) => line(reportText(report)))}`;
    case 'aborted':
      return html`Its watch was ended from outside: ${text(partOf(body, 'why'))}`;
    case 'takeBackAsked':
      return html`${takeBacksIn([entry]).map((takeBack) => line(takeBackText(takeBack), 1_000))}`;
    case 'erasureOrdered':
      return html`${erasuresIn([entry]).map((erasure) => line(erasureText(erasure), 1_000))}`;
    case 'verdict':
      return html`To be rolled back: ${text(partOf(body, 'why'))}`;
    case 'reconciled':
      return html`Looked up, ${FOUND[String(partOf(body, 'found'))] ?? FOUND.unknown}: ${text(partOf(body, 'summary'))}`;
    case 'previewed':
      return html`Asked what it would do: ${text(partOf(body, 'previewed', 'preview', 'summary') ?? partOf(body, 'previewed', 'reason'))}`;
    case 'settled':
      return html`Settled: ${text(partOf(body, 'settlement', 'kind'))}`;
    case 'admitted':
      return 'Admitted: about to run';
    case 'refusedAtAdmit':
      return 'Refused before it ran';
    case 'unreadable':
      return `Entry ${seq} of the ledger cannot be read: its row was changed`;
    case 'erased':
      return `What entry ${seq} of the ledger said was erased`;
    default:
      return KINDS[kind] ?? kind;
  }
}

const FOUND: Readonly<Record<string, string>> = {
  present: 'it is there',
  absent: 'it is not there',
  unknown: 'not known whether it is there',
};

const KINDS: Readonly<Record<string, string>> = {
  edited: 'Edited: a new revision',
  brokenGlass: 'Glass was broken',
  revoked: 'Revoked',
  kept: 'Kept: the watch could not tell',
  extended: 'Watched for longer',
  told: 'People were told',
};

const text = (json: Json | undefined): Markup =>
  line(typeof json === 'object' ? '' : String(json ?? ''), 200);
