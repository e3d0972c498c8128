import type { Proposal } from '../action/action.ts';
import type { ActionType, Installation } from '../installation/installation.ts';
import type { Fault, Json } from '../shared/json.ts';
import { lookup, unknownName } from '../shared/lookup.ts';

/** Checks parameters against the JSON Schema of an action type. */
export type CheckParams = (type: ActionType, params: Json) => readonly Fault[];

/** The readable parts of a proposal: the names in it, and its parameters. */
export interface ProposalNames {
  readonly actionType?: string;
  readonly target?: string;
  readonly environment?: string;
  readonly agent?: string;
  readonly params?: Proposal['params'];
}

/** Returns a fault for every unknown name, and for every parameter that does not fit its schema. Missing parts are skipped. */
export function unfit(
  { actionTypes, services, environments, agents }: Installation,
  { actionType, target, environment, agent, params }: ProposalNames,
  checkParams: CheckParams,
): Fault[] {
  const type = actionType === undefined ? undefined : lookup(actionTypes, actionType);
  const notTarget = target === undefined ? undefined : lookup(services, target)?.notTarget;
  const nameFaults = (where: string, name: string | undefined, table: Readonly<Record<string, unknown>>) =>
    name === undefined ? [] : unknownName(where, name, table);
  return [
    ...(type && params ? checkParams(type, { ...params }) : []),
    ...nameFaults('actionType', actionType, actionTypes),
    ...nameFaults('target', target, services),
    ...(notTarget === undefined ? [] : [{ where: 'target', problem: `${target} ${notTarget}` }]),
    ...nameFaults('environment', environment, environments),
    ...nameFaults('agent.id', agent, agents),
  ];
}
