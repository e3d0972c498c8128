import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../../shared/digest.ts';
import { type ErasedEntry, type LedgerEntry, withoutPayload } from '../ledger.ts';
import { type Hash, leafHash } from './merkle.ts';

/**
 * What the tree has of an entry, as RFC 8785 canonical JSON: all but what it says. Whoever is shown it learns that something happened, about what
 * and when.
 */
export const leafText = (entry: LedgerEntry | ErasedEntry): string => canonicalJson(withoutPayload(entry));

export const leafHashOf = (text: string): Hash => leafHash(utf8ToBytes(text));
