import type { Action, Proposal } from '../../domain/action/action.ts';
import type { Previewed } from '../../domain/action/preview.ts';
import { isMeasured } from '../../domain/analysis/metrics.ts';
import { MOST_EDITS } from '../../domain/approval/interventions.ts';
import { samenessOf } from '../../domain/attention/request-facts.ts';
import type { DeniedBefore, Request } from '../../domain/attention/request-limits.ts';
import { sparing } from '../../domain/attention/spread-requests.ts';
import type { Background } from '../../domain/background/background.ts';
import { type Finding, sorted } from '../../domain/findings/finding.ts';
import { findingsOf } from '../../domain/findings/findings.ts';
import type { Authorize } from '../../domain/policy/policy.ts';
import type { Resolved } from '../../domain/proposal/resolve-proposal.ts';
import { MOST_ROUNDS } from '../../domain/record/conclusion.ts';
import type { EntryBodies, OnRecord } from '../../domain/record/on-record.ts';
import { type PreviewFirst, previewOnRecord } from '../../domain/record/preview-on-record.ts';
import type { Impact } from '../../domain/risk/impact.ts';
import { deniedAtOnce } from '../../domain/ruling/denied-at-once.ts';
import { ruleAndCompare } from '../../domain/ruling/find-counterfactuals.ts';
import { holdText } from '../../domain/ruling/lift-hold.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { type Fault, faultsText } from '../../domain/shared/json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { AttentionRecords } from '../ports/attention-records.ts';
import type { Detector } from '../ports/detector.ts';
import type { Holds } from '../ports/holds.ts';
import type { Fact } from '../ports/ledger.ts';
import type { PastActions } from '../ports/past-actions.ts';
import type { Shadow } from '../ports/shadow.ts';
import { holdsOn } from '../shared/lifting.ts';
import { resolvedAgain } from '../shared/resolve-proposal-again.ts';
import { enrolledFact } from '../shared/standing.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from '../shared/step.ts';
import { PATIENCE_MS, within } from '../shared/within.ts';
import { readNow } from '../watch/measure.ts';
import { type AcceptDeps, accepted } from './accept.ts';
import { askedOf, type Subject } from './asked.ts';
import { createBackground } from './background.ts';
import { createImpact, type ImpactDeps } from './impact.ts';
import { editIn } from './verify-edit.ts';

export interface RuleInput {
  /** The proposal as the agent made it. Once the action was ruled on, the proposal on record counts instead. */
  readonly proposal: unknown;
  /** A person's signed edit, which makes it another action (compact JWS). */
  readonly edit?: string | undefined;
  /** Why no preview could be made. It can only make the ruling stricter. Absent: one was made, or none is needed. */
  readonly unpreviewed?: string | undefined;
}

export type Ruled =
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  | {
      readonly kind: 'ruled';
      /** The run of the workflow. People sign about this run, also in what a reset replays. */
      readonly runId: string;
      readonly action: Action;
      readonly impact: Impact;
      readonly ruling: Ruling;
      /** What was found to contradict it, what weighs most first. Absent: nothing was. */
      readonly findings?: readonly Finding[] | undefined;
      /** What people who are asked are told beside the impact. Absent: nobody is asked. */
      readonly background?: Background | undefined;
      /** Milliseconds since the epoch. The time that people are given counts from here. */
      readonly ruledAt: number;
    };

export interface RuleDeps extends AcceptDeps, ImpactDeps, StepDeps {
  /** Asks the installation's policies. */
  readonly authorize: Authorize;
  readonly attention: Pick<AttentionRecords, 'permit' | 'asksSince'>;
  readonly pastActions: Pick<PastActions, 'similarTo' | 'ranBy' | 'ranSince'>;
  readonly holds: Pick<Holds, 'list'>;
  /** The installation's own detector of contradictions. Absent: it has none. */
  readonly detector?: Detector | undefined;
  /** Asks a candidate folder beside each ruling. Absent: there is none. */
  readonly shadow?: Shadow | undefined;
}

/** How often an action may be ruled on before anybody was told of it. Each attempt that was not reported is one ruling. */
const MOST_RULINGS = 20;

