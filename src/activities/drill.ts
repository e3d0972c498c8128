import { recordedState } from '../contract/recorded-state.ts';
import { hear } from '../domain/approval/count-statements.ts';
import type { VerifiedDecision } from '../domain/approval/verify-decision.ts';
import {
  type DrillBodies,
  type DrillOnRecord,
  drillIn,
  resultOf,
  revealText,
} from '../domain/drill/drill.ts';
import { drillDue } from '../domain/drill/due.ts';
import { shownAs } from '../domain/drill/shown-as.ts';
import { wayOf } from '../domain/escalation/route-progress.ts';
import type { Installation } from '../domain/installation/installation.ts';
import type { DrillResult } from '../domain/ledger/drill-result.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import { address } from '../domain/record/announcement.ts';
import { lastOnRecord } from '../domain/record/on-record.ts';
import { questionOn } from '../domain/ruling/open-question.ts';
import { aboutIt, deliveryOf } from './notify.ts';
import type { Channel } from './ports/channels.ts';
import type { Asked, Drills } from './ports/drills.ts';
import type { HandedIn } from './ports/handed-in.ts';
import { failure } from './shared/failure.ts';
import { idIn, notOnRecord, type StepDeps } from './shared/step.ts';

/** What drills need. There is no executor, no lease and no pager among it: nothing of a drill can run, and nobody is paged for one. */
export interface DrillDeps extends StepDeps {
  readonly installation: Installation;
  readonly now: () => number;
  readonly handedIn: HandedIn;
  readonly mail: Channel;
  /** Absent: the installation has no drills. */
  readonly drills?: Drills | undefined;
}

/** The time in which requests and drills are counted, in milliseconds: four weeks. */
const COUNTED_MS = 28 * 24 * 3_600_000;
/** How long after its time a drill is ended for its workflow, in milliseconds: that one is gone. */
const OVERDUE_MS = 3_600_000;
/** How likely a drill that is due begins at one look. So nobody can count when it comes. */
const CHANCE = 0.5;

export type Drawn =
  | { readonly kind: 'drawn'; readonly name: string; readonly actionId: string }
  | { readonly kind: 'none'; readonly why: string };

