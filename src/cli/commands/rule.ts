import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { exactLine } from '../../briefing/text.ts';
import { faultLines, loadInstallation } from '../../config/index.ts';
import { ProposalRefused } from '../../contract/errors.ts';
import { parseProposal } from '../../contract/proposal.ts';
import { LEVEL_NAMES, type Level } from '../../domain/action/autonomy-level.ts';
import { doubtIn } from '../../domain/action/doubt.ts';
import { whoGave } from '../../domain/autonomy/effective-level.ts';
import { standingFor } from '../../domain/autonomy/held-level.ts';
import { keyOf } from '../../domain/autonomy/standing.ts';
import { circumstancesOf } from '../../domain/calendar/calendar.ts';
import { type Explanation, explain } from '../../domain/explanation/explanation.ts';
import { findingsOf } from '../../domain/findings/findings.ts';
import { unfit } from '../../domain/proposal/check-proposal.ts';
import { resolve } from '../../domain/proposal/resolve-proposal.ts';
import { type ActionState, NOTHING_YET } from '../../domain/record/action-state.ts';
import { assessImpact } from '../../domain/risk/impact.ts';
import { unasked } from '../../domain/risk/live-context.ts';
import { ruleAndCompare } from '../../domain/ruling/find-counterfactuals.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import type { CliCommand, Io } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { readJson } from '../json-input.ts';
import { standInLine, standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';
import { explanationText, findingLines, rulingLine } from '../text.ts';

export interface Asked {
  readonly file: string;
  readonly installation: string;
  readonly at?: number;
  readonly level?: Level;
}

/** Prints how an action would be ruled, and why. Starts nothing and asks no server, metric or ledger. */
export async function rule(command: CliCommand, options: Asked): Promise<void> {
  const { state, explanation, standIns } = await dryRun(options, command.io);
  const { ruling, findings } = state;
  if (!ruling) return;
  if (ruling.kind === 'forbid') command.io.exitCode = 1;
  print(command, { ruling, findings, explanation, standIns }, () => {
    const lines = [
      explanation.title,
      rulingLine(ruling),
      ...findingLines(findings),
      UNKNOWN,
      ...standInLine(standIns),
    ];
    return explanationText(explanation, lines.map(exactLine));
  });
}

const UNKNOWN =
  'A dry run: it reads no metric and no record, so a size counts as the largest, incidents as open, and nothing is on record. ' +
  'Nothing was started: what follows is told as it would be once the action had ended.';

async function dryRun(
  { file, installation: folder, at = Date.now(), level }: Asked,
  { env: processEnv, stdin }: Io,
) {
  const parsed = parseProposal(await readJson(file, stdin));
  const { env, taken } = standInsFor(processEnv);
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
  const unread = { kind: 'unknown', reason: 'a dry run reads nothing' } as const;
  const impact = assessImpact(installation, resolved, {
    past: [],
    live: unasked(installation, action, at),
    values: Object.fromEntries(Object.keys(action.params).map((name) => [name, unread])),
  });
  const { declaredTier } = proposal;
  // Without a ledger, only the starting level in the catalog is known of the agent.
  const begins = level ?? lookup(installation.agents, action.agent.id)?.level ?? 0;
  const input = {
    action,
    impact,
    held: standingFor([], keyOf(action), begins, at).held,
    declaredTier,
    doubt: doubtIn(
      proposal,
      installation.rules.doubt?.anomalyAbove === undefined ? { kind: 'none' } : { kind: 'unknown' },
    ),
    circumstances: circumstancesOf(installation, action, at),
    at,
  };
  const ruling = ruleAndCompare(installation, authorize, input);
  const findings = findingsOf({ installation, proposal, action, impact, at });
  const state: ActionState = {
    workflowId: '',
    runId: '',
    proposal,
    status: 'assessing',
    action,
    impact,
    ruling,
    findings,
    ...NOTHING_YET,
  };
  return { state, explanation: asAsked(explain(state), ruling, level), standIns: taken() };
}

/** An explanation that names --level as the source of the level, because the catalog does not say it. */
function asAsked(explanation: Explanation, { authority }: Ruling, level: Level | undefined): Explanation {
  if (level === undefined || authority === undefined) return explanation;
  const fromCatalog = sentence(whoGave(authority));
  const askedLine = `Level ${level} (${LEVEL_NAMES[level]}) was asked for with --level.`;
  const authorityLines = explanation.whoApprovedTheAuthority.map((line) =>
    line === fromCatalog ? askedLine : line,
  );
  return { ...explanation, whoApprovedTheAuthority: authorityLines };
}
