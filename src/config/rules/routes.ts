import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import { CATEGORIES } from '../../domain/action/action.ts';
import { longestClosedMs } from '../../domain/calendar/business-hours.ts';
import { MEANS } from '../../domain/escalation/route.ts';
import type {
  BusinessHours,
  ConditionTemplate,
  RouteTemplate,
  StepTemplate,
} from '../../domain/escalation/route-template.ts';
import { askedTooSoon, routeFaultsOf } from '../../domain/escalation/validate-route.ts';
import { hint } from '../source/fault.ts';
import { duration, either, refuseValue, strict } from '../source/schema.ts';

const notify = z
  .string()
  .regex(
    /^(owners|data-owners|on-call|(group|user|schedule):[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, on-call, group:name, user:name or schedule:name',
  );
const by = z.enum(MEANS);

const step = strict({ notify, by, wait: duration() }).transform(({ wait, ...rest }) => ({
  ...rest,
  waitMs: wait,
}));

const condition = either<ConditionTemplate, ConditionTemplate>(
  (written) => typeof written !== 'object',
  z.enum(['businessHours', 'notDelivered']),
  strict({
    nobodyOnCall: identifier.optional(),
    category: z.enum(CATEGORIES).optional(),
    atLeast: z.literal([1, 2, 3, 4], 'must be 1 to 4 (the worst)').optional(),
  }).transform(({ nobodyOnCall, category, atLeast }, context): ConditionTemplate => {
    const isSeverity = category !== undefined && atLeast !== undefined;
    if (isSeverity && nobodyOnCall === undefined) return { category, atLeast };
    if (nobodyOnCall !== undefined && category === undefined && atLeast === undefined)
      return { nobodyOnCall };
    return refuseValue(context, 'needs exactly one of: nobodyOnCall; category with atLeast');
  }),
);

/** What is longer is understood by nobody who is woken by it. */
const MOST = { steps: 30, times: 10 };
const END = 'end';
const UNTIL_HOURS = 'until businessHours';

const namedStep = strict({
  notify: notify.optional(),
  by: by.optional(),
  wait: either<number, typeof UNTIL_HOURS>(
    (written) => written !== UNTIL_HOURS,
    duration({ zero: true }),
    z.literal(UNTIL_HOURS),
  ).optional(),
  repeat: identifier.optional(),
  times: z.int().min(1).max(MOST.times).optional(),
  when: condition.optional(),
  next: identifier,
  else: identifier.optional(),
});
type NamedStep = z.infer<typeof namedStep>;

const FORMS: readonly (readonly (keyof NamedStep)[])[] = [
  ['notify', 'by', 'wait'],
  ['wait'],
  ['repeat', 'times'],
  ['when', 'else'],
];

const common = { hold: duration().optional(), mailSettled: z.boolean().optional() };

const listed = { steps: z.array(step).min(1), ...common };

const graph = {
  start: identifier,
  steps: z
    .record(
      identifier.refine((name) => name !== END, 'must not be "end", which ends the route'),
      namedStep,
    )
    .refine((steps) => Object.keys(steps).length <= MOST.steps, `has more than ${MOST.steps} steps`),
  ...common,
};

interface Written<Steps> {
  readonly steps: Steps;
  readonly hold?: number | undefined;
  readonly mailSettled?: boolean | undefined;
}

type Steps = Omit<RouteTemplate, 'onSilence'>;

const besides = ({ hold, mailSettled }: Omit<Written<unknown>, 'steps'>) => ({
  ...(hold === undefined ? {} : { holdMs: hold }),
  ...(mailSettled ? { mailSettled } : {}),
});

const fromList = ({ steps, ...rest }: Written<readonly StepTemplate[]>): Steps => ({
  steps,
  ...besides(rest),
});

/** Steps by name, each of which says what comes next: as a list that begins where the route does. */
function fromGraph(
  { start, steps, ...rest }: Written<Readonly<Record<string, NamedStep>>> & { readonly start: string },
  context: z.RefinementCtx,
): Steps {
  const names = [start, ...Object.keys(steps).filter((name) => name !== start)];
  const problems: { readonly path: readonly string[]; readonly message: string }[] = [];
  const numberOf = (name: string, ...path: readonly string[]): number => {
    if (name === END) return names.length;
    if (!Object.hasOwn(steps, name))
      problems.push({ path, message: `is no step; ${hint(name, [...Object.keys(steps), END])}` });
    return names.indexOf(name);
  };
  numberOf(start, 'start');
  const read = names.flatMap((name): StepTemplate[] => {
    const written = steps[name];
    if (!written) return [];
    const given = Object.entries(written).flatMap(([key, value]) =>
      value === undefined || key === 'next' ? [] : [key],
    );
    if (!FORMS.some((form) => form.length === given.length && form.every((key) => given.includes(key)))) {
      const forms = FORMS.map((form) => [...form, 'next'].join(', ')).join('; or ');
      problems.push({ path: ['steps', name], message: `needs exactly one of these forms: ${forms}` });
      return [];
    }
    const at = (member: 'next' | 'else' | 'repeat', target: string) =>
      numberOf(target, 'steps', name, member);
    const { notify: whom, by: means, wait = 0, repeat, times = 0, when } = written;
    const next = at('next', written.next);
    if (when !== undefined) return [{ name, when, next, else: at('else', written.else ?? END) }];
    if (repeat !== undefined) return [{ name, repeatFrom: at('repeat', repeat), times, next }];
    if (wait !== UNTIL_HOURS)
      return [{ name, waitMs: wait, next, ...(whom && means ? { notify: whom, by: means } : {}) }];
    if (whom !== undefined) {
      const message = `may be "${UNTIL_HOURS}" only in a step that tells nobody: write one after it`;
      problems.push({ path: ['steps', name, 'wait'], message });
    }
    return [{ name, waitMs: 0, until: 'businessHours', next }];
  });
  const nameAt = (index: number) => names[index] ?? '';
  if (problems.length === 0)
    problems.push(
      ...routeFaultsOf(read).map(({ index, problem }) => ({
        path: ['steps', nameAt(index)],
        message: problem,
      })),
    );
  if (problems.length === 0)
    problems.push(
      ...askedTooSoon(read).map((index) => ({
        path: ['steps', nameAt(index), 'when'],
        message: 'asks whether a message arrived that was given no time to: let the step before it wait',
      })),
    );
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [...path], message });
  return problems.length === 0 ? { steps: read, ...besides(rest) } : z.NEVER;
}

