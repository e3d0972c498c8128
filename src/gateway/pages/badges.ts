import { html } from 'hono/html';
import { OUTCOME_WORDS } from '../../briefing/wording.ts';
import type { Tier } from '../../domain/action/action.ts';
import type { OutcomeKind } from '../../domain/action/outcome.ts';
import type { Markup } from './data.ts';

// Badges are facts in two or three words. Each says in words, and by a sign, what its colour says.

export function riskBadge(risk: number): Markup {
  const [level, sign] = risk >= 60 ? ['high', '▲'] : risk >= 30 ? ['medium', '◆'] : ['low', '●'];
  return html`<span class="badge ${level}"><span aria-hidden="true">${sign}</span> Risk ${Math.round(risk)} of 100</span>`;
}

export const tierBadge = (tier: Tier): Markup => html`<span class="badge">Tier ${tier}</span>`;

const GOOD: readonly OutcomeKind[] = ['succeeded'];
const BAD: readonly OutcomeKind[] = ['rollbackFailed', 'failed', 'rolledBack', 'lost'];

export function outcomeBadge(outcome: OutcomeKind): Markup {
  const level = GOOD.includes(outcome) ? 'low' : BAD.includes(outcome) ? 'high' : '';
  const sign = GOOD.includes(outcome) ? '✓' : BAD.includes(outcome) ? '▲' : '–';
  return html`<span class="badge ${level}"><span aria-hidden="true">${sign}</span> ${OUTCOME_WORDS[outcome].label}</span>`;
}

const STATUS = {
  assessing: 'Being assessed',
  waiting: 'Waiting for people',
  admitting: 'About to run',
  running: 'Running',
  executing: 'Running',
  watching: 'Being watched',
  undecided: 'Keep it or take it back?',
  rollingBack: 'Being rolled back',
  lost: 'Lost: people must act',
  closed: 'Closed',
} as const;

export const statusBadge = (status: keyof typeof STATUS): Markup =>
  html`<span class="badge ${status === 'waiting' ? 'medium' : ''}">${STATUS[status]}</span>`;

/** A badge for a time that is over or nearly over, in words too; otherwise empty. */
export function dueBadge(at: number, now: number): Markup | string {
  if (at <= now) return html`<span class="badge high"><span aria-hidden="true">▲</span> Time is over</span>`;
  if (at - now < SOON_MS)
    return html`<span class="badge high"><span aria-hidden="true">▲</span> Soon over</span>`;
  return '';
}

const SOON_MS = 5 * 60_000;
