import type { Page, Paged } from '../../gateway/ports/read-model.ts';

/** The key of the last item of a page: the next page begins after it. */
export interface Cursor {
  readonly at: number;
  readonly actionId: string;
}

const write = ({ at, actionId }: Cursor) => Buffer.from(JSON.stringify([at, actionId])).toString('base64url');

/** Reads a cursor. Undefined for a text that is not ours: cursors come from an address that anybody can write. */
export function readCursor(text: string | undefined): Cursor | undefined {
  try {
    const [at, actionId] = JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
    const isCursor =
      Number.isSafeInteger(at) && typeof actionId === 'string' && /^[^\p{Cc}\p{Cs}]+$/u.test(actionId);
    return isCursor ? { at, actionId } : undefined;
  } catch {
    return undefined;
  }
}

export const limitOf = ({ limit }: Page) => Math.min(100, Math.max(1, Math.trunc(limit) || 1));

/** One page of these rows. @param rows one more than the page holds, where there is one */
export function paged<Row, Item>(
  rows: readonly Row[],
  page: Page,
  keyOf: (row: Row) => Cursor,
  itemOf: (row: Row) => Item,
): Paged<Item> {
  const shownRows = rows.slice(0, limitOf(page));
  const last = rows.length > shownRows.length ? shownRows.at(-1) : undefined;
  return { items: shownRows.map(itemOf), ...(last === undefined ? {} : { next: write(keyOf(last)) }) };
}