/** Whether the steps are a list, one after the other; they are a graph where they are a mapping by name. */
function isList(written: unknown): boolean {
  const steps: unknown = Reflect.get(Object(written), 'steps');
  return typeof steps !== 'object' || Array.isArray(steps);
}

/** The steps of a route that policies may name. */
export const namedRoute = either<Steps, Steps>(
  isList,
  strict(listed).transform(fromList),
  strict(graph).transform(fromGraph),
);

/** A route, and what silence through it means: for a tier there is one answer. */
export function route(end: RouteTemplate['onSilence'], why: string) {
  const onSilence = z.literal(end, `must be ${end}: ${why}`);
  return either<RouteTemplate, RouteTemplate>(
    isList,
    strict({ ...listed, onSilence }).transform((written) => ({ ...fromList(written), onSilence: end })),
    strict({ ...graph, onSilence }).transform((written, context) => ({
      ...fromGraph(written, context),
      onSilence: end,
    })),
  );
}

/** How long a step waits until business hours at the most: it is not known before all of the file is read. */
export const withHours = <Written extends Pick<RouteTemplate, 'steps'>>(
  written: Written,
  hours: BusinessHours | undefined,
): Written => ({
  ...written,
  steps: written.steps.map((step) =>
    'until' in step && hours ? { ...step, waitMs: longestClosedMs([hours]) } : step,
  ),
});
