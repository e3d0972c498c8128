import type { Fact } from './prepared.ts';

/** Characters that the pages escape. */
const ESCAPED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

const textOf = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (escaped) => ESCAPED[escaped] ?? escaped)
    .replaceAll(/\s+/g, ' ');

/**
 * Finds each phrase on a page, with the heading above it.
 *
 * @returns the facts, and the phrases that the page does not say
 */
export function factsOn(
  page: string,
  phrases: readonly string[],
): { readonly facts: readonly Fact[]; readonly missing: readonly string[] } {
  const [, main = ''] = page.split('<main');
  const sections = main.split(/(?=<h2)/).map((markup) => ({
    heading: /^<h2[^>]*>([\s\S]*?)<\/h2>/.exec(markup)?.[1],
    text: textOf(markup),
  }));
  const found = phrases.map((says) => ({
    says,
    section: sections.find(({ text }) => text.includes(textOf(says).trim())),
  }));
  return {
    facts: found.flatMap(({ says, section }) =>
      section
        ? [{ says, ...(section.heading === undefined ? {} : { under: textOf(section.heading).trim() }) }]
        : [],
    ),
    missing: found.flatMap(({ says, section }) => (section ? [] : [says])),
  };
}
