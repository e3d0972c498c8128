import { digestOf } from '../shared/digest.ts';

/** For whom an effect is had: its environment, and the people who approved it, as the ledger says. */
export interface Authority {
  readonly environment: string;
  /** Empty: it ran by itself. */
  readonly approvedBy: readonly string[];
}

/** The longest name that AWS STS takes (RoleSessionName). */
const LONGEST = 64;
const LONGEST_APPROVERS = 24;

/**
 * Returns the name under which the governed system's own log sees an attempt: who approved, and the id of the action. It has only
 * characters that AWS STS takes, `[A-Za-z0-9+=,.@-]`. What had to be left out or changed of it is told apart by a digest.
 */
export function sessionName(actionId: string, approvedBy: readonly string[]): string {
  const wanted = `${approvedBy.length === 0 ? 'nobody' : approvedBy.join('+')}@${actionId}`;
  const plain = wanted.replace(/[^A-Za-z0-9+=,.@-]/g, '-');
  if (plain === wanted && plain.length <= LONGEST) return plain;
  const [approvers = '', ...id] = plain.split('@');
  const mark = digestOf(wanted).slice(0, 8);
  const start = approvers.slice(0, LONGEST_APPROVERS);
  return `${start}@${id.join('@').slice(0, LONGEST - start.length - mark.length - 2)}-${mark}`;
}
