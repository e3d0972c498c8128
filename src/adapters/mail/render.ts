import type { Message } from '../../activities/ports/channels.ts';
import { type Block, linesOf, type Section } from '../../briefing/blocks.ts';
import { briefingOf } from '../../briefing/briefing.ts';
import { escapeHtml } from '../../briefing/escape-html.ts';
import type { Pages } from '../../briefing/pages.ts';
import type { Wording } from '../../briefing/wording.ts';

export interface RenderedMail {
  readonly subject: string;
  /** The plain-text part, complete by itself. */
  readonly text: string;
  readonly html: string;
}

/**
 * Writes the mail of a message: the machine's facts first, the agent's own words last and marked.
 *
 * @param recipients the people that the mail goes to, by name
 * @param pages the pages of this action and of earlier ones. Only their addresses become links
 */
export function renderMail(message: Message, recipients: readonly string[], pages: Pages = {}): RenderedMail {
  const { subject, title, wording, machine, agent, link } = briefingOf(message, recipients, pages);
  const text = [
    wording.label.toUpperCase(),
    title,
    '',
    wording.opening,
    ...machine.flatMap((section) => ['', section.heading.toUpperCase(), ...linesOf(section.blocks)]),
    ...(link === undefined ? [] : [`  Open the action: ${link}`]),
    '',
    '-'.repeat(72),
    agent.heading,
    // Each line is marked, so that no text can look as if the block had ended.
    ...linesOf(agent.blocks).map((line) => `| ${line}`),
    '-'.repeat(72),
    '',
  ];
  const html = page(subject, [
    opening(title, wording),
    ...machine.map(htmlSection),
    ...(link === undefined ? [] : [`<p><a href="${escapeHtml(link)}">Open the action</a></p>`]),
    agentSection(agent),
  ]);
  // An encoded word (RFC 2047) left as it is would be decoded, hidden characters included. So its start is escaped.
  return { subject: subject.replaceAll('=?', '=\\u{3F}'), text: text.join('\n'), html };
}

/**
 * Text that does not become a link. Mail programs make links of addresses that they find in HTML, and a possible line break inside
 * the address stops them. The break also lets long addresses wrap on a phone, and is not copied.
 */
const inert = (text: string) => escapeHtml(text).replace(/[/@](?=\S)|\.(?=\p{L})/gu, '$&<wbr>');

// Only colours that are readable on light and dark backgrounds: mail programs bring their own background.
const ACCENT: Readonly<Record<Wording['urgency'], string>> = {
  critical: '#dc2626',
  error: '#d97706',
  warning: '#d97706',
  info: '#2f7fd6',
};
const WRAP = 'overflow-wrap:anywhere;word-break:break-word';
const CELL = `padding:3px 0;vertical-align:top;font-size:14px;line-height:1.45;${WRAP}`;
const DIM = 'opacity:.75';
const MONO = `margin:2px 0;padding:8px 10px;border-radius:4px;background:rgba(128,128,128,.14);font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;${WRAP}`;

const opening = (title: string, { label, opening: sentence, urgency }: Wording) =>
  `<div style="border-left:5px solid ${ACCENT[urgency]};padding:2px 0 2px 14px">
<div style="font-size:13px;font-weight:bold;letter-spacing:.04em">${inert(label)}</div>
<h1 style="margin:4px 0;font-size:21px;line-height:1.3;${WRAP}">${inert(title)}</h1>
<p style="margin:4px 0;font-size:15px;line-height:1.45">${inert(sentence)}</p>
</div>`;

const htmlSection = ({ heading, blocks }: Section) =>
  `<h2 style="margin:24px 0 6px;font-size:16px">${inert(heading)}</h2>\n${table(blocks)}`;

const agentSection = ({ heading, blocks }: Section) =>
  `<div style="margin:28px 0 8px;padding:4px 14px 12px;border:2px dashed #8a8a8a;border-radius:6px">
<h2 style="margin:10px 0 6px;font-size:16px;${WRAP}">${inert(heading)}</h2>\n${table(blocks)}</div>`;

const table = (blocks: readonly Block[]) =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="table-layout:fixed"><colgroup><col width="116"><col></colgroup>${blocks.map(row).join('\n')}</table>`;

function row({ label, text, verbatim, link }: Block): string {
  if (label === undefined) return `<tr><td colspan="2" style="${CELL}">${inert(text)}</td></tr>`;
  if (verbatim) {
    return `<tr><td colspan="2" style="${CELL}"><span style="${DIM}">${inert(label)}</span><pre style="${MONO}">${inert(text)}</pre></td></tr>`;
  }
  return `<tr><td style="${CELL};padding-right:12px;${DIM}">${inert(label)}</td><td style="${CELL};white-space:pre-wrap">${inert(text)}${link === undefined ? '' : ` <a href="${escapeHtml(link)}">Open</a>`}</td></tr>`;
}

const page = (subject: string, parts: readonly string[]) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"><div style="max-width:680px;margin:0 auto">
${parts.join('\n')}
</div></body></html>
`;
