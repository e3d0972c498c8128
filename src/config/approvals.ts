import type { Action } from '../domain/action.ts';
import { audience, requirementFor } from '../domain/audience.ts';
import type { ApprovalRule, Installation, RouteTemplate } from '../domain/installation.ts';
import { isUnsatisfiable, type Requirement } from '../domain/requirement.ts';
import type { ConfigFault } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/**
 * Checks that for whatever any agent asks on any service, enough people with a signing key may decide and some of them
 * are asked to. Otherwise the action could only ever expire.
 */
export function checkApprovals(source: Source, installation: Installation): ConfigFault[] {
  const { window, approval, review } = installation.rules;
  const at = (path: Path, problem: string | undefined) =>
    problem === undefined ? [] : [source.fault(path, problem)];
  return [
    ...at(['window', 'approval'], tooFew(installation, window.approval)),
    ...at(['window', 'route', 'steps'], nobodyMailed(installation, window)),
    ...at(['approval', 'approval'], tooFew(installation, approval.approval)),
    ...at(['approval', 'route', 'steps'], nobodyMailed(installation, approval)),
    ...at(['review', 'approval'], tooFew(installation, review.approval)),
  ];
}

interface Case {
  readonly action: Action;
  readonly requirement: Requirement;
}

function tooFew(installation: Installation, rule: ApprovalRule): string | undefined {
  const unmet = casesOf(installation, rule).filter(({ requirement }) => isUnsatisfiable(requirement));
  const [first] = unmet;
  if (!first) return undefined;
  const { group, approvers } = first.requirement;
  const keyless = unmet.flatMap(({ requirement }) =>
    requirement.approvers.filter(({ keys }) => keys.length === 0),
  );
  const names = [...new Set(keyless.map(({ person }) => person))].sort();
  const remedy =
    approvers.length < rule.atLeast
      ? `add people to it who do not own ${first.action.agent.id}`
      : `run "countersign keys" for ${names.join(', ')}`;
  const able = approvers.filter(({ keys }) => keys.length > 0).length;
  return `${rule.atLeast} of ${group} must approve ${describe(unmet)}, and ${able} can: ${remedy}`;
}

function nobodyMailed(installation: Installation, gate: { approval: ApprovalRule; route: RouteTemplate }) {
  const mailed = gate.route.steps.filter(({ by }) => by === 'mail').map(({ notify }) => notify);
  const unheard = casesOf(installation, gate.approval).filter(({ action, requirement: { approvers } }) => {
    const { people } = audience(installation, action, mailed);
    return approvers.length > 0 && !approvers.some(({ person }) => people.includes(person));
  });
  const [first] = unheard;
  if (!first) return undefined;
  return `nobody who may approve ${describe(unheard)} gets a mail: add a step that mails ${gate.approval.of.join(' or ')}`;
}

function casesOf(installation: Installation, rule: ApprovalRule): Case[] {
  return Object.values(installation.services).flatMap(({ name: target, serviceTier }) =>
    Object.values(installation.agents).map(({ id, owner }) => {
      const action: Action = {
        id: 'any',
        type: 'any',
        title: 'any',
        target,
        serviceTier,
        environment: 'any',
        params: {},
        agent: { id, owner, version: 'any' },
        execute: { executor: 'command', argv: ['any'], timeoutMs: 0 },
      };
      return { action, requirement: requirementFor(installation, action, rule) };
    }),
  );
}

function describe(cases: readonly Case[]): string {
  const [first] = cases.map(({ action }) => `what ${action.agent.id} asks for on ${action.target}`);
  const more = cases.length - 1;
  return more > 0 ? `${first} (and ${more} more pairs of agent and service)` : `${first}`;
}
