import type { Action } from '../../domain/action/action.ts';
import { ableIn, peopleIn, type Requirement, textOf } from '../../domain/approval/requirement.ts';
import { isUnsatisfiable, shortfallOf } from '../../domain/approval/vote-tally.ts';
import type { RouteTemplate, Whom } from '../../domain/escalation/route-template.ts';
import { tellingsOf } from '../../domain/escalation/validate-route.ts';
import { audience, membersOf } from '../../domain/installation/directory.ts';
import {
  type ActionType,
  type Agent,
  type ApprovalRule,
  type Installation,
  type Service,
  targetsIn,
} from '../../domain/installation/installation.ts';
import { requirementFor } from '../../domain/installation/requester-side.ts';
import { severitiesOf } from '../../domain/risk/severity.ts';
import { demandedOf } from '../../domain/ruling/extra-approvals.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { oneOfEach } from '../policies/cases.ts';
import type { ConfigFault } from '../source/fault.ts';
import type { Path, Source } from '../source/yaml-files.ts';

/**
 * Checks that enough people with a signing key may decide on everything that an agent can ask for on a service, each counted for one seat,
 * and that some of them are asked. Otherwise such an action could only expire.
 */
export function checkApprovals(source: Source, installation: Installation): ConfigFault[] {
  const { window, approval, review, approvals, approvalRules, routes } = installation.rules;
  const at = (path: Path, problem: string | undefined) =>
    problem === undefined ? [] : [source.fault(path, problem)];
  const tooMany = [
    ...at(['window', 'approval'], tooManyWays([window.approval])),
    ...at(['approval', 'approval'], tooManyWays([approval.approval])),
    ...at(['review', 'approval'], tooManyWays([review.approval])),
  ];
  const demandedRules = approvals.map(({ require }) => require);
  const namedRules = Object.values(approvalRules);
  const combinedProblem = tooManyWays([approval.approval, ...demandedRules, ...namedRules]);
  if (tooMany.length === 0)
    tooMany.push(...at([namedRules.length > 0 ? 'approvalRules' : 'approvals'], combinedProblem));
  if (tooMany.length > 0) return tooMany;
  const cases = casesOf(installation);
  const problemAmong = (rule: ApprovalRule) =>
    tooFew(
      'pairs of agent and service',
      cases.map((pair) => ({ ...pair, requirement: requirementFor(installation, pair.action, rule) })),
    );
  return [
    ...at(['window', 'approval'], problemAmong(window.approval)),
    ...at(['window', 'route', 'steps'], nobodyMailed(installation, cases, window)),
    ...at(['approval', 'approval'], problemAmong(approval.approval)),
    ...at(['approval', 'route', 'steps'], nobodyMailed(installation, cases, approval)),
    ...at(['review', 'approval'], problemAmong(review.approval)),
    ...Object.entries(routes).flatMap(([name, { steps }]) =>
      [window, approval].flatMap(({ approval: rule, route: { onSilence } }) =>
        at(
          ['routes', name, 'steps'],
          nobodyMailed(installation, cases, { approval: rule, route: { steps, onSilence } }),
        ),
      ),
    ),
    ...Object.entries(approvalRules).flatMap(([name, rule]) =>
      at(['approvalRules', name], problemAmong({ allOf: [approval.approval, rule] })),
    ),
    ...approvals.flatMap((_, i) =>
      at(['approvals', i], tooFew('such cases', demandCases(installation, cases, i))),
    ),
    ...at(['standing', 'grantedBy'], nobodyGrants(installation)),
    ...at(['gateway', 'keys'], sharedKey(installation)),
  ];
}

/** The remedy of a gateway, with which everybody can sign. */
const OR_GATEWAY = ', or write "gateway:", where everybody of the catalog can sign in';

function nobodyGrants(installation: Installation): string | undefined {
  const { grantedBy } = installation.rules.standing ?? {};
  if (grantedBy === undefined) return undefined;
  const people = membersOf(installation, grantedBy);
  if (installation.rules.gateway && people.length > 0) return undefined;
  if (people.some((name) => lookup(installation.people, name)?.keys.length)) return undefined;
  return `nobody of ${grantedBy} has a signing key: run "countersign keys" for ${people.join(', ')}${OR_GATEWAY}`;
}

/**
 * INVARIANT 3: the gateway's key must not be a key of a person or an agent. A holder of a shared key could decide for anybody as the
 * gateway, and the gateway could decide as that person.
 */
