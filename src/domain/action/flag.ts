import { canonicalJson } from '../shared/digest.ts';
import { isJsonRecord, type Json } from '../shared/json.ts';
import type { FlagSettings } from './action.ts';
import type { PreviewedChange } from './preview.ts';

/** A part of the users that gets one variant. The others get another one. */
export interface FlagShare {
  readonly variant: string;
  /** 0 to 100. A template may have a placeholder in its place. */
  readonly percent: Json;
  readonly otherwise: string;
}

/** The definition of one flag, as flagd's schema has it. */
export interface FlagDefinition {
  readonly [member: string]: Json;
}

/** The targeting of a share: flagd's `fractional`, by the user's targeting key. What is no percentage is left for `changedFlag` to refuse. */
export const shareTargeting = ({
  variant = null,
  percent,
  otherwise = null,
}: {
  readonly [name: string]: Json;
}): Json => ({
  fractional: [
    [variant, percent ?? null],
    [otherwise, typeof percent === 'number' ? 100 - percent : null],
  ],
});

export type ChangedFlag =
  | { readonly kind: 'changed'; readonly definition: FlagDefinition }
  | { readonly kind: 'refused'; readonly reason: string };

/** Returns the definition that a flag would have. What flagd would not take is refused. */
export function changedFlag(
  definition: FlagDefinition,
  { state, defaultVariant, targeting }: FlagSettings,
): ChangedFlag {
  const changed: FlagDefinition = {
    ...definition,
    ...(state === undefined ? {} : { state }),
    ...(defaultVariant === undefined ? {} : { defaultVariant }),
    ...(targeting === undefined ? {} : { targeting }),
  };
  const faults = faultsOf(changed);
  return faults.length === 0
    ? { kind: 'changed', definition: changed }
    : { kind: 'refused', reason: faults.join('; ') };
}

function faultsOf({ state, defaultVariant, targeting, variants }: FlagDefinition): string[] {
  if (!isJsonRecord(variants)) return ['the flag has no variants'];
  const known = `the flag has ${Object.keys(variants).join(', ')}`;
  const isVariant = (name: Json | undefined) => typeof name === 'string' && Object.hasOwn(variants, name);
  const shares = sharesIn(targeting);
  return [
    ...(state === 'ENABLED' || state === 'DISABLED'
      ? []
      : [`the state ${shown(state)} is neither ENABLED nor DISABLED`]),
    ...(defaultVariant === undefined || defaultVariant === null || isVariant(defaultVariant)
      ? []
      : [`there is no variant ${shown(defaultVariant)}: ${known}`]),
    ...shares
      .filter(([variant]) => !isVariant(variant))
      .map(([variant]) => `there is no variant ${shown(variant)}: ${known}`),
    ...(shares.some(([, weight]) => !isWeight(weight))
      ? ['a share is a whole number of per cent, 0 to 100']
      : []),
    ...(targeting === undefined || targeting === null || isJsonRecord(targeting)
      ? []
      : ['targeting is a mapping']),
  ];
}

/** The shares of targeting that is nothing but `fractional`. What else flagd can express is not looked into. */
function sharesIn(targeting: Json | undefined): (readonly [Json | undefined, Json | undefined])[] {
  const fractional = isJsonRecord(targeting) ? targeting.fractional : undefined;
  return Array.isArray(fractional)
    ? fractional.flatMap((share: Json) => (Array.isArray(share) ? [[share[0], share[1] ?? 1] as const] : []))
    : [];
}

const isWeight = (weight: Json | undefined) =>
  typeof weight === 'number' && Number.isInteger(weight) && weight >= 0 && weight <= 100;

/** Returns what differs between two definitions of a flag, by member. */
export function flagChanges(from: FlagDefinition, to: FlagDefinition): PreviewedChange[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .filter((member) => canonicalJson(from[member] ?? null) !== canonicalJson(to[member] ?? null))
    .map((member) => ({
      what: member,
      ...(from[member] === undefined ? {} : { from: from[member] }),
      ...(to[member] === undefined ? {} : { to: to[member] }),
    }));
}

const shown = (value: Json | undefined) => JSON.stringify(value ?? null);
