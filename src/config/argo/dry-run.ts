import { z } from 'zod';
import type { Path } from '../source/yaml-files.ts';

const rules = z.array(z.looseObject({ metricName: z.string() }));

/** What a regular expression may hold to be tried here: nothing that takes long on a name that is not long. */
const PLAIN = /^[\w\s.^$|/-]*(?:\.\*[\w\s.^$|/-]*){0,4}$/;

const MOST_CHARACTERS = 200;

/** Which metrics `spec.dryRun` is about. As in Argo Rollouts, each rule is a regular expression that is searched for in the name. */
export function dryRunOf(written: unknown): {
  readonly isDry: (metric: string) => boolean;
  readonly unread: readonly { readonly path: Path; readonly problem: string }[];
} {
  const parsed = rules.safeParse(written ?? []);
  if (!parsed.success) {
    const problem = 'it is no list of metricName: write dryRun: true at each metric that decides nothing';
    return { isDry: () => false, unread: [{ path: ['dryRun'], problem }] };
  }
  const names = parsed.data.map(({ metricName }) => metricName);
  const patterns = names.filter((name) => PLAIN.test(name)).map((name) => new RegExp(name));
  return {
    isDry: (metric) =>
      names.includes(metric) ||
      (metric.length <= MOST_CHARACTERS && patterns.some((pattern) => pattern.test(metric))),
    unread: names.flatMap((name, i) =>
      PLAIN.test(name)
        ? []
        : [
            {
              path: ['dryRun', i, 'metricName'],
              problem:
                'this regular expression is not tried here: write dryRun: true at each metric that it means',
            },
          ],
    ),
  };
}
