/**
 * Characters that are invisible or that move the text around them: control, bidi, zero-width and tag characters, lone surrogates, private
 * and unassigned code points, line separators, the object replacement character (U+FFFC), blanks that pass for letters, and marks stacked
 * high enough to paint over other lines (Unicode UTS #39; CVE-2021-42574).
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFFC\u2800]|(?<=\p{M}{3})\p{M}/gu;

const escaped = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;

/**
 * INVARIANT 12: writes out every character that would be invisible, for example as `\u{202E}`. Line feeds and tabs stay. Every text that is
 * not Countersign's own is shown only through this function or `exactLine`.
 *
 * @param write returns how such a character is written
 */
export const visible = (text: string, write: (character: string) => string = escaped): string =>
  text.replace(HIDDEN, (character) =>
    character === '\n' || character === '\t' ? character : write(character),
  );

/** Returns text on one line, with line feeds and tabs written out as well: for text that must stay exact. */
export const exactLine = (text: string): string => visible(text).replace(/[\n\t]/g, escaped);

const LATIN = /\p{Script=Latin}/u;
const LOOKS_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/gu;

/** Returns the words that mix Latin letters with letters that look like them (UTS #39), with the latter written out. */
export function lookalikes(text: string): string[] {
  const words = text.match(/[\p{L}\p{M}\p{N}._-]+/gu) ?? [];
  const mixedWords = words.filter((word) => LATIN.test(word) && word.search(LOOKS_LATIN) >= 0);
  return [...new Set(mixedWords)].map((word) => exactLine(word.replace(LOOKS_LATIN, escaped)));
}
