import { html } from 'hono/html';
import type { BlastRadius, Dependents } from '../../domain/risk/blast-radius.ts';
import type { Markup } from './data.ts';
import { plainLine } from './text.ts';

/** The width of the drawing, which is that of a phone; larger screens scale it up. */
const WIDTH = 360;
const BOX = { width: 100, height: 26, gap: 10 };
const COLUMNS = [2, 130, 258] as const;
const LABELS = ['Target', 'Need it', 'Through others'] as const;
const MOST = 6;
const HEAD = 22;

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly kind: 'target' | 'worst' | 'on-path' | 'more' | '';
}

/** Draws who needs the target: the target in the first column, its direct dependents in the second, indirect ones in the third. */
export function blastDrawing(target: string, { direct, transitive, mostCritical }: BlastRadius): Markup {
  const path = mostCritical?.path ?? [];
  const tall = Math.max(1, ...[direct, transitive].map((dependents) => shownNames(dependents, path).length));
  const height = HEAD + tall * (BOX.height + BOX.gap);
  const column = (names: readonly string[], x: number): Box[] =>
    names.map((name, row) => ({
      name,
      x,
      y: HEAD + row * (BOX.height + BOX.gap),
      kind:
        name === mostCritical?.name
          ? 'worst'
          : path.includes(name)
            ? 'on-path'
            : name.startsWith('+')
              ? 'more'
              : '',
    }));
  const start: Box = { name: target, x: COLUMNS[0], y: HEAD, kind: 'target' };
  const first = column(shownNames(direct, path), COLUMNS[1]);
  const second = column(shownNames(transitive, path), COLUMNS[2]);
  const parent = first.find(({ kind }) => kind === 'on-path' || kind === 'worst') ?? first[0];
  const description = mostCritical
    ? `${direct.count} services need ${target} directly and ${transitive.count} through others. The most critical is ${mostCritical.name}, of tier ${mostCritical.serviceTier}.`
    : `Nothing needs ${target}.`;
  return html`<svg class="blast" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="blast-title">
    <title id="blast-title">${plainLine(description, 300)}</title>
    ${LABELS.slice(0, second.length > 0 ? 3 : first.length > 0 ? 2 : 1).map((label, i) => html`<text class="label" x="${COLUMNS[i] ?? 0}" y="12">${label}</text>`)}
    ${first.map((box) => edge(start, box))}
    ${parent ? second.map((box) => edge(parent, box)) : ''}
    ${[start, ...first, ...second].map(boxOf)}
  </svg>`;
}

/** The names to draw. Those on the way to the most critical service come first, so that they are not left out. */
function shownNames({ count, names }: Dependents, path: readonly string[]): string[] {
  const orderedNames = [
    ...names.filter((name) => path.includes(name)),
    ...names.filter((name) => !path.includes(name)),
  ];
  if (count <= MOST) return orderedNames.slice(0, MOST);
  return [...orderedNames.slice(0, MOST - 1), `+ ${count - MOST + 1} more`];
}

function edge(from: Box, to: Box): Markup {
  const x = from.x + BOX.width;
  const y = from.y + BOX.height / 2;
  const end = to.y + BOX.height / 2;
  const middle = (x + to.x) / 2;
  const strong = to.kind === 'worst' || to.kind === 'on-path';
  return html`<path class="${strong ? 'edge strong' : 'edge'}" d="M${x} ${y} C${middle} ${y} ${middle} ${end} ${to.x} ${end}"/>`;
}

const boxOf = ({ name, x, y, kind }: Box): Markup => html`<g class="box ${kind}">
  <rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5"/>
  <text x="${x + 8}" y="${y + 17}">${plainLine(kind === 'worst' ? `▲ ${name}` : name, 14)}</text></g>`;
