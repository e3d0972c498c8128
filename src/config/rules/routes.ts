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
import { duration, either, key, refuseValue, strict } from '../source/schema.ts';

const notify = z
  .string()
  .regex(
    /^(owners|data-owners|on-call|(group|user|schedule):[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, on-call, group:name, user:name or schedule:name',
  )
  .meta({ title: '`owners`, `data-owners`, `on-call`, `group:NAME`, `user:NAME` or `schedule:NAME`' });
const by = z.enum(MEANS);

const step = strict({
  notify: key(notify, 'Whom the step tells.', 'owners'),
  by: key(by, 'How it tells them.', 'mail'),
  wait: key(duration(), 'How long until the next step.', '15m'),
}).transform(({ wait, ...rest }) => ({
  ...rest,
  waitMs: wait,
}));

const condition = either<ConditionTemplate, ConditionTemplate>(
  (value) => typeof value !== 'object',
  z.enum(['businessHours', 'notDelivered']),
  strict({
    nobodyOnCall: key(
      identifier.optional(),
      'It holds if nobody is on call in this schedule when the step falls due.',
      'sre',
    ),
    category: key(
      z.enum(CATEGORIES).optional(),
      'It holds if the assessment found the action severe in this category. It goes with `atLeast`.',
      'serviceDisruption',
    ),
    atLeast: key(
      z.literal([1, 2, 3, 4], 'must be 1 to 4 (the worst)').optional(),
      'From this severity on.',
      '3',
    ),
  }).transform(({ nobodyOnCall, category, atLeast }, context): ConditionTemplate => {
    const isSeverity = category !== undefined && atLeast !== undefined;
    if (isSeverity && nobodyOnCall === undefined) return { category, atLeast };
    if (nobodyOnCall !== undefined && category === undefined && atLeast === undefined)
      return { nobodyOnCall };
    return refuseValue(context, 'needs exactly one of: nobodyOnCall; category with atLeast');
  }),
);

/** The limits of a route. Somebody who is woken by a longer one would not understand it. */
const MOST = { steps: 30, times: 10 };
const END = 'end';
const UNTIL_HOURS = 'until businessHours';

const namedStep = strict({
  notify: key(notify.optional(), 'Whom the step tells. It goes with `by` and `wait`.', 'owners'),
  by: key(by.optional(), 'How it tells them.', 'mail'),
  wait: key(
    either<number, typeof UNTIL_HOURS>(
      (value) => value !== UNTIL_HOURS,
      duration({ zero: true }),
      z.literal(UNTIL_HOURS),
    ).optional(),
    'How long until the next step. `until businessHours` is for a step that tells nobody.',
    '15m',
  ),
  repeat: key(identifier.optional(), 'The step to go back to. It goes with `times`.', 'page'),
  times: key(z.int().min(1).max(MOST.times).optional(), 'How often it goes back.', '2'),
  when: key(
    condition.optional(),
    'A condition: where it holds, `next` comes, otherwise `else`. `notDelivered` holds if the last message did not arrive.',
    'businessHours',
  ),
  next: key(identifier, 'The step that comes next; `end` ends the route.', 'page'),
  else: key(identifier.optional(), 'The step that comes where the condition does not hold.', 'end'),
});
type NamedStep = z.infer<typeof namedStep>;

const FORMS: readonly (readonly (keyof NamedStep)[])[] = [
  ['notify', 'by', 'wait'],
  ['wait'],
  ['repeat', 'times'],
  ['when', 'else'],
];

const commonKeys = {
  hold: key(
    duration().optional(),
    'How long the next step waits, once, when somebody says that they are looking at it. Without it nobody can say so.',
    '5m',
  ),
  mailSettled: key(
    z.boolean().optional(),
    'Whether those who were asked by mail, and did not decide, are mailed how it was settled. Without it they are not.',
    'true',
  ),
};

const listKeys = { steps: key(z.array(step).min(1), 'The steps, one after the other.'), ...commonKeys };

const graphKeys = {
  start: key(identifier, 'The first step. It is needed where the steps have names.', 'owners'),
  steps: key(
    z
      .record(
        identifier.refine((name) => name !== END, 'must not be "end", which ends the route'),
        namedStep,
      )
      .refine((steps) => Object.keys(steps).length <= MOST.steps, `has more than ${MOST.steps} steps`),
    `The steps by name, ${MOST.steps} at most. Each says what comes next.`,
  ),
  ...commonKeys,
};

const ROUTE = { title: 'route', section: 'routes' };

interface Written<Steps> {
  readonly steps: Steps;
  readonly hold?: number | undefined;
  readonly mailSettled?: boolean | undefined;
}

type Steps = Omit<RouteTemplate, 'onSilence'>;

const commonMembers = ({ hold, mailSettled }: Omit<Written<unknown>, 'steps'>) => ({
  ...(hold === undefined ? {} : { holdMs: hold }),
  ...(mailSettled ? { mailSettled } : {}),
});

const fromList = ({ steps, ...rest }: Written<readonly StepTemplate[]>): Steps => ({
  steps,
  ...commonMembers(rest),
});

/** Turns named steps, each of which says what comes next, into a list that begins with the route's first step. */
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
  const stepTemplates = names.flatMap((name): StepTemplate[] => {
    const graphStep = steps[name];
    if (!graphStep) return [];
    const givenKeys = Object.entries(graphStep).flatMap(([key, value]) =>
      value === undefined || key === 'next' ? [] : [key],
    );
    if (
      !FORMS.some((form) => form.length === givenKeys.length && form.every((key) => givenKeys.includes(key)))
    ) {
      const forms = FORMS.map((form) => [...form, 'next'].join(', ')).join('; or ');
      problems.push({ path: ['steps', name], message: `needs exactly one of these forms: ${forms}` });
      return [];
    }
    const at = (member: 'next' | 'else' | 'repeat', target: string) =>
      numberOf(target, 'steps', name, member);
    const { notify: recipient, by: means, wait = 0, repeat, times = 0, when } = graphStep;
    const next = at('next', graphStep.next);
    if (when !== undefined) return [{ name, when, next, else: at('else', graphStep.else ?? END) }];
    if (repeat !== undefined) return [{ name, repeatFrom: at('repeat', repeat), times, next }];
    if (wait !== UNTIL_HOURS)
      return [{ name, waitMs: wait, next, ...(recipient && means ? { notify: recipient, by: means } : {}) }];
    if (recipient !== undefined) {
      const message = `may be "${UNTIL_HOURS}" only in a step that tells nobody: write one after it`;
      problems.push({ path: ['steps', name, 'wait'], message });
    }
    return [{ name, waitMs: 0, until: 'businessHours', next }];
  });
  const nameAt = (index: number) => names[index] ?? '';
  if (problems.length === 0)
    problems.push(
      ...routeFaultsOf(stepTemplates).map(({ index, problem }) => ({
        path: ['steps', nameAt(index)],
        message: problem,
      })),
    );
  if (problems.length === 0)
    problems.push(
      ...askedTooSoon(stepTemplates).map((index) => ({
        path: ['steps', nameAt(index), 'when'],
        message: 'asks whether a message arrived that was given no time to: let the step before it wait',
      })),
    );
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [...path], message });
  return problems.length === 0 ? { steps: stepTemplates, ...commonMembers(rest) } : z.NEVER;
}

