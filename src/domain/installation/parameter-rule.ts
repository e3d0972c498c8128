import type { MetricQuery } from '../analysis/metrics.ts';

/** Where the value that a parameter has now is read. Its texts may contain `${target}` and other placeholders. */
export type ValueSource =
  | ({ readonly by: 'metric' } & MetricQuery)
  | {
      readonly by: 'http';
      /** The address of a GET request. */
      readonly url: string;
      /** A CEL expression for the value in the answer's JSON. Absent: the answer is the value, as text. */
      readonly value?: string | undefined;
      readonly timeoutMs: number;
    }
  | {
      readonly by: 'command';
      /** argv[0] is the program. No shell is involved. */
      readonly argv: readonly string[];
      /** By the name in the program, the name of the worker's variable. */
      readonly environment?: Readonly<Record<string, string>> | undefined;
      /** A CEL expression for the value in the printed JSON. Absent: the output is the value, as text. */
      readonly value?: string | undefined;
      readonly timeoutMs: number;
    };

/** What operators say of one parameter besides its JSON Schema. */
export interface ParameterRule {
  /** Where its value now is read. Absent: nothing is read, and the value that was set last is shown. */
  readonly source?: ValueSource | undefined;
  /** It says what is changed, for example the name of a setting. It has no value of its own. */
  readonly selects?: true | undefined;
  /** The direction of a change that counts in the risk. Absent: both. */
  readonly riskier?: 'up' | 'down' | 'both' | undefined;
}
