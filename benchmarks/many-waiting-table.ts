import { fixed, row, shareOf } from './columns.ts';
import type { ManyWaitingReport } from './many-waiting.ts';

const MINUTE_MS = 60_000;
const AIM_MS = 2_000;

/** The report for people. */
export function renderManyWaiting(report: ManyWaitingReport): string {
  const { count, workers, start, decisions, drain, outcomes, seen, memory, problems } = report;
  const ends = Object.entries(outcomes).map(([outcome, n]) => `${n} ${outcome}`);
  return [
    `${count} actions of tier 3 that wait at once, on the ${report.server} server, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    '',
    line('started', `in ${minutes(start.ms)}, ${fixed((count / start.ms) * 1_000, 1)} a second`),
    line('decisions', `${decisions.perSecond} a second, ${decisions.answered} of ${count} answered at once`),
    ...(decisions.kept > 0
      ? [line('', `${decisions.kept} were kept, as no worker answered within 10 s, and counted later`)]
      : []),
    line(
      'a decision',
      `p50 ${fixed(decisions.p50)} ms, p99 ${fixed(decisions.p99)} ms (aim ${AIM_MS} ms or less), longest ${fixed(decisions.longest)} ms`,
    ),
    line('their deadline', `at least ${minutes(decisions.leastLeftMs)} were left`),
    line('drained', `in ${minutes(drain.ms)}, from the first decision to the end of the last action`),
    line('ended', ends.join(', ')),
    line('the target saw', `${seen.effects} effects, ${seen.lost.length} lost, ${seen.twice} twice`),
    line(
      'others used',
      `${shareOf(start.foreignCpu)} of the CPU during the start, ${shareOf(drain.foreignCpu)} during the decisions`,
    ),
    '',
    row(['memory in MB', '', 'before', 'waiting', 'drained', 'kB each']),
    ...Object.entries(memory.idle).map(([name, before]) => {
      const waiting = memory.allWaiting[name] ?? Number.NaN;
      const sizes = [before, waiting, memory.drained[name] ?? Number.NaN];
      return row([
        name,
        '',
        ...sizes.map((size) => fixed(size / 1e6)),
        fixed((waiting - before) / count / 1_000),
      ]);
    }),
    ...(problems.length > 0 ? ['', 'PROBLEMS', ...problems] : []),
  ].join('\n');
}

const line = (name: string, text: string) => `${name.padEnd(20)} ${text}`;

const minutes = (ms: number) => `${fixed(ms / MINUTE_MS, 1)} min`;
