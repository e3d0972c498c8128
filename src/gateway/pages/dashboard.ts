import { html } from 'hono/html';
import { inSeconds, inWords } from '../../briefing/text.ts';
import { adviceText } from '../../domain/advice/advice-text.ts';
import type { FindingKind } from '../../domain/findings/finding.ts';
import { percentText } from '../../domain/shared/shown-json.ts';
import type { Dashboard, DayCounts, DrillCounts, TimeToApprove } from '../ports/read-model.ts';
import { bar, dayBars, spread } from './charts.ts';
import type { DashboardData, Markup } from './data.ts';
import { page } from './layout.ts';
import { bullets, section, table } from './parts.ts';
import { line, when } from './text.ts';

/** The page for operators, drawn on the server. Every drawing has its numbers in words or in a table. */
export function dashboardPage({ frame, dashboard, ownDrills }: DashboardData): Markup {
  const { at, days, denialRate, load, overdue, pending, standing, timeToApprove } = dashboard;
  const sum = (name: keyof Omit<DayCounts, 'day'>) => days.reduce((total, day) => total + day[name], 0);
  return page(
    frame,
    { title: 'Dashboard', place: 'dashboard' },
    html`<h1>Dashboard</h1>
      <div data-live="dashboard">
        <p class="faint">The last ${days.length} days, as of ${when(at, frame.now)}.</p>
        <dl class="figures">
          ${figure('Waiting now', pending)} ${figure('Reviews overdue', overdue, overdue > 0)}
          ${figure('Denied by people', percentText(denialRate))} ${figure('Proposed', sum('proposed'))}
          ${figure('Proceeded on silence', sum('autoProceeded'))} ${figure('Denied by policy', sum('policyDenied'))}
          ${figure('Rolled back', sum('rolledBack'), sum('rolledBack') > 0)}
        </dl>
        ${section('days', 'Day by day', byDay(days))}
        ${section('times', 'Time to approve', html`${times('By tier', timeToApprove.byTier)}${times('By group', timeToApprove.byGroup)}`)}
        ${section('load', 'Load of approvers', loads(load))}
        ${section('advice', 'Fewer and better questions', adviceList(dashboard.advice))}
        ${section('findings', 'What was found, and what people did with it', findingUses(dashboard.findings))}
        ${section('watches', 'How right watches were', watchUses(dashboard.watches))}
        ${ownDrills ? section('drills', 'Drills', drillCounts(dashboard.drills, ownDrills)) : ''}
        ${section('standing', 'Standing of agents', levels(standing))}
      </div>`,
  );
}

const figure = (label: string, value: number | string, bad = false): Markup =>
  html`<div class="${bad ? 'bad' : ''}"><dt>${label}</dt><dd>${bad ? html`<span aria-hidden="true">▲</span> ` : ''}${value}</dd></div>`;

const SERIES = [
  ['proposed', 'Proposed', ''],
  ['denied', 'Denied by people', 'medium'],
  ['policyDenied', 'Denied by policy', 'medium'],
  ['autoProceeded', 'Proceeded on silence', 'medium'],
  ['rolledBack', 'Rolled back', 'high'],
] as const;

const byDay = (days: readonly DayCounts[]): Markup => html`<div class="charts">
    ${SERIES.map(
      ([
        name,
        label,
        level,
      ]) => html`<figure><figcaption>${label}: <strong>${days.reduce((sum, day) => sum + day[name], 0)}</strong></figcaption>
      ${dayBars(
        label,
        days.map((day) => ({ day: day.day, count: day[name] })),
        level,
      )}</figure>`,
    )}
  </div>
  <details><summary>The numbers</summary>
    ${table(
      'Each day',
      ['Day', ...SERIES.map(([, label]) => label)],
      days.toReversed().map((day) => [day.day, ...SERIES.map(([name]) => day[name])]),
    )}
  </details>`;

function times(caption: string, rows: readonly TimeToApprove[]): Markup {
  if (rows.length === 0) return html`<p class="empty">${caption}: nothing was approved.</p>`;
  const maximum = Math.max(...rows.map(({ p95 }) => p95 ?? 0));
  const duration = (ms: number | null) => (ms === null ? '–' : inSeconds(ms));
  return table(
    caption,
    ['Of', 'Approved', 'Half within', '95 of 100 within', ''],
    rows.map(({ of, count, p50, p95 }) => [
      line(of),
      count,
      duration(p50),
      duration(p95),
      spread(p50 ?? 0, p95 ?? 0, maximum),
    ]),
  );
}

