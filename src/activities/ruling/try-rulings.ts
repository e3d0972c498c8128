import { ApplicationFailure } from '@temporalio/common';
import { zodFaultsOf } from '../../contract/json.ts';
import { trialRequest } from '../../contract/trial.ts';
import type { Action, AgentBuild, Proposal } from '../../domain/action/action.ts';
import type { ActionType } from '../../domain/installation/installation.ts';
import { unfit } from '../../domain/proposal/check-proposal.ts';
import { resolve } from '../../domain/proposal/resolve-proposal.ts';
import { assessImpact } from '../../domain/risk/impact.ts';
import { unasked } from '../../domain/risk/live-context.ts';
import { anAction } from '../../domain/ruling/an-action.ts';
import { judge } from '../../domain/ruling/judge.ts';
import { type Trial, type TrialRequest, type Tried, triedAs } from '../../domain/ruling/tried.ts';
import { faultsText } from '../../domain/shared/json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { PATIENCE_MS, within } from '../shared/within.ts';
import type { AlternativesDeps } from './alternatives.ts';
import { askedOf } from './asked.ts';
import { createImpact } from './impact.ts';

export function createTryRulings(deps: AlternativesDeps) {
  const { installation, checkParams, authorize, now } = deps;
  const assess = createImpact(deps);

  async function tried(agent: AgentBuild, trial: Trial): Promise<Tried> {
    const { params, ...about } = trial;
    const type = lookup(installation.actionTypes, trial.actionType);
    const service = lookup(installation.services, trial.target);
    const owner = lookup(installation.agents, agent.id)?.owner;
    const names = { ...about, agent: agent.id };
    const faults = unfit(installation, params === undefined ? names : { ...names, params }, checkParams);
    if (!type || !service || owner === undefined || faults.length > 0)
      return { ...about, kind: 'noAction', reasons: [faultsText(faults)] };
    const at = now();
    // The text of a proposal changes no ruling (INVARIANT 10), so none is needed to find out.
    const proposal = { ...trial, params: params ?? {}, agent, ...NO_WORDS };
    const { action, impact } =
      params === undefined
        ? unsized(
            {
              ...anAction(type, service.name, service.serviceTier, trial.environment),
              agent: { ...agent, owner },
            },
            type,
            at,
          )
        : await sized(proposal, type, at);
    const { asked } = await askedOf(deps, { action, impact, proposal, editors: [] }, at);
    return triedAs(trial, judge(installation, authorize, asked));
  }

  async function sized(proposal: Proposal, type: ActionType, at: number) {
    const resolution = resolve(installation, proposal, checkParams);
    if (resolution.kind === 'refused') throw new Error(faultsText(resolution.faults));
    // The question is how it would be ruled if the agent signed it.
    const {
      agent: { unsigned: _, ...agent },
      ...action
    } = resolution.action;
    return { action: { ...action, agent }, impact: await assess({ ...action, agent }, type, at) };
  }

  /** Without its parameters nobody knows how far it goes, and its size counts as the largest. */
  const unsized = (action: Action, type: ActionType, at: number) => ({
    action,
    impact: assessImpact(
      installation,
      { action, type },
      { past: [], live: unasked(installation, action, at) },
    ),
  });

  return {
    /**
     * How actions would be ruled if an agent proposed and signed them now, by the rules that rule on an action. It only reads: nothing is
     * recorded, started or asked of people.
     */
    tryRulings: async (input: unknown): Promise<Tried[]> => {
      const parsed = trialRequest.safeParse(input);
      if (!parsed.success)
        throw ApplicationFailure.nonRetryable(faultsText(zodFaultsOf(parsed.error)), 'TrialRefused');
      const { agent, trials }: TrialRequest = parsed.data;
      return Promise.all(
        trials.map((trial) => {
          const notFoundOut = (reason: string): Tried => ({
            ...aboutOf(trial),
            kind: 'notFoundOut',
            reasons: [reason],
          });
          return within(
            PATIENCE_MS,
            tried(agent, trial).catch(() => notFoundOut('what it needs could not be read')),
            () => notFoundOut('not found out in time'),
          );
        }),
      );
    },
  };
}

const aboutOf = ({ actionType, target, environment }: Trial) => ({ actionType, target, environment });

const NO_WORDS = {
  rationale: { summary: '', confidence: 0, alternatives: [] },
  evidence: [],
  successCriteria: [],
  idempotencyKey: 'any',
};
