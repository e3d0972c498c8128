import { html } from 'hono/html';
import { OUTCOME_WORDS as WORDS } from '../../briefing/wording.ts';
import { OUTCOMES } from '../../domain/action/outcome.ts';
import { LISTED_STATUSES } from '../../domain/ledger/project-inbox.ts';
import { grouped } from '../../domain/shared/grouped.ts';
import { percentText } from '../../domain/shared/shown-json.ts';
import type { ListedAction, PendingAction } from '../ports/read-model.ts';
import { dueBadge, outcomeBadge, riskBadge, statusBadge, tierBadge } from './badges.ts';
import type { ActionsData, DecidedData, Frame, ListData, Markup, PendingData, ReviewsData } from './data.ts';
import { page } from './layout.ts';
import { PATHS } from './paths.ts';
import { counted, line, when } from './text.ts';

/** The page of what waits for a person, the most urgent first. Requests of one kind stand together; each is decided separately. */
export function pendingPage({ frame, list, first, drills }: PendingData): Markup {
  return page(
    frame,
    { title: 'Waiting for me', place: 'pending' },
    html`<h1>Waiting for me</h1>
      ${drills === undefined ? '' : html`<p class="faint">Drills are on. At most ${percentText(drills)} of the requests here are drills: they must be denied, and nothing of them can run. You are told right after you decided.</p>`}
      <div data-live="list">
        ${
          list.items.length === 0
            ? html`<p class="empty">Nothing waits for you.</p>`
            : html`<p class="faint">The most urgent first.</p>
              <ol class="cards">${grouped(list.items, ({ group }) => group).map((items) => pendingGroup(frame, items))}</ol>`
        }
        ${turn(PATHS.pending, { list, first })}
      </div>`,
  );
}

function pendingGroup(frame: Frame, items: readonly PendingAction[]): Markup {
  const [firstItem] = items;
  if (!firstItem) return html``;
  if (items.length === 1) return html`<li class="card">${pendingItem(frame, firstItem, 'h2')}</li>`;
  return html`<li class="group">
    <h2>${items.length} × ${line(firstItem.actionType)} on ${line(firstItem.target)} in ${line(firstItem.environment)}</h2>
    <p class="faint">Of the same kind. Each one is decided by itself.</p>
    <ol class="cards">${items.map((item) => html`<li class="card">${pendingItem(frame, item, 'h3')}</li>`)}</ol>
  </li>`;
}

const pendingItem = ({ now }: Frame, item: PendingAction, level: 'h2' | 'h3') => html`${heading(level, item)}
  <p class="facts">${riskBadge(item.risk)} ${tierBadge(item.tier)}
    ${item.deadline === undefined ? '' : html`${dueBadge(item.deadline, now)} <span>until ${when(item.deadline, now)}</span>`}</p>
  <p class="faint">${line(item.environment)} · asked for by ${line(item.agent)} · needs ${line(item.needed)}</p>`;

function heading(level: 'h2' | 'h3', { actionId, title }: Pick<ListedAction, 'actionId' | 'title'>): Markup {
  const link = html`<a href="${PATHS.action(actionId)}">${line(title, 160)}</a>`;
  return level === 'h2' ? html`<h2 class="title">${link}</h2>` : html`<h3 class="title">${link}</h3>`;
}

/** How it ended, or where it is. */
const ended = ({ outcome, status, drill }: ListedAction): Markup =>
  outcome ? outcomeBadge(outcome) : drill ? html`<span class="badge">Drill</span>` : statusBadge(status);

export function decidedPage({ frame, list, first }: DecidedData): Markup {
  return page(
    frame,
    { title: 'Decided', place: 'decided' },
    html`<h1>Decided by me</h1>
      <div data-live="list">
        ${cards(
          list.items,
          'You decided on nothing yet.',
          (item) => html`${heading('h2', item)}
          <p class="facts"><strong>${VERDICTS[item.verdict] ?? line(item.verdict)}</strong> ${when(item.decidedAt, frame.now)}
            ${ended(item)}</p>
          <p class="faint">${item.reason === undefined ? 'no reason given' : line(item.reason)}</p>`,
        )}
        ${turn(PATHS.decided, { list, first })}
      </div>`,
  );
}

