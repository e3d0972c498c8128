import type { Inquiry } from '../action/action.ts';
import type { MetricQuery } from '../analysis/metrics.ts';

/** Where the value that a parameter has now is read. Its texts may contain `${target}` and other placeholders. */
export type ValueSource =
  | ({ readonly by: 'metric' } & MetricQuery)
  | (Inquiry & {
      /** A CEL expression for the value in the JSON of the answer. Absent: the answer is the value, as text. */
      readonly value?: string | undefined;
    });

/** What operators say of one parameter besides its JSON Schema. */
export interface ParameterRule {
  /** Where its value now is read. Absent: nothing is read, and the value that was set last is shown. */
  readonly source?: ValueSource | undefined;
  /** It says what is changed, for example the name of a setting. It has no value of its own. */
  readonly selects?: true | undefined;
  /** The direction of a change that counts in the risk. Absent: both. */
  readonly riskier?: 'up' | 'down' | 'both' | undefined;
}