/** A ruling before it is recorded, with what people who are asked are told beside it. */
type Draft = Pick<EntryBodies['ruled'], 'ruling' | 'background'>;

/** A ruling, and whether this very step made it. It did not where the ruling on record stands. */
export interface RulingMade {
  readonly kind: 'made';
  readonly ruled: Ruled;
  readonly anew: boolean;
}

/** Makes the step that rules on a proposal, or on an action again. */
export function createRuling(deps: RuleDeps): (input: RuleInput) => Promise<RulingMade | PreviewFirst> {
  const { installation, authorize, ledger, attention, detector, shadow, now } = deps;
  const assess = createImpact(deps);
  const findBackground = createBackground(deps);

  /**
   * The metrics that are outside their limits before anything runs. People are told of them. An unreachable source delays the
   * ruling by `PATIENCE_MS` at most.
   */
  async function metricsOutside(ruling: Ruling, { watch }: Action): Promise<string[]> {
    if (!watch || !('requirement' in ruling)) return [];
    const pendingMeasurements = Promise.all(
      watch.metrics.filter(isMeasured).map((metric) => readNow(deps, metric)),
    );
    const measurements = await within(PATIENCE_MS, pendingMeasurements, () => []);
    return measurements.flatMap(({ phase, reason, metric }) =>
      phase === 'failed' || phase === 'inconclusive' ? [`${metric}: ${reason}`] : [],
    );
  }

  /** Adds the holds that stop the action to the ruling, before people decide in vain. */
  async function withHolds(ruling: Ruling, action: Action): Promise<Ruling> {
    if (ruling.kind === 'forbid' || ruling.mode === 'recommend') return ruling;
    const holds = await holdsOn(deps, action, ruling.mode !== 'executeWithApproval');
    if (holds.length === 0) return ruling;
    return { ...ruling, reasons: [...ruling.reasons, ...holds.map(holdText)], holds };
  }

  /** The ruling with its route changed so that people who were not asked too often are told first. */
  async function withSparingRoute(ruling: Ruling, at: number): Promise<Ruling> {
    const budget = installation.rules.attention?.asksPerPerson;
    if (!budget || !('route' in ruling)) return ruling;
    const asks = await attention.asksSince(at - budget.withinMs);
    return { ...ruling, route: sparing(ruling.route, ruling.requirement, { asks, atMost: budget.atMost }) };
  }

  /**
   * Records a ruling. Where a person denied the same action to another agent, the action is ruled on anew so that people decide.
   * Where people have no attention left for it, it is denied at once.
   *
   * @param draftWith makes the ruling, once it is known who denied the action before
   */
  async function recordRuling(
    draftWith: (deniedBefore?: DeniedBefore) => Promise<Draft>,
    action: Action,
    at: number,
    factOf: (draft: Draft) => Fact,
    deniedBefore?: DeniedBefore,
  ): Promise<Draft> {
    const draft = await draftWith(deniedBefore);
    const { ruling } = draft;
    const rules = installation.rules.attention;
    // The limits are those of agents. What a person asks for is not one of their requests.
    if (ruling.kind === 'forbid' || !rules || action.takesBack) {
      await ledger.append(factOf(draft));
      return draft;
    }
    const notAsked = await attention.permit(requestFor(action, ruling, at), rules, factOf(draft));
    if (notAsked === undefined) return draft;
    if (notAsked.kind === 'people') return recordRuling(draftWith, action, at, factOf, notAsked.deniedBefore);
    const denial = { ruling: deniedAtOnce(ruling, notAsked.reason) };
    await ledger.append(factOf(denial));
    return denial;
  }

  /** The impact of an action. A type that the installation no longer knows cannot be measured: the impact on record counts. */
  async function impactOf(
    action: Action,
    at: number,
    { ruled }: OnRecord,
    preview: Previewed | undefined,
  ): Promise<Impact> {
    const type = lookup(installation.actionTypes, action.type);
    if (type) return { ...(await assess(action, type, at)), ...(preview ? { preview } : {}) };
    if (ruled) return ruled.impact;
    throw notOnRecord(`there is no action type ${action.type}`);
  }

  /** What contradicts a request. The installation's own detector can only add to it, and that it does not answer is a finding too. */
  async function findingsOn({ proposal, action, impact }: Subject, at: number): Promise<Finding[]> {
    // No agent says anything of what a person asks for.
    if (action.takesBack) return [];
    const findings = findingsOf({ installation, proposal, action, impact, at });
    if (!detector) return findings;
    const { changes = [] } = impact;
    const detected = await detector.find({ proposal, action, changes, findings, at });
    const added: readonly Finding[] =
      detected.kind === 'found'
        ? detected.findings.map((finding) => ({ ...finding, kind: 'detector' }))
        : [{ kind: 'detector', weight: 2, text: `the detector did not answer: ${detected.reason}` }];
    return sorted([...findings, ...added]);
  }

  /** Assesses a resolved action, rules on it, and records both. */
  async function ruleOn(
    caseNow: Case,
    action: Action,
    proposal: Proposal,
    preview: Previewed | undefined,
    faults: readonly Fault[] = [],
  ): Promise<Ruled> {
    const { at, runId, record } = caseNow;
    const impact = await impactOf(action, at, record, preview);
    const editors = record.edits.map(({ by }) => by);
    const subject = { action, impact, proposal, editors };
    const [{ asked, begins }, findings] = await Promise.all([
      askedOf(deps, subject, at),
      findingsOn(subject, at),
    ]);
    const found = foundIn(findings);
    let background: Promise<Background> | undefined;
    const draftWith = async (deniedBefore?: DeniedBefore): Promise<Draft> => {
      const ruling = ruleAndCompare(installation, authorize, { ...asked, deniedBefore });
      // Without an authority the ruling did not rest on what the agent is: a worker that has no such agent must not enrol it. Neither
      // does a proposal that its agent need not have signed.
      if (begins && ruling.authority && action.agent.unsigned === undefined)
        await ledger.append(enrolledFact(begins));
      const rulingOrDenial = faults.length === 0 ? ruling : deniedAtOnce(ruling, faultsText(faults));
      const reasons = [...record.again.map((reason) => `asked again: ${reason}`), ...rulingOrDenial.reasons];
      // Where the action is ruled on anew so that people decide, what was found beside it is the same.
      if ('requirement' in rulingOrDenial) background ??= findBackground(subject, at);
      const [rulingWithHolds, outsideAlready, told] = await Promise.all([
        withHolds({ ...rulingOrDenial, reasons }, action),
        metricsOutside(rulingOrDenial, action),
        'requirement' in rulingOrDenial ? background : undefined,
      ]);
      const finalRuling = await withSparingRoute(
        { ...rulingWithHolds, ...(outsideAlready.length === 0 ? {} : { outsideAlready }) },
        at,
      );
      return { ruling: finalRuling, ...(told ? { background: told } : {}) };
    };
    const factOf = (draft: Draft): Fact => {
      const body = { proposal, action, impact, circumstances: asked.circumstances, ...draft, ...found };
      // A second ruling before anybody was told is another ruling and another entry.
      const eventId = `${action.id}/${runId}/ruled/${digestOf({ body, at })}`;
      return { eventId, actionId: action.id, kind: 'ruled', at, body };
    };
    const draftOnRecord = await recordRuling(draftWith, action, at, factOf);
    const { ruling } = draftOnRecord;
    shadow?.(factOf(draftOnRecord).eventId, {
      actionId: action.id,
      runId,
      at,
      proposal,
      action,
      impact,
      ruling,
      editors,
    });
    return { kind: 'ruled', runId, action, impact, ...draftOnRecord, ...found, ruledAt: at };
  }

  /** Rules on an action that can be resolved, once it is known what it would do. */
  async function ruleOnKnown(
    caseNow: Case,
    { action, proposal }: Pick<Extract<Resolved, { kind: 'resolved' }>, 'action' | 'proposal'>,
    unpreviewed: string | undefined,
  ): Promise<RulingMade | PreviewFirst> {
    const known = previewOnRecord(caseNow.record, action.execute, now(), unpreviewed);
    if (known.kind === 'previewFirst') return known;
    const preview = known.kind === 'known' ? known.previewed : undefined;
    return made(await ruleOn(caseNow, action, proposal, preview));
  }

  return async ({ proposal, edit, unpreviewed }) => {
    const caseBefore = await caseOf(deps);
    if (!caseBefore.record.ruled) {
      const resolution = await accepted(deps, caseBefore, proposal);
      return resolution.kind === 'refused'
        ? made(resolution)
        : ruleOnKnown(caseBefore, resolution, unpreviewed);
    }
    const caseNow = edit === undefined ? caseBefore : await recordEdit(caseBefore, edit);
    const { record } = caseNow;
    const { ruled } = record;
    if (!ruled) throw notOnRecord('it is not ruled on');
    if (!mayRuleAgain(record)) {
      const { action, impact, ruling, findings, background, at: ruledAt } = ruled;
      return {
        kind: 'made',
        ruled: {
          kind: 'ruled',
          runId: caseNow.runId,
          action,
          impact,
          ruling,
          ...foundIn(findings),
          ...(background ? { background } : {}),
          ruledAt,
        },
        anew: false,
      };
    }
    const resolution = await resolvedAgain(deps, record);
    return resolution.kind === 'resolved'
      ? ruleOnKnown(caseNow, { action: resolution.action, proposal: ruled.proposal }, unpreviewed)
      : made(await ruleOn(caseNow, ruled.action, ruled.proposal, undefined, resolution.faults));
  };

  /** Records an edit. INVARIANT 9: an edit is in the ledger before the ruling on it. */
  async function recordEdit(caseNow: Case, jws: string): Promise<Case> {
    const { record, at, runId, actionId } = caseNow;
    if (record.edits.some((edit) => edit.jws === jws)) return caseNow;
    const statement = editIn(caseNow, jws);
    const { person: by, reason = '', params = {}, digest: digestBefore } = statement;
    const revision = record.edits.length + 2;
    const body: EntryBodies['edited'] = { by, reason, at, digestBefore, revision, params, jws };
    await ledger.append({
      eventId: `${actionId}/${runId}/edited/${revision}`,
      actionId,
      kind: 'edited',
      at,
      body,
    });
    return caseOf(deps);
  }
}