function sharedKey({ rules, people, agents }: Installation): string | undefined {
  const { keys = [] } = rules.gateway ?? {};
  const signers = [
    ...Object.values(people),
    ...Object.values(agents).map((agent) => ({ name: agent.id, keys: agent.keys ?? [] })),
  ];
  const owner = signers.find((signer) => signer.keys.some((key) => keys.includes(key)));
  return owner && `holds a signing key of ${owner.name}: the gateway needs one of its own`;
}

/** The most combinations of groups. Each one is judged at every decision. */
const MOST_WAYS = 64;

function tooManyWays(rules: readonly ApprovalRule[]): string | undefined {
  const ways = waysIn({ allOf: rules });
  if (ways <= MOST_WAYS) return undefined;
  const subject = rules.length > 1 ? 'these and approval.approval together' : 'this';
  return `${ways} combinations of groups could meet ${subject}, at most ${MOST_WAYS} are judged: write fewer under anyOf`;
}

function waysIn(rule: ApprovalRule): number {
  if ('allOf' in rule) return rule.allOf.reduce((product, inner) => product * waysIn(inner), 1);
  return 'anyOf' in rule ? rule.anyOf.reduce((sum, inner) => sum + waysIn(inner), 0) : 1;
}

/** An action that an agent may ask for on a service. */
interface Case {
  readonly action: Action;
  /** The number of pairs like this one: the same people own the agent, the service and its data. */
  readonly alike: number;
}

function casesOf({ agents, ...installation }: Installation): Case[] {
  const cases = new Map<string, Case>();
  for (const service of targetsIn(installation)) {
    for (const agent of Object.values(agents)) {
      const { serviceTier, dataClassification, dataOwners } = service;
      const key = JSON.stringify([agent.owner, service.owner, serviceTier, dataClassification, dataOwners]);
      const { action, alike } = cases.get(key) ?? { action: someAction(agent, service), alike: 0 };
      cases.set(key, { action, alike: alike + 1 });
    }
  }
  return [...cases.values()];
}

const someAction = ({ id, owner }: Agent, { name: target, serviceTier }: Service): Action => ({
  id: 'any',
  type: '',
  title: 'any',
  target,
  serviceTier,
  environment: 'any',
  params: {},
  agent: { id, owner, version: 'any' },
  execute: { executor: 'command', argv: ['any'], timeoutMs: 0 },
});

interface Asked extends Case {
  readonly requirement: Requirement;
}

/**
 * Returns the cases that the severity rule at this position makes impossible, although the rules before it can be met. Tier 4 is left out,
 * because nothing is approved there.
 */
function demandCases(installation: Installation, cases: readonly Case[], place: number): Asked[] {
  const { approval, approvals } = installation.rules;
  return cases.flatMap(({ action, alike }) =>
    Object.values(installation.actionTypes).flatMap((type) => {
      const { name, tier } = type;
      const service = lookup(installation.services, action.target);
      const severity = service && worstOn(service, type);
      const demandedRules = severity ? demandedOf(approvals.slice(0, place + 1), severity) : [];
      const rule = approvals[place];
      if (rule === undefined || demandedRules.at(-1) !== rule || tier[action.serviceTier] === 4) return [];
      const allRules = [approval.approval, ...demandedRules.map(({ require }) => require)];
      const requirementOf = (rules: readonly ApprovalRule[]): Requirement => ({
        allOf: rules.map((inner) => requirementFor(installation, action, inner)),
      });
      const alreadyUnmet = isUnsatisfiable(requirementOf(allRules.slice(0, -1)));
      return alreadyUnmet
        ? []
        : [{ action: { ...action, type: name }, alike, requirement: requirementOf(allRules) }];
    }),
  );
}

/** Returns the worst severities that an action type can have on a service: in production, by a change that cannot be measured. */
function worstOn({ name, serviceTier, dataClassification }: Service, type: ActionType) {
  const size = type.size && { kind: 'unmeasured' as const, parameter: type.size.parameter, reason: '' };
  const place = { environment: '', production: true };
  return severitiesOf({ type, size, target: name, serviceTier, dataClassification, ...place }).severity;
}

/** Describes the first case in which too few people can sign, the number of further cases, and the remedy. */
function tooFew(unit: string, cases: readonly Asked[]): string | undefined {
  const unmet = cases.filter(({ requirement }) => isUnsatisfiable(requirement));
  const [first] = unmet;
  if (!first) return undefined;
  const { requirement, action } = first;
  const ablePeople = ableIn(requirement);
  const isQuorum = 'group' in requirement;
  const coverage = isQuorum
    ? `${ablePeople.length} can`
    : `${shortfallOf(requirement, ablePeople)?.needed} would be missing if everybody did who can, as each counts once`;
  const keyless = unmet.flatMap((unmetCase) => {
    const signers = ableIn(unmetCase.requirement);
    return peopleIn(unmetCase.requirement).filter((person) => !signers.includes(person));
  });
  const remedy = shortfallOf(requirement, peopleIn(requirement))
    ? `add people ${isQuorum ? 'to it' : 'there'} who do not own ${action.agent.id}`
    : `run "countersign keys" for ${[...new Set(keyless)].sort().join(', ')}${OR_GATEWAY}`;
  return `${textOf(requirement)} must approve ${describe(unmet, unit)}, and ${coverage}: ${remedy}`;
}

