import { html } from 'hono/html';
import { WHAT_DECIDED, type WhatDecided } from '../../domain/advice/advice.ts';
import type { ActionData, Markup } from './data.ts';
import { PATHS } from './paths.ts';

const WORDS: Readonly<Record<WhatDecided, string>> = {
  parameter: 'A parameter',
  record: 'What happened before',
  liveState: 'How production is now',
  text: 'What the agent wrote',
  other: 'Something else',
};

/** Asks a person who has decided what decided it: one tap, and only if they like. */
export const whatDecided = ({ frame, state }: ActionData): Markup =>
  html`<form method="post" action="${PATHS.whatDecided(state.action?.id ?? '')}">
    <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
    <p>What decided it, if you want to say? The team sees totals only.</p>
    <p class="choices">${WHAT_DECIDED.map((what) => html`<button name="what" value="${what}">${WORDS[what]}</button> `)}</p>
  </form>`;
