import { type Command, InvalidArgumentError } from 'commander';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { exactLine } from '../../briefing/text.ts';
import { faultLines, loadInstallation } from '../../config/index.ts';
import { ProposalRefused } from '../../contract/errors.ts';
import { parseProposal } from '../../contract/proposal.ts';
import { LEVEL_NAMES, type Level } from '../../domain/action/autonomy-level.ts';
import { whoGave } from '../../domain/autonomy/effective-level.ts';
import { standingFor } from '../../domain/autonomy/held-level.ts';
import { keyOf } from '../../domain/autonomy/standing.ts';
import { circumstancesOf } from '../../domain/calendar/calendar.ts';
import { type Explanation, explain } from '../../domain/explanation/explanation.ts';
import { unfit } from '../../domain/proposal/check-proposal.ts';
import { resolve } from '../../domain/proposal/resolve-proposal.ts';
import { type ActionState, NOTHING_YET } from '../../domain/record/action-state.ts';
import { assessImpact } from '../../domain/risk/impact.ts';
import { unasked } from '../../domain/risk/live-context.ts';
import { ruleAndCompare } from '../../domain/ruling/find-counterfactuals.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import { CommandError } from '../command-error.ts';
import { readJson } from '../json-input.ts';
import { print } from '../print.ts';
import { standInLine, standInsFor } from '../stand-ins.ts';
import { explanationText, rulingLine } from '../text.ts';

interface Options {
  readonly file: string;
  readonly installation: string;
  readonly at?: number;
  readonly level?: Level;
}

/** `countersign rule`: what an action would be ruled, and why. Starts nothing and asks no server, metric or ledger. */
export function ruleCommand(program: Command): void {
  program
    .command('rule')
    .description('dry run: print how a proposal would be ruled, and why; starts nothing, needs no server')
    .requiredOption('--file <file>', 'the proposal as JSON, "-" for standard input')
    .option(
      '--installation <folder>',
      'the installation (COUNTERSIGN_INSTALLATION)',
      process.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--at <time>', 'rule as at this time, such as 2026-12-24T03:47Z; default: now', moment)
    .option('--level <n>', 'as if the agent had this level, 0 to 3', level)
    .action(async (options: Options, command: Command) => {
      const { state, explanation, standIns } = await dryRun(options);
      const { ruling } = state;
      if (!ruling) return;
      if (ruling.kind === 'forbid') process.exitCode = 1;
      print(command, { ruling, explanation, standIns }, () => {
        const lines = [explanation.title, rulingLine(ruling), UNKNOWN, ...standInLine(standIns)];
        return explanationText(explanation, lines.map(exactLine));
      });
    });
}

const UNKNOWN =
  'A dry run: it reads no metric and no record, so a size counts as the largest, incidents as open, and nothing is on record. ' +
  'Nothing was started: what follows is told as it would be once the action had ended.';

async function dryRun({ file, installation: folder, at = Date.now(), level }: Options) {
  const parsed = parseProposal(await readJson(file));
  const { env, taken } = standInsFor();
  const loaded = await loadInstallation(folder, env, cedar, queryFault);
  if (loaded.kind === 'faulty') {
    throw new CommandError(`${folder} is faulty:\n${faultLines(loaded.faults).join('\n')}`);
  }
  const { authorize, checkParams, installation } = loaded;
  if (parsed.kind === 'refused')
    throw new ProposalRefused([...parsed.faults, ...unfit(installation, parsed.readable, checkParams)]);
  const { proposal } = parsed;
  const resolved = resolve(installation, proposal, checkParams);
  if (resolved.kind === 'refused') throw new ProposalRefused(resolved.faults);

  const { action } = resolved;
  const reason = 'a dry run reads no metric';
  const impact = assessImpact(installation, resolved, {
    past: [],
    live: unasked(installation, action, at),
    currentValue: { kind: 'unknown', reason },
  });
  const { declaredTier } = proposal;
  // Without a ledger nothing is known of the agent but where the catalog lets it begin.
  const begins = level ?? lookup(installation.agents, action.agent.id)?.level ?? 0;
  const asked = {
    action,
    impact,
    held: standingFor([], keyOf(action), begins, at).held,
    declaredTier,
    circumstances: circumstancesOf(installation, action, at),
    at,
  };
  const ruling = ruleAndCompare(installation, authorize, asked);
  const state: ActionState = {
    workflowId: '',
    runId: '',
    proposal,
    status: 'assessing',
    action,
    impact,
    ruling,
    ...NOTHING_YET,
  };
  return { state, explanation: asAsked(explain(state), ruling, level), standIns: taken() };
}

/** The catalog says nothing of a level that was given on the command line. */
function asAsked(explanation: Explanation, { authority }: Ruling, level: Level | undefined): Explanation {
  if (level === undefined || authority === undefined) return explanation;
  const fromCatalog = sentence(whoGave(authority));
  const asked = `Level ${level} (${LEVEL_NAMES[level]}) was asked for with --level.`;
  const who = explanation.whoApprovedTheAuthority.map((line) => (line === fromCatalog ? asked : line));
  return { ...explanation, whoApprovedTheAuthority: who };
}

function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It must be a time with its zone, such as 2026-12-24T03:47Z.');
  return at;
}

function level(text: string): Level {
  const found = ([0, 1, 2, 3] as const).find((each) => String(each) === text);
  if (found === undefined) throw new InvalidArgumentError('It must be 0, 1, 2 or 3.');
  return found;
}