function nobodyMailed(
  installation: Installation,
  cases: readonly Case[],
  gate: { readonly approval: ApprovalRule; readonly route: RouteTemplate },
): string | undefined {
  const ways = mailedIn(gate.route.steps);
  const unheard = cases.flatMap((pair) => {
    const unheardRules = ways.map((recipients) =>
      unheardIn(installation, pair.action, recipients, gate.approval),
    );
    return (unheardRules.find((rules) => rules.length > 0) ?? []).map((rule) => ({ ...pair, rule }));
  });
  const [first] = unheard;
  if (!first) return undefined;
  const groupsText = first.rule.of.join(' or ');
  const sameRule = unheard.filter(({ rule }) => rule === first.rule);
  const roleText = first.rule === gate.approval ? '' : ` as ${groupsText}`;
  return `nobody who may approve${roleText} ${describe(sameRule, 'pairs of agent and service')} gets a mail: add a step that mails ${groupsText}`;
}

/** Returns, for each way through the steps, the audiences that are mailed. */
const mailedIn = (steps: RouteTemplate['steps']): Whom[][] =>
  tellingsOf(steps).map((way) =>
    way.flatMap((index) => {
      const step = steps[index];
      return step && 'notify' in step && step.by === 'mail' ? [step.notify] : [];
    }),
  );

type GroupRule = Extract<ApprovalRule, { of: unknown }>;

/** Returns the groups that must approve and that get no mail. Of alternatives, one that gets mail is enough. */
function unheardIn(
  installation: Installation,
  action: Action,
  recipients: readonly Whom[],
  rule: ApprovalRule,
): GroupRule[] {
  const unheardWithin = (rules: readonly ApprovalRule[]) =>
    rules.map((inner) => unheardIn(installation, action, recipients, inner));
  if ('allOf' in rule) return unheardWithin(rule.allOf).flat();
  if ('anyOf' in rule) {
    const alternatives = unheardWithin(rule.anyOf);
    return alternatives.some((unheard) => unheard.length === 0) ? [] : alternatives.flat();
  }
  const approvers = peopleIn(requirementFor(installation, action, rule));
  const isHeard = recipients.some((recipient) => {
    const { people } = audience(installation, action, [recipient]);
    const possibleApprovers = people.filter((person) => approvers.includes(person));
    // For a schedule only the person on call is mailed, and it is not known who that will be.
    return recipient.startsWith('schedule:')
      ? possibleApprovers.length > 0 && possibleApprovers.length === people.length
      : possibleApprovers.length > 0;
  });
  return approvers.length > 0 && !isHeard ? [rule] : [];
}

function describe(cases: readonly Case[], unit: string): string {
  const [first] = cases.map(
    ({ action: { agent, type, target } }) =>
      `what ${agent.id} asks for ${type === '' ? '' : `with ${type} `}on ${target}`,
  );
  const moreCount = cases.reduce((sum, { alike }) => sum + alike, 0) - 1;
  return moreCount > 0 ? `${first} (and ${moreCount} more ${unit})` : `${first}`;
}

/**
 * Notes severity rules that no action type is severe enough for. It is no fault: a rule may be written before the first action type that
 * needs it.
 */
export function unusedDemands(source: Source, installation: Installation): ConfigFault[] {
  const { rules, actionTypes } = installation;
  const approvableTypes = Object.values(actionTypes).filter(({ tier }) =>
    Object.values(tier).some((actionTier) => actionTier < 4),
  );
  const kinds = oneOfEach(targetsIn(installation), ({ serviceTier, dataClassification }) => [
    serviceTier,
    dataClassification,
  ]);
  const severities = approvableTypes.flatMap((type) => kinds.map((service) => worstOn(service, type)));
  return rules.approvals.flatMap((rule, i) => {
    if (severities.some((severity) => demandedOf([rule], severity).length > 0)) return [];
    const { category, atLeast } = rule.when;
    const problem = `applies to nothing yet: no action type that people approve comes to ${category} ${atLeast} or more on any service`;
    return [source.fault(['approvals', i], problem)];
  });
}
