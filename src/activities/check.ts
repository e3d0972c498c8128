import type { Fault } from '../domain/shared/json.ts';
import { type ResolvingDeps, resolved } from './shared/resolve-proposal-again.ts';

export type Checked =
  | { readonly kind: 'sound' }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

export function createCheck(deps: ResolvingDeps) {
  return {
    /** Whether a proposal can be governed at all, or every fault of it. Asks no person and changes nothing. */
    check: async (input: unknown): Promise<Checked> => {
      const resolution = await resolved(deps, input);
      return resolution.kind === 'refused' ? resolution : { kind: 'sound' };
    },
  };
}