/** Whether the steps are a list, one after the other. A mapping by name is a graph. */
function isList(value: unknown): boolean {
  const steps: unknown = Reflect.get(Object(value), 'steps');
  return typeof steps !== 'object' || Array.isArray(steps);
}

/** The steps of a route that policies may name. */
export const namedRoute = either<Steps, Steps>(
  isList,
  strict(listKeys).transform(fromList),
  strict(graphKeys).transform(fromGraph),
).meta(ROUTE);

/** A route with the meaning of silence until its end. Each tier permits one meaning only. */
export function route(end: RouteTemplate['onSilence'], why: string) {
  const onSilence = z.literal(end, `must be ${end}: ${why}`);
  return either<RouteTemplate, RouteTemplate>(
    isList,
    strict({ ...listKeys, onSilence }).transform((template) => ({ ...fromList(template), onSilence: end })),
    strict({ ...graphKeys, onSilence }).transform((template, context) => ({
      ...fromGraph(template, context),
      onSilence: end,
    })),
  ).meta(ROUTE);
}

/** Fills in how long a step waits for business hours at most. This is known only after the whole file is read. */
export const withHours = <Written extends Pick<RouteTemplate, 'steps'>>(
  template: Written,
  hours: BusinessHours | undefined,
): Written => ({
  ...template,
  steps: template.steps.map((step) =>
    'until' in step && hours ? { ...step, waitMs: longestClosedMs([hours]) } : step,
  ),
});
