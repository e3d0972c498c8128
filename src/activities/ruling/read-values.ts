import type { Action } from '../../domain/action/action.ts';
import type { MetricQuery } from '../../domain/analysis/metrics.ts';
import type { ActionType, Installation } from '../../domain/installation/installation.ts';
import type { ValueSource } from '../../domain/installation/parameter-rule.ts';
import { parameterSchemaOf } from '../../domain/installation/parameter-schema.ts';
import { valueSourcesOf } from '../../domain/proposal/resolve-proposal.ts';
import type { CurrentValue } from '../../domain/risk/size.ts';
import { valueInAnswer } from '../../domain/risk/value-in-answer.ts';
import type { ValueRead } from '../../domain/risk/values-now.ts';
import type { ValueSources } from '../ports/value-sources.ts';
import { within } from '../shared/within.ts';

/** How long the reading of all values of an action may take. People wait for the ruling meanwhile. */
const MOST_MS = 5_000;

export interface ReadValuesDeps {
  readonly installation: Installation;
  readonly valueSources: ValueSources;
  /** Reads a metric now. Never throws. */
  readonly readMetric: (query: MetricQuery) => Promise<CurrentValue>;
  readonly now: () => number;
}

/**
 * Reads the value that each parameter of an action has now, all side by side, where operators declared a source. Never throws: a value
 * that cannot be read, or not in time, is unknown.
 */
export function createReadValues({ installation, valueSources, readMetric, now }: ReadValuesDeps) {
  async function read(source: ValueSource, parameter: string, action: Action, type: ActionType) {
    if (source.by === 'metric') {
      const reading = await readMetric(source);
      return reading.kind === 'known' ? readNow(reading.value) : reading;
    }
    const answer = await valueSources.ask({
      ...source,
      timeoutMs: Math.min(source.timeoutMs, MOST_MS),
    });
    if (answer.kind === 'none') return unknown(answer.reason);
    const found = valueInAnswer(answer.text, source.value, action, parameterSchemaOf(type, parameter));
    return found.kind === 'none' ? unknown(found.reason) : readNow(found.value);
  }

  const readNow = (value: Extract<ValueRead, { kind: 'read' }>['value']): ValueRead => ({
    kind: 'read',
    value,
    at: now(),
  });

  return async (action: Action, type: ActionType): Promise<Record<string, ValueRead>> => {
    const sources = Object.entries(valueSourcesOf(installation, type, action));
    const readings = await Promise.all(
      sources.map(
        async ([parameter, source]): Promise<[string, ValueRead]> => [
          parameter,
          await within(MOST_MS, read(source, parameter, action, type), () =>
            unknown(`no answer within ${MOST_MS / 1_000} s`),
          ),
        ],
      ),
    );
    return Object.fromEntries(readings);
  };
}

const unknown = (reason: string): ValueRead => ({ kind: 'unknown', reason });
