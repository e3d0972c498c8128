import type { Alert } from '../../domain/analysis/alerts.ts';

/** The alerts of other systems, as gateways kept them. */
export interface Alerts {
  /**
   * The alerts about a service that began, and that we first heard of, after then; the earliest 500. Throws when the store is unreachable.
   *
   * @param since milliseconds since the epoch
   */
  about(place: Pick<Alert, 'service' | 'environment'>, since: number): Promise<readonly Alert[]>;
}
