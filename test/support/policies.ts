import { readdirSync, readFileSync } from 'node:fs';
import { cedar } from '../../src/adapters/cedar/index.ts';
import type { CheckedPolicy } from '../../src/config/index.ts';
import { parseDuration } from '../../src/config/source/duration.ts';
import type { Action, Tier } from '../../src/domain/action/action.ts';
import { circumstancesOf } from '../../src/domain/calendar/calendar.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import type { Authorize } from '../../src/domain/policy/policy.ts';
import { assessImpact, type Impact } from '../../src/domain/risk/impact.ts';
import { type Ruling, rule } from '../../src/domain/ruling/ruling.ts';
import { lookup } from '../../src/domain/shared/lookup.ts';
import { calmFacts } from '../domain/support.ts';
import { heldAt } from './standing.ts';

const DEFAULTS = new URL('../../policies/', import.meta.url);

/** The set that ships with Countersign, as one text. */
export const DEFAULT_POLICIES = readdirSync(DEFAULTS)
  .map((file) => readFileSync(new URL(file, DEFAULTS), 'utf8'))
  .join('\n');

/** The policies of a text, with no check but that they can be parsed. */
export function policiesIn(text: string): CheckedPolicy[] {
  const { policies, problems } = cedar.parse(text);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return policies.map(
    ({ annotations: { id = '', owner = 'on-call', reason = '', ...wishes }, ...policy }) => ({
      ...policy,
      requires: wishes.requires,
      route: wishes.route,
      watchForMs: wishes.watch === undefined ? undefined : parseDuration(wishes.watch),
      id,
      owner,
      reason,
      place: { file: 'test.cedar', line: 1 },
    }),
  );
}

/** Cedar itself, over these policies. */
export const authorizeBy = (...texts: readonly string[]): Authorize =>
  cedar.prepare(policiesIn(texts.join('\n')));

export const defaultAuthorize = authorizeBy(DEFAULT_POLICIES);

/** A Saturday in March, 15:00 UTC. */
export const RULED_AT = Date.UTC(2026, 2, 14, 15);

/** What an action may do, as long as nothing is on record. What is gone from the installation is assessed as something else. */
export function impactOf(installation: Installation, action: Action): Impact {
  const [any] = Object.values(installation.actionTypes);
  const type = lookup(installation.actionTypes, action.type) ?? any;
  if (!type) throw new Error('there is no action type');
  return assessImpact(installation, { action, type }, calmFacts);
}

/** What the default policies, or others, rule on an action that nobody has a record of, at `RULED_AT`. */
export function ruleOn(
  installation: Installation,
  action: Action,
  declaredTier?: Tier | undefined,
  authorize = defaultAuthorize,
  impact = impactOf(installation, action),
): Ruling {
  const circumstances = circumstancesOf(installation, action, RULED_AT);
  const held = heldAt(lookup(installation.agents, action.agent.id)?.level ?? 0);
  return rule(installation, authorize, { action, impact, held, declaredTier, circumstances, at: RULED_AT });
}
