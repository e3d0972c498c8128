import { escapeHtml } from './escape-html.ts';
import { LONGEST, type Part } from './report.ts';
import { cut, exactLine } from './text.ts';

/** One sheet for every report: readable in light and dark, on a phone and on paper. */
const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin:1.5rem 0 .25rem}p{margin:.25rem 0}
div{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8886;overflow-wrap:break-word}
th{font-size:.8rem}td:first-child{white-space:nowrap}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #8888;white-space:pre-wrap}.bad{font-weight:bold}
details{border:1px solid #8886;border-radius:.4rem;padding:.5rem 1rem;margin:.5rem 0}summary{cursor:pointer}
@media print{body{margin:0;max-width:none;font-size:11px}h2,h3{break-after:avoid}tr{break-inside:avoid}}`;

/**
 * A page of its own: it loads nothing, and runs no script.
 *
 * @param title as text
 * @param body as markup, in which every text is escaped
 */
export const reportPage = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(exactLine(title))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

/** A report as such a page. The heading of its first part is the title. */
export function pageOfParts(parts: readonly Part[]): string {
  const [title = ''] = parts.map(({ heading }) => heading);
  return reportPage(title, parts.map((part, i) => section(part, i === 0 ? 'h1' : 'h2')).join('\n'));
}

/** One text as markup. INVARIANT 12: titles and ids are of agents' making, so each text is escaped, on one line, in its own direction. */
const text = (words: string) => `<bdi>${escapeHtml(cut(exactLine(words), LONGEST))}</bdi>`;

function section({ heading, below, sentences, rows }: Part, usualLevel: 'h1' | 'h2'): string {
  const level = below ? 'h3' : usualLevel;
  return [
    '<section>',
    `<${level}>${text(heading)}</${level}>`,
    ...sentences.map((sentence) => `<p>${text(sentence)}</p>`),
    ...(rows ? [`<div>${tableOf(rows)}</div>`] : []),
    '</section>',
  ].join('\n');
}

function tableOf([headings = [], ...rows]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag.split(' ')[0]}>`).join('')}</tr>`;
  return `<table><thead>${row(headings, 'th scope="col"')}</thead><tbody>${rows
    .map((cells) => row(cells, 'td'))
    .join('')}</tbody></table>`;
}