export type DrillAsked =
  | { readonly kind: 'asked'; readonly state: ActionState; readonly tells: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

export interface DrillEnded {
  readonly result: DrillResult;
  /** What everybody reads of it from now on. */
  readonly reason: string;
}

export function createDrill(deps: DrillDeps) {
  const { installation, ledger, now, step, handedIn, mail } = deps;

  function configured(): { readonly drills: Drills; readonly share: number } {
    const { drills } = deps;
    const share = installation.rules.drills?.share;
    if (!drills || share === undefined)
      throw failure('NotConfigured', 'countersign.yaml has no "drills": there are none');
    return { drills, share };
  }

  async function due() {
    const { drills, share } = configured();
    const drilled = await drills.records.drilled(now() - COUNTED_MS);
    return { ever: drilled.ever, ...drillDue(share, drilled) };
  }

  /** The drill of the run that this step is in. */
  async function drillNow() {
    const { workflowId, runId, at } = step();
    const actionId = idIn(workflowId, 'action');
    const entries = await ledger.entriesOf(actionId);
    const drill = drillIn(entries);
    return {
      workflowId,
      runId,
      at,
      actionId,
      entries,
      drill: drill?.asked.runId === runId ? drill : undefined,
    };
  }

  async function end(actionId: string, drill: DrillOnRecord, body: DrillBodies['drillEnded']): Promise<void> {
    await ledger.append({
      eventId: `${drill.eventId}/ended`,
      actionId,
      kind: 'drillEnded',
      at: now(),
      body,
    });
  }

  return {
    /**
     * Draws a case for a drill, if one is due. It changes nothing, but for drills whose workflow is gone: they end here, and nobody is told.
     */
    drawDrill: async (): Promise<Drawn> => {
      const { drills } = configured();
      const { cases, records, chance, newKey } = drills;
      for (const actionId of await records.overdue(now() - OVERDUE_MS)) {
        const drill = drillIn(await ledger.entriesOf(actionId));
        if (drill) await end(actionId, drill, { runId: drill.asked.runId, result: 'expired' });
      }
      const judged = await due();
      if (judged.kind === 'notDue') return { kind: 'none', why: judged.why };
      if (chance() >= CHANCE) return { kind: 'none', why: 'a drill is due, and does not come yet' };
      const names = (await cases.names()).map((name) => ({ name, place: chance() }));
      const whyNot: string[] = [];
      for (const { name } of names.sort((a, b) => a.place - b.place)) {
        const run = { runId: 'drawn', idempotencyKey: newKey(), at: now() };
        const asked = await cases.ask(name, run);
        if (asked.kind === 'asked') return { kind: 'drawn', name, actionId: asked.ruled.action.id };
        whyNot.push(asked.why);
      }
      return { kind: 'none', why: `no case can be asked now: ${whyNot.join('; ')}` };
    },

    /**
     * Has a drill ruled on, and records it. INVARIANT 13: whoever starts its workflow only names a case. That a drill is due follows from the
     * ledger, also where many are started at once: the number of the drill is the name of its entry, and the ledger takes each name once.
     */
    askDrill: async (name: string): Promise<DrillAsked> => {
      const { drills } = configured();
      const before = await drillNow();
      if (before.drill) return askedOf(before.entries);
      if (before.entries.length > 0) return { kind: 'none', why: `${before.actionId} is on record already` };
      const { ever, ...judged } = await due();
      if (judged.kind === 'notDue') return { kind: 'none', why: judged.why };
      const { runId, at, actionId } = before;
      const idempotencyKey = actionId.slice(actionId.lastIndexOf('.') + 1);
      const asked: Asked = await drills.cases.ask(name, { runId, idempotencyKey, at });
      if (asked.kind === 'none') return asked;
      const { ruled, reveal } = asked;
      if (ruled.action.id !== actionId)
        return { kind: 'none', why: `the case ${name} asks as ${ruled.action.id}, and this is ${actionId}` };
      const body: DrillBodies['drillAsked'] = { runId, ruled, reveal };
      // Refused where the name is taken: then the drill of another run is there, and none of this one.
      await ledger
        .append({ eventId: `drills/${ever + 1}`, actionId, kind: 'drillAsked', at, body })
        .catch(() => undefined);
      const { drill, entries } = await drillNow();
      return drill ? askedOf(entries) : { kind: 'none', why: 'another drill began at the same moment' };
    },

    /** Sends the mail that such a request begins with, once. Nobody is paged for a drill, and nobody is reminded of one. */
    tellDrill: async (announced: string): Promise<void> => {
      const { workflowId, runId, at, actionId, entries, drill } = await drillNow();
      if (!drill) throw notOnRecord('there is no drill in this run');
      const record = lastOnRecord(actionId, shownAs(entries));
      if (!record?.ruled || drill.ended || drill.told.some((delivery) => delivery.step === announced)) return;
      const addressing = address(
        record,
        { kind: 'asked', name: announced },
        { about: { workflowId, runId }, statements: [], now: at },
      );
      if (addressing.kind === 'refused' || addressing.addressed.by !== 'mail')
        throw notOnRecord('no such mail is due');
      const { addressed } = addressing;
      const sent = await mail.send(aboutIt({ workflowId, runId }, record.ruled, addressed), addressed.people);
      if (sent.kind !== 'delivered') throw new Error(sent.reason);
      const body: DrillBodies['drillTold'] = { runId, deliveries: [deliveryOf(addressed, sent)] };
      await ledger.append({
        eventId: `${drill.eventId}/told/${announced}`,
        actionId,
        kind: 'drillTold',
        at,
        body,
      });
    },

    /**
     * Records how a drill ended. INVARIANT 3: only what a person signed counts, wherever it was handed in.
     *
     * @param statements what the workflow heard (compact JWS)
     */
    endDrill: async (statements: readonly string[]): Promise<DrillEnded> => {
      const { workflowId, runId, at, actionId, drill } = await drillNow();
      if (!drill) throw notOnRecord('there is no drill in this run');
      const reason = revealText(drill.asked.reveal);
      if (drill.ended) return { result: drill.ended.result, reason };
      const { ruling } = drill.asked.ruled;
      const question = questionOn({ workflowId, runId }, ruling, {
        kind: 'waiting',
        deadline: deadlineOf(drill),
      });
      const all = question ? [...(await handedIn.of(workflowId)), ...statements] : [];
      const [first] = all
        .flatMap((jws) => (question ? (saidIn(hear(question, { jws }, at), jws) ?? []) : []))
        .toSorted((a, b) => a.said.decidedAt - b.said.decidedAt);
      const body: DrillBodies['drillEnded'] = first
        ? { runId, result: first.result, said: first.said }
        : { runId, result: 'expired' };
      await end(actionId, drill, body);
      return { result: body.result, reason };
    },
  };

  function askedOf(entries: Parameters<typeof drillIn>[0]): DrillAsked {
    const drill = drillIn(entries);
    const state = recordedState(shownAs(entries));
    if (!drill || !state || drill.ended) return { kind: 'none', why: 'it is over' };
    const way = wayIn(drill);
    if (!way) return { kind: 'none', why: 'nobody is asked' };
    const first = way.tells.filter(
      (tell) => tell.at <= drill.at && tell.step.by === 'mail' && tell.people.length > 0,
    );
    return {
      kind: 'asked',
      state: { ...state, status: 'waiting', openedAt: drill.at, deadline: way.deadline },
      tells: first.map((tell) => tell.name),
    };
  }
}

function wayIn({ asked, at }: DrillOnRecord) {
  const { ruling } = asked.ruled;
  return 'route' in ruling ? wayOf(ruling.route, at, [], () => true) : undefined;
}

const deadlineOf = (drill: DrillOnRecord) => wayIn(drill)?.deadline ?? drill.at;

/** What a person signed that ends a drill, and what it makes of it. */
function saidIn(judged: VerifiedDecision, jws: string) {
  if (judged.kind === 'refused') return undefined;
  const { person, verdict, decidedAt } = judged.kind === 'counts' ? judged.vote : judged.statement;
  const result = resultOf(verdict);
  return result && { result, said: { person, verdict, decidedAt, jws } };
}
