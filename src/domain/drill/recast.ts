import type { WrittenCase } from '../practice/case.ts';

/**
 * The text of a case with the names of another installation. A name counts where it stands by itself: `cart` in `cart.count` does, and in
 * `cart-db` it does not.
 *
 * @param names the new name, by the name in the text
 */
export function recast(text: string, names: Readonly<Record<string, string>>): string {
  const known = Object.keys(names).sort((a, b) => b.length - a.length);
  if (known.length === 0) return text;
  const escaped = known.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(`(?<![\\w-])(?:${escaped.join('|')})(?![\\w-])`, 'g');
  return text.replaceAll(pattern, (name) => names[name] ?? name);
}

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;

/** The same case at another time: what it says happened before happened as long before. @param at milliseconds since the epoch */
export function movedTo(written: WrittenCase, at: number): WrittenCase {
  const moved = (text: string) =>
    text.replaceAll(
      ISO,
      (time) => `${new Date(Date.parse(time) - written.at + at).toISOString().slice(0, 19)}Z`,
    );
  const { asks } = written;
  const { rationale } = asks;
  return {
    ...written,
    at,
    because: moved(written.because),
    facts: written.facts.map(moved),
    asks: {
      ...asks,
      rationale: { ...rationale, summary: moved(rationale.summary) },
      evidence: asks.evidence.map((piece) => ({
        ...piece,
        title: moved(piece.title),
        detail: moved(piece.detail),
      })),
      successCriteria: asks.successCriteria.map(moved),
    },
  };
}