function loads(load: Dashboard['load']): Markup {
  if (load.length === 0) return html`<p class="empty">Nobody was asked.</p>`;
  const maximum = Math.max(1, ...load.map(({ pending, decided }) => Math.max(pending, decided)));
  return table(
    'Each approver',
    ['Person', 'Waiting', '', 'Decided', ''],
    load.map(({ person, pending, decided }) => [
      line(person),
      pending,
      bar(pending / maximum),
      decided,
      bar(decided / maximum),
    ]),
  );
}

const adviceList = (advice: Dashboard['advice']): Markup =>
  advice.length === 0
    ? html`<p class="empty">Nothing was approved without a look often enough, and nothing that ran alone was regretted twice.</p>`
    : html`${bullets(advice.map((one) => line(adviceText(one).join(' '), 2_000)))}
        <p class="faint">Nothing changes by itself: somebody has to change a policy, a limit or a level.</p>`;

const KINDS: Readonly<Record<FindingKind, string>> = {
  numberDiffers: 'Another number in the text',
  anotherName: 'Another service, environment, version or setting in the text',
  claimedApproval: 'An approval that the text claims',
  wrongDirection: 'Words of direction against the number',
  notMeasured: 'Nothing measures what is expected',
  evidenceOld: 'Old evidence',
  evidenceWithoutSource: 'Evidence without a source',
  largeChange: 'A large change',
  neverSetBefore: 'A number that was never set here before',
  noChange: 'A change of nothing',
  wentWrongBefore: 'It went wrong before',
  notKnownGood: 'A way back to what is not known to be good',
  incidentOpen: 'An open incident that the text does not name',
  notUndone: 'A way back that there is not',
  detector: 'Found by your own detector',
};

const findingUses = (uses: Dashboard['findings']): Markup =>
  uses.length === 0
    ? html`<p class="empty">Nobody was shown a finding.</p>`
    : html`${table(
        'Each kind of finding',
        ['Finding', 'Shown', 'Followed', 'Confirmed and approved'],
        uses.map(({ kind, shown, followed, approvedPast }) => [KINDS[kind], shown, followed, approvedPast]),
      )}
        <p class="faint">All people together, each counted once for each action. Followed: they went from the finding to what it is about, with
          JavaScript on. What is seldom followed and nearly always confirmed may be no help.</p>`;

const watchUses = (uses: Dashboard['watches']): Markup =>
  uses.length === 0
    ? html`<p class="empty">Nothing ran.</p>`
    : html`${table(
        'The watch of each action type',
        ['Action type', 'Watched', 'Regressions found', 'Half found within', 'False rollbacks', 'Missed'],
        uses.map(({ actionType, watched, found, medianDetectionMs, falseRollbacks, missed }) => [
          line(actionType),
          watched,
          found,
          medianDetectionMs === null ? '' : inWords(medianDetectionMs),
          falseRollbacks,
          missed,
        ]),
      )}
        <p class="faint">False rollbacks and missed regressions are what people reported. "countersign tune" says what to change.</p>`;

const drillCounts = (team: Dashboard['drills'], own: DrillCounts): Markup => html`${
  team
    ? html`<p>All people together: ${caughtOf(team)}.</p>`
    : html`<p class="empty">Fewer than three people answered a drill, so what they caught together is not shown.</p>`
}
    <p>You: ${caughtOf(own)}. Nobody else is shown this.</p>`;

const caughtOf = ({ caught, missed, lookedCloser }: DrillCounts): string => {
  const answered = caught + missed;
  const rate =
    answered === 0 ? 'none answered' : `${caught} of ${answered} caught (${percentText(caught / answered)})`;
  return lookedCloser === 0 ? rate : `${rate}, and ${lookedCloser} asked about or edited`;
};

const levels = (standings: Dashboard['standing']): Markup =>
  standings.length === 0
    ? html`<p class="empty">No agent has any yet.</p>`
    : table(
        'Level of each agent',
        ['Agent', 'Action type', 'Level', ''],
        standings.map(({ agent, actionType, level }) => [
          line(agent),
          line(actionType),
          `${level} of 3`,
          bar(level / 3),
        ]),
      );
