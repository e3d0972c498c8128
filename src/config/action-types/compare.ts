import { z } from 'zod';
import type { Compared, Comparison } from '../../domain/analysis/comparison.ts';
import { duration, either, key, refuseValue, strict } from '../source/schema.ts';

const counter = (meaning: string, example: string) => key(z.string().min(1), meaning, example);

const BAD = counter(
  'A counter of bad events. It may give several series, and each may begin anew at 0.',
  `'storefront_requests_total{service="\${target}",code=~"5.."}'`,
);
const counts = strict({ bad: BAD });
const ratio = strict({
  bad: BAD,
  total: counter('A counter of all events.', `'storefront_requests_total{service="\${target}"}'`),
});
const buckets = counter(
  'The counters of the buckets of a histogram, with their label `le`.',
  `'storefront_request_duration_seconds_bucket{service="\${target}"}'`,
);
const latency = strict({
  buckets,
  slowerThan: key(
    z.number().positive(),
    'What takes longer is bad: a bound of one of the buckets, in their unit.',
    '0.25',
  ),
});

/** What is read at the same time in place of the target, in the form of the comparison. */
const control = strict({
  bad: BAD.optional(),
  total: ratio.shape.total.optional(),
  buckets: buckets.optional(),
  query: key(z.string().min(1).optional(), 'A gauge.', `'queue_length{service="\${target}",stable="yes"}'`),
});

const against = either(
  (value) => typeof value === 'object' && value !== null,
  strict({
    control: key(
      control,
      'Other instances, or a neighbour, at the same time. It has the members of the comparison.',
      `{ bad: 'errors_total{stable="yes"}', total: 'requests_total{stable="yes"}' }`,
    ),
  }),
  z.enum(['before', 'yesterday', 'lastWeek']),
);

/** What nobody minds, where the file does not say: one event in a thousand. */
const NEGLIGIBLE_SHARE = 0.001;

/** The comparison of a metric, without the query that the metric has itself. */
export const compareSchema = strict({
  counts: key(counts.optional(), 'Bad events beside those in as much time.'),
  ratio: key(ratio.optional(), 'The share of bad events among all.'),
  latency: key(latency.optional(), 'The share of events that take longer than a bound.'),
  against: key(
    against.prefault('before'),
    'What it is compared with: the time right before the action, the same minutes of the day or of the week before, or a control.',
    'before',
  ),
  tolerance: key(
    z.number().min(1).default(1.5),
    'So many times as much as in the baseline is still tolerated.',
    '1.5',
  ),
  negligible: key(
    z.number().min(0).optional(),
    'What nobody minds: a share of events (0.001 unless it is written), for `counts` events a minute, for values a difference (0 unless it is written).',
    '0.001',
  ),
  confidence: key(
    z.number().min(0.8).max(0.9999).default(0.98),
    'The share of verdicts that are right where nothing changed: with 0.98, one in 50 may be a false alarm.',
    '0.98',
  ),
  direction: key(
    z.enum(['increase', 'decrease', 'either']).optional(),
    'For values: which way is worse. `increase` unless it is written.',
    'increase',
  ),
  missing: key(
    z.enum(['remove', 'zero']).optional(),
    'For values: what a value that is missing counts as. `remove` unless it is written: as nothing.',
    'remove',
  ),
  outliers: key(
    z.enum(['keep', 'remove']).optional(),
    'For values: whether those that are far from all others are left out. `keep` unless it is written.',
    'keep',
  ),
  lag: key(
    duration({ zero: true }).prefault('10s'),
    'How long after an event the source can be asked for it.',
    '10s',
  ),
});

export type WrittenComparison = z.infer<typeof compareSchema>;

/** Returns the comparison of a metric. Reports what does not fit together. @param query the metric's own query */
export function comparisonOf(
  written: WrittenComparison,
  query: string | undefined,
  context: z.RefinementCtx,
): Comparison {
  const compared = comparedOf(written, query, context);
  const { against: baseline, direction, missing, outliers, tolerance, confidence, lag } = written;
  if (compared.form !== 'value' && (direction ?? missing ?? outliers) !== undefined) {
    return refuseValue(context, 'direction, missing and outliers are for values: leave them out');
  }
  return {
    compared,
    against:
      typeof baseline === 'string' ? baseline : { control: controlOf(baseline.control, compared, context) },
    tolerance,
    negligible: written.negligible ?? NEGLIGIBLE[compared.form],
    confidence,
    direction: direction ?? 'increase',
    missing: missing ?? 'remove',
    outliers: outliers ?? 'keep',
    lagMs: lag,
  };
}

const NEGLIGIBLE: Readonly<Record<Compared['form'], number>> = {
  counts: 0,
  ratio: NEGLIGIBLE_SHARE,
  latency: NEGLIGIBLE_SHARE,
  value: 0,
};

function comparedOf(
  { counts, ratio, latency }: WrittenComparison,
  query: string | undefined,
  context: z.RefinementCtx,
): Compared {
  const forms: Compared[] = [
    ...(counts ? [{ form: 'counts', ...counts } as const] : []),
    ...(ratio ? [{ form: 'ratio', ...ratio } as const] : []),
    ...(latency ? [{ form: 'latency', ...latency } as const] : []),
  ];
  const [form] = forms;
  if (forms.length > 1) return refuseValue(context, 'has several of counts, ratio, latency: write one');
  if (form) return form;
  if (query !== undefined) return { form: 'value', value: query };
  return refuseValue(
    context,
    'needs counts, ratio or latency, or the metric needs a query whose values are compared',
  );
}

type WrittenControl = z.infer<typeof control>;

/** The control of a comparison: the same form. It has all members of this form, and no others. */
function controlOf(written: WrittenControl, compared: Compared, context: z.RefinementCtx): Compared {
  const { bad, total, buckets, query } = written;
  const given = Object.keys(written).filter((name) => written[name as keyof WrittenControl] !== undefined);
  const isExactly = (...names: string[]) =>
    names.length === given.length && names.every((name) => given.includes(name));
  switch (compared.form) {
    case 'counts':
      return refuseValue(
        context,
        'counts cannot be compared with a control, which has other traffic: use ratio',
      );
    case 'ratio':
      if (bad !== undefined && total !== undefined && isExactly('bad', 'total'))
        return { form: 'ratio', bad, total };
      return refuseValue(context, 'the control of a ratio needs bad and total, and nothing else');
    case 'latency':
      if (buckets !== undefined && isExactly('buckets')) return { ...compared, buckets };
      return refuseValue(context, 'the control of a latency needs buckets, and nothing else');
    case 'value':
      if (query !== undefined && isExactly('query')) return { form: 'value', value: query };
      return refuseValue(context, 'the control of values needs query, and nothing else');
  }
}
