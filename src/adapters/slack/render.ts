import { linesOf, type Section } from '../../briefing/blocks.ts';
import type { Briefing } from '../../briefing/briefing.ts';
import { cut } from '../../briefing/text.ts';

/** The longest header. Slack takes 150 characters in a header and 50 blocks. The text of one block is kept well under its limit of 3,000. */
const HEADER = 120;
const SECTION = 2_400;
const AGENT = 1_500;
const TEXT = 1_000;

interface TextElement {
  readonly type: 'text';
  readonly text: string;
  readonly style?: { readonly bold: true };
}
type Inline = TextElement | { readonly type: 'link'; readonly url: string; readonly text: string };
interface RichText {
  readonly type: 'rich_text_section' | 'rich_text_preformatted' | 'rich_text_quote';
  readonly elements: readonly Inline[];
}
export type SlackBlock =
  | {
      readonly type: 'header';
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: false };
    }
  | { readonly type: 'rich_text'; readonly elements: readonly RichText[] };

/** The sections of a briefing that are shown in a channel; the rest is on the page of the action. */
const SHOWN = ['At a glance', 'The action', 'Findings', 'What is asked of you', 'Who may decide'];

/**
 * A message for a channel, in Block Kit. All text that is not Countersign's own stands in `text` elements of `rich_text` blocks and
 * in `plain_text`, which Slack reads neither as markup nor as mentions (INVARIANT 12).
 *
 * @returns `text`: what notifications show. Slack looks for mentions only in this part, so it is escaped
 */
export function renderSlack({ subject, title, wording, machine, agent, link }: Briefing): {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
} {
  const shownSections = machine.filter(
    ({ heading }) => SHOWN.includes(heading) || (link === undefined && heading === 'How to decide'),
  );
  return {
    text: escaped(cut(inert(subject), TEXT)),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(inert(`${wording.label}: ${title}`), HEADER), emoji: false },
      },
      {
        type: 'rich_text',
        elements: [
          section(plainText(wording.opening)),
          ...(link === undefined
            ? []
            : [section({ type: 'link', url: link, text: 'Open the action' } as const)]),
        ],
      },
      ...shownSections.map((shownSection) => ({
        type: 'rich_text' as const,
        elements: [section(bold(shownSection.heading)), preformatted(shownSection, SECTION)],
      })),
      {
        type: 'rich_text',
        elements: [
          section(bold(agent.heading)),
          { type: 'rich_text_quote', elements: [plainText(cut(linesOf(agent.blocks).join('\n'), AGENT))] },
        ],
      },
    ],
  };
}

const section = (...elements: readonly Inline[]): RichText => ({ type: 'rich_text_section', elements });
const preformatted = ({ blocks }: Section, limit: number): RichText => ({
  type: 'rich_text_preformatted',
  elements: [plainText(cut(linesOf(blocks).join('\n'), limit))],
});
const plainText = (text: string): TextElement => ({ type: 'text', text: inert(text) });
const bold = (text: string): TextElement => ({ ...plainText(text), style: { bold: true } });

/** Breaks mentions with a blank. In a part that is read as markup they no longer work, and people still see what they were. */
const inert = (text: string) => text.replace(/<(?=[!@#])/g, '< ');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string) => text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '');