const VERDICTS: Readonly<Record<string, string>> = {
  approve: 'Approved',
  deny: 'Denied',
  breakGlass: 'Broke the glass',
};

export function reviewsPage({ frame, list, first }: ReviewsData): Markup {
  return page(
    frame,
    { title: 'Reviews due', place: 'reviews' },
    html`<h1>Reviews due</h1>
      <p class="faint">These ran without a person's approval. Say of each whether you would have let it run.</p>
      <div data-live="list">
        ${cards(
          list.items,
          'No review is due.',
          (item) => html`${heading('h2', item)}
          <p class="facts">${tierBadge(item.tier)} ${outcomeBadge(item.outcome)} ${dueBadge(item.dueAt, frame.now)}
            <span>due ${when(item.dueAt, frame.now)}</span></p>
          <p class="faint">asked for by ${line(item.agent)}</p>`,
        )}
        ${turn(PATHS.reviews, { list, first })}
      </div>`,
  );
}

export function actionsPage({ frame, list, first, filter }: ActionsData): Markup {
  const set = Object.entries(filter).filter(([, value]) => value !== undefined);
  return page(
    frame,
    { title: 'All actions', place: 'actions' },
    html`<h1>All actions</h1>
      <form method="get" action="${PATHS.actions}" class="filter" role="search" aria-label="Filter">
        ${choice(
          'status',
          'Status',
          filter.status,
          LISTED_STATUSES.map((status) => [status, status]),
        )}
        ${choice(
          'outcome',
          'Outcome',
          filter.outcome,
          OUTCOMES.map((outcome) => [outcome, WORDS[outcome].label]),
        )}
        ${field('agent', 'Agent', filter.agent)} ${field('actionType', 'Action type', filter.actionType)}
        ${field('target', 'Target', filter.target)} ${field('environment', 'Environment', filter.environment)}
        <button>Filter</button>
        ${set.length === 0 ? '' : html`<a href="${PATHS.actions}">Show all</a>`}
      </form>
      <div data-live="list">
        ${cards(
          list.items,
          'There is no such action.',
          (item) => html`${heading('h2', item)}
          <p class="facts">${ended(item)} ${tierBadge(item.tier)}
            ${riskBadge(item.risk)}</p>
          <p class="faint">${line(item.environment)} · ${line(item.agent)} · asked ${when(item.ruledAt, frame.now)}</p>`,
        )}
        ${turn(PATHS.actions, { list, first }, set)}
      </div>`,
  );
}

const field = (
  name: string,
  label: string,
  value: string | undefined,
) => html`<p><label for="${name}">${label}</label>
  <input id="${name}" name="${name}" value="${value ?? ''}"></p>`;

const choice = (
  name: string,
  label: string,
  chosenValue: string | undefined,
  options: readonly (readonly [string, string])[],
) => html`<p><label for="${name}">${label}</label>
  <select id="${name}" name="${name}"><option value="">any</option>
    ${options.map(([value, text]) => html`<option value="${value}" ${value === chosenValue ? 'selected' : ''}>${text}</option>`)}
  </select></p>`;

const cards = <Item>(items: readonly Item[], none: string, card: (item: Item) => Markup): Markup =>
  items.length === 0
    ? html`<p class="empty">${none}</p>`
    : html`<p class="faint">${counted(items.length, 'entry', 'entries')} on this page.</p>
      <ol class="cards">${items.map((item) => html`<li class="card">${card(item)}</li>`)}</ol>`;

/** The links to the next page, and back to the first. */
function turn(
  path: string,
  { list, first }: Pick<ListData<unknown>, 'list' | 'first'>,
  keptParams: readonly (readonly [string, string])[] = [],
): Markup {
  const pathWith = (moreParams: readonly (readonly [string, string])[]) => {
    const query = new URLSearchParams(
      [...keptParams, ...moreParams].map(([name, value]): [string, string] => [name, value]),
    ).toString();
    return query === '' ? path : `${path}?${query}`;
  };
  if (first && list.next === undefined) return html``;
  return html`<nav class="turn" aria-label="Pages of this list">
    ${first ? '' : html`<a href="${pathWith([])}">Back to the first page</a>`}
    ${list.next === undefined ? '' : html`<a href="${pathWith([['after', list.next]])}" rel="next">Next page</a>`}</nav>`;
}
