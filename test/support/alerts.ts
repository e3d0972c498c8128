import type { Alert } from '../../src/domain/analysis/alerts.ts';

/** An alert of Alertmanager about the cart in production. */
export const anAlert = (changes: Partial<Alert> = {}): Alert => ({
  receiver: 'alertmanager',
  fingerprint: '0123456789abcdef',
  service: 'cart',
  environment: 'production',
  labels: { alertname: 'HighErrorRate', severity: 'critical', service: 'cart' },
  summary: 'one request in ten fails',
  startsAt: 1_000,
  receivedAt: 1_000,
  ...changes,
});
