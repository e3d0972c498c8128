import { base64 } from '@scure/base';
import { hashIn, sizeIn } from './checkpoint.ts';
import type { Hash } from './merkle.ts';
import { decoded } from './signed-note.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

/** A proof that an entry is in a log, whole in itself (C2SP tlog-proof). */
export interface InclusionProof {
  /** Counted from 0. */
  readonly index: number;
  readonly hashes: readonly Hash[];
  /** The checkpoint, as its log signed it, with its cosignatures. */
  readonly checkpoint: string;
}

export const formatProof = ({ index, hashes, checkpoint }: InclusionProof): string =>
  [FIRST_LINE, `index ${index}`, ...hashes.map((hash) => base64.encode(hash)), '', checkpoint].join('\n');

/** Reads a proof. Undefined: it is none. Opaque extra data is passed over: nothing signs it. */
export function parseProof(text: string): InclusionProof | undefined {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  const extra = lines[0]?.startsWith('extra ') ? lines.shift() : undefined;
  const [indexLine = '', ...hashLines] = lines;
  const index = indexLine.startsWith('index ') ? sizeIn(indexLine.slice('index '.length)) : undefined;
  const hashes = hashLines.map(hashIn);
  const isWhole =
    first === FIRST_LINE && (extra === undefined || decoded(extra.slice('extra '.length)) !== undefined);
  if (!isWhole || index === undefined || hashes.includes(undefined)) return undefined;
  return { index, hashes: hashes.filter((hash) => hash !== undefined), checkpoint: text.slice(end + 2) };
}
