import type { Action } from '../action/action.ts';
import type { ActionType } from '../installation/installation.ts';
import { type Clause, quoted, wordsIn } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { isHedged, tellsOfPast, verbsIn } from './grammar.ts';
import { NEEDS, UNITS } from './words.ts';

/**
 * One of the values that a parameter may have, such as the name of a setting, where the text says to change it and never names the one that
 * the request has. Only names that no sentence has by chance count: `queueLimit`, `max-items`.
 */
export const otherSettings = (
  { params }: Action,
  { parameters }: ActionType,
  clauses: readonly Clause[],
): Finding[] =>
  Object.entries(params).flatMap(([parameter, value]): Finding[] => {
    if (typeof value !== 'string') return [];
    const summary = clauses.filter(({ place }) => place === 'summary');
    const names = (clause: Clause, name: string) =>
      clause.words.includes(name.toLowerCase()) ||
      ` ${clause.words.join(' ')} `.includes(` ${spelled(name)} `);
    if (summary.some((clause) => names(clause, value))) return [];
    const others = allowedValues(parameters, parameter).filter((other) => other !== value && isName(other));
    const meant = summary.filter(
      (clause) =>
        others.some((other) => names(clause, other)) &&
        (verbsIn(clause.words).length > 0 || clause.words.some((word) => NEEDS.has(word))) &&
        !isHedged(clause.words) &&
        !tellsOfPast(clause.words),
    );
    return meant.slice(0, 1).map(({ text }) => ({
      kind: 'anotherName',
      parameter,
      weight: 3,
      text: `the agent writes ${quoted(text)}, but the request sets ${parameter} to ${value}`,
    }));
  });

/** The words of a name as a sentence has them: `queueLimit` is "queue limit", `paymentTimeoutMs` is "payment timeout". */
const spelled = (name: string): string =>
  wordsIn(name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[._-]/g, ' '))
    .filter((word) => !UNITS.has(word))
    .join(' ');

const isName = (value: string) => /^[A-Za-z][A-Za-z0-9]*(?:[A-Z_.-][A-Za-z0-9]+)+$/.test(value);

function allowedValues(parameters: ActionType['parameters'], parameter: string): string[] {
  const properties: unknown = parameters.properties;
  const schema: unknown = Object(properties)[parameter];
  const allowed: unknown = Object(schema).enum;
  return Array.isArray(allowed) ? allowed.filter((value) => typeof value === 'string') : [];
}
