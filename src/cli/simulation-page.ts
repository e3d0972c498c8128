import { escapeHtml } from '../briefing/escape-html.ts';
import { exactLine } from '../briefing/text.ts';
import type { Part } from './simulation-report.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
div{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #d0d7de;overflow-wrap:break-word}
th{font-size:.8rem;color:#57606a}
@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}th{color:#9198a1}}`;

/** One text as markup. INVARIANT 12: titles and ids are of agents' making, so each text is escaped, on one line, in its own direction. */
const text = (words: string) => `<bdi>${escapeHtml(exactLine(words))}</bdi>`;

/** The report as a page of its own: it loads nothing, and runs no script. */
export function simulationPage(parts: readonly Part[]): string {
  const [title = ''] = parts.map(({ heading }) => heading);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${parts.map((part, i) => section(part, i === 0 ? 'h1' : 'h2')).join('\n')}
</main>
</body>
</html>
`;
}

function section({ heading, sentences, rows }: Part, level: 'h1' | 'h2'): string {
  return [
    '<section>',
    `<${level}>${escapeHtml(heading)}</${level}>`,
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
