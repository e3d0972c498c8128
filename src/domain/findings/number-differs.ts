import { numberText } from '../shared/shown-json.ts';
import { type Clause, quoted } from './agent-text.ts';
import { type Finding, few, type Weight } from './finding.ts';
import { compared } from './quantity.ts';
import { type Stated, statedIn } from './stated-numbers.ts';
import type { Subject } from './subject.ts';

/**
 * Numbers of the agent's text that differ from the request, or from the value that was read.
 *
 * @param isElsewhere whether a clause is about another service
 */
export const numbersThatDiffer = (
  subject: Subject,
  clauses: readonly Clause[],
  isElsewhere: (clause: Clause) => boolean,
): Finding[] =>
  few(
    clauses
      .filter((clause) => (clause.place === 'summary' || clause.place === 'evidence') && !isElsewhere(clause))
      .flatMap((clause) => statedIn(subject, clause).flatMap((stated) => differing(subject, stated, clause))),
  );

function differing(subject: Subject, stated: Stated, { text }: Clause): Finding[] {
  const { parameter, to, from, unit } = subject;
  const finding = (weight: Weight, compares: string): Finding[] => [
    { kind: 'numberDiffers', parameter, weight, text: `the agent writes ${quoted(text)}, but ${compares}` },
  ];
  const request = `the request sets ${parameter} to ${numberText(to)}`;
  const change = from && `${request}, from ${numberText(from.value)}`;
  switch (stated.about) {
    case 'to': {
      const isNow = from !== undefined && compared(stated.quantity, from.value, unit) === 'same';
      return compared(stated.quantity, to, unit) === 'differs' && !isNow ? finding(3, request) : [];
    }
    case 'from':
      return from?.read && compared(stated.quantity, from.value, unit) === 'differs'
        ? finding(2, `${parameter} is ${numberText(from.value)} now`)
        : [];
    case 'step': {
      // "Add six instances" may also mean six in all.
      if (!from || compared(stated.quantity, to, unit) === 'same') return [];
      const step = Math.abs(to - from.value);
      return compared(stated.quantity, step, unit) === 'differs' ? finding(3, `${change}`) : [];
    }
    case 'factor': {
      if (!from || from.value === 0) return [];
      return stated.ratios.some((ratio) => isAbout(from.value * ratio, to)) ? [] : finding(3, `${change}`);
    }
  }
}

/** A share is seldom exact, and small whole numbers are rounded up or down. */
const isAbout = (expected: number, to: number) =>
  Math.abs(expected - to) <= Math.max(0.06 * Math.abs(expected), Math.abs(expected) < 20 ? 1 : 0);
