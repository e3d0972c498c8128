import { hasShape } from '../shared/shape.ts';
import type { Case } from './case.ts';

/** What a candidate came to beside a ruling. One that could not be used is on record as that. */
export type Said =
  | { readonly kind: 'compared'; readonly candidate: string; readonly case: Case }
  | { readonly kind: 'faulty'; readonly why: string };

/** The body of a `shadowed` entry. Nothing is decided by it, and no ruling knows of it. */
export type Shadowed = Said & {
  /** The event id of the ruling. */
  readonly of: string;
  /** The digest of the folder in force. */
  readonly active: string;
};

/** Reads the body of a `shadowed` entry. Undefined: it is none. */
export function shadowedIn(body: unknown): Shadowed | undefined {
  const isOurs =
    hasShape(body, { ...BOTH, candidate: 'text', case: CASE }) || hasShape(body, { ...BOTH, why: 'text' });
  return isOurs ? (body as Shadowed) : undefined;
}

const BOTH = { kind: 'text', of: 'text', active: 'text' } as const;
const CASE = { actionId: 'text', at: 'number', title: 'text', class: 'text', because: 'list' } as const;
