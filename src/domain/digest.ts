import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import type { Action } from './action.ts';

/** Digests of what a ruling rested on: rules, which a running action never changes under way, and facts. */
export interface Pins {
  readonly policy: string;
  readonly catalog: string;
  readonly actionType: string;
  /** Of the impact as it was assessed: what an approver saw is part of what is signed. */
  readonly impact: string;
}

/** RFC 8785 canonical JSON. Throws for what JSON cannot carry, such as NaN or a lone surrogate. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('undefined has no canonical JSON');
  return text;
}

/** Lower-case hex SHA-256 over the RFC 8785 canonical JSON of any JSON value. */
export function digestOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

/**
 * INVARIANT 2: the digest that people sign and that admit and the executor recompute.
 * It covers the resolved requests, the rollback and the watch, the rules they were ruled under, and the impact.
 */
export function actionDigest(action: Action, pins: Pins): string {
  return digestOf({ action, pins });
}
