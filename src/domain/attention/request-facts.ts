import { digestOf } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';
import { listAt, nameAt, oneOf, partOf, textAt } from '../shared/json-reader.ts';

/** A person's decision on an action that waited for people. */
export interface PersonDecided {
  readonly person: string;
  readonly verdict: 'approve' | 'deny' | 'breakGlass';
  /** Milliseconds since the epoch, as signed. */
  readonly at: number;
}

/** What an action takes of people's attention, and their decisions on it. */
export interface AttentionFacts {
  /** Two actions with the same digest ask for the same thing, whichever agent asks and whichever key it uses. */
  readonly sameness: string;
  /** Set when the proposal may not come from the agent that it names. No rule about that agent uses it. */
  readonly unsigned?: true | undefined;
  /** Whether the action waits for people before it runs. */
  readonly asks: boolean;
  /** Whether the action is only recommended: nothing runs. */
  readonly recommends?: true | undefined;
  /** The people whom its first message goes to. */
  readonly asked: readonly string[];
  /** The number of people who may decide on it. */
  readonly entitled: number;
  /** How far it changes its parameter, relative to the current value. Absent: there is no size, or it could not be measured. */
  readonly sizeChange?: number | undefined;
  readonly decisions?: readonly PersonDecided[] | undefined;
  /** The denial of the action. `cancelled`: nobody denied it; the requester's side cancelled it. */
  readonly denial?:
    | { readonly by: string; readonly reason: string; readonly cancelled?: true | undefined }
    | undefined;
}

/**
 * Returns the same digest for two proposals that would do the same, in the same place, with the same parameters. The agent and the key do
 * not count.
 */
export const samenessOf = (action: {
  readonly type: Json;
  readonly target: Json;
  readonly environment: Json;
  readonly params: Json;
  /** The action that it takes back: the same words then ask for the opposite. */
  readonly takesBack?: Json | undefined;
}): string => {
  const { type, target, environment, params, takesBack } = action;
  return digestOf({ type, target, environment, params, ...(takesBack ? { takesBack } : {}) });
};

/** Parses the body of a `ruled` entry. */
export function askedIn(body: Json): AttentionFacts {
  const action = (name: string) => partOf(body, 'action', name) ?? null;
  const change = partOf(body, 'impact', 'size', 'change');
  const isPermitted = partOf(body, 'ruling', 'kind') === 'permit';
  const mode = partOf(body, 'ruling', 'mode');
  const asks = isPermitted && ASKING.has(mode);
  const recommends = isPermitted && mode === 'recommend';
  const [askedPeople = []] = (listAt(body, 'ruling', 'route', 'steps') ?? []).flatMap((step) => {
    const people = listAt(step, 'people');
    return people ? [people.filter((person) => typeof person === 'string')] : [];
  });
  const owners = (listAt(body, 'ruling', 'people', 'owners') ?? []).filter(
    (person) => typeof person === 'string',
  );
  return {
    sameness: samenessOf({
      type: action('type'),
      target: action('target'),
      environment: action('environment'),
      params: action('params'),
      takesBack: partOf(body, 'action', 'takesBack'),
    }),
    asks,
    ...(recommends ? { recommends } : {}),
    asked: asks ? askedPeople : recommends ? owners : [],
    entitled: asks ? new Set(approversIn(partOf(body, 'ruling', 'requirement'))).size : 0,
    ...(typeof change === 'number' ? { sizeChange: change } : {}),
    ...(typeof partOf(body, 'action', 'agent', 'unsigned') === 'string' ? { unsigned: true } : {}),
  };
}

const ASKING: ReadonlySet<Json | undefined> = new Set(['executeAfterWindow', 'executeWithApproval']);

/** Parses the body of a `closed` entry. Votes of earlier rounds are void, so these rules do not count them. */
export function decidedIn(body: Json): Pick<AttentionFacts, 'decisions' | 'denial'> {
  const record = partOf(body, 'record');
  const votes = (listAt(record, 'votes') ?? []).flatMap((vote) =>
    decidedBy(nameAt(vote, 'person'), oneOf(VERDICTS, partOf(vote, 'verdict')), partOf(vote, 'decidedAt')),
  );
  const breakGlass = partOf(record, 'breakGlass');
  return {
    decisions: [...votes, ...decidedBy(nameAt(breakGlass, 'person'), 'breakGlass', partOf(breakGlass, 'at'))],
    ...denialIn(body),
  };
}

const VERDICTS = ['approve', 'deny'] as const;

const decidedBy = (
  person: string | undefined,
  verdict: PersonDecided['verdict'] | undefined,
  at: Json | undefined,
): PersonDecided[] => (person && verdict && typeof at === 'number' ? [{ person, verdict, at }] : []);

/**
 * Returns the denial. A time-out and a policy's denial are not a person's denial. A cancellation counts, so that cancelling in time does
 * not avoid a denial.
 */
function denialIn(body: Json): Pick<AttentionFacts, 'denial'> {
  if (partOf(body, 'outcome', 'kind') === 'cancelled')
    return { denial: { by: 'the side that asks', reason: '', cancelled: true } };
  const settlement = partOf(body, 'record', 'settlement');
  const by = nameAt(settlement, 'by');
  const isDenied =
    partOf(body, 'outcome', 'kind') === 'deniedByPerson' && partOf(settlement, 'kind') === 'denied';
  return isDenied && by ? { denial: { by, reason: textAt(settlement, 'reason') ?? '' } } : {};
}

/** Returns the people that a requirement names, at any depth. */
const approversIn = (requirement: Json | undefined): string[] => [
  ...(listAt(requirement, 'approvers') ?? []).flatMap((approver) => nameAt(approver, 'person') ?? []),
  ...['allOf', 'anyOf'].flatMap((kind) => (listAt(requirement, kind) ?? []).flatMap(approversIn)),
];
