import type { Fact } from '../../../src/activities/ports/ledger.ts';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';

const DAY = 24 * 3_600_000;

const action = {
  type: 'version.deploy',
  target: 'catalog',
  serviceTier: 3,
  environment: 'production',
  agent: { id: 'release-agent', version: '1.0.0', owner: 'group:platform-ai' },
};
const outcome = { kind: 'succeeded', reason: '6 measurements within their limits' };
const settlement = { kind: 'approved', by: ['mei'] };

/** Deployments of the release agent to catalog, one a day until yesterday, each approved and healthy. */
export function goodRecord(deployments: number, now: number): Fact[] {
  return Array.from({ length: deployments }, (_, i): Fact[] => {
    const actionId = `release-agent.nightly-${i + 1}`;
    const at = now - (deployments - i) * DAY;
    const fact = (kind: 'ruled' | 'closed', body: object): Fact => ({
      eventId: `${actionId}/run/${kind}`,
      actionId,
      kind,
      at,
      body,
    });
    return [
      fact('ruled', { action, impact: {}, ruling: { tier: 3 } }),
      fact('closed', { outcome, hold: false, record: { settlement } }),
    ];
  }).flat();
}

/** Writes facts into a ledger in their order, as workers do and with a worker's login. */
export async function seed(databaseUrl: string, facts: readonly Fact[]): Promise<void> {
  const database = await openDatabase(databaseUrl, 'worker');
  try {
    const ledger = createLedger(database);
    for (const fact of facts) await ledger.append(fact);
  } finally {
    await database.close();
  }
}

/** An iCalendar file (RFC 5545) with one event: nothing runs by itself while it lasts. */
export function freezeFile(name: string, from: number, until: number): string {
  const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//storefront//freezes//EN',
    'BEGIN:VEVENT',
    `UID:${name}@storefront.example`,
    `DTSTAMP:${stamp(from)}`,
    `DTSTART:${stamp(from)}`,
    `DTEND:${stamp(until)}`,
    `SUMMARY:${name}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}