export function createRule(deps: RuleDeps) {
  const ruling = createRuling(deps);

  async function rule(input: RuleInput & { readonly unpreviewed: string }): Promise<Ruled>;
  async function rule(input: RuleInput): Promise<Ruled | PreviewFirst>;
  async function rule(input: RuleInput): Promise<Ruled | PreviewFirst> {
    const result = await ruling(input);
    return result.kind === 'made' ? result.ruled : result;
  }

  return {
    /**
     * Finds what would run, what it may do and what the agent may do, by what the installation, the metrics and the ledger say now.
     * INVARIANT 9: the ruling is in the ledger before anything that rests on it. INVARIANT 13: the workflow only gives what the
     * agent proposed and what a person signed.
     */
    rule,
  };
}

const made = (ruled: Ruled): RulingMade => ({ kind: 'made', ruled, anew: true });

/** Findings as they are recorded: without any, nothing is, as in entries from before there were findings. */
const foundIn = (findings: readonly Finding[] = []) => (findings.length === 0 ? {} : { findings });

/** What a permitted action takes of people's attention. */
const requestFor = (action: Action, ruling: Ruling, at: number): Request => ({
  actionId: action.id,
  agent: action.agent.id,
  sameness: samenessOf(action),
  asks: 'requirement' in ruling,
  ...(ruling.kind === 'permit' && ruling.mode === 'recommend' ? { recommends: true } : {}),
  ...(action.agent.unsigned === undefined ? {} : { unsigned: true }),
  at,
  ...(ruling.deniedBefore ? { deniedBefore: ruling.deniedBefore } : {}),
});

/**
 * Whether the action may be ruled on again. Once people were told of a ruling, or a later step rests on it, it stands until a new
 * reason comes.
 */
function mayRuleAgain({ again, told, settled, admitted, closed, rulings, round }: OnRecord): boolean {
  if (closed || admitted) return false;
  if (again.length > 0) return round < MOST_ROUNDS + MOST_EDITS;
  return told.length === 0 && !settled && rulings < MOST_RULINGS;
}
