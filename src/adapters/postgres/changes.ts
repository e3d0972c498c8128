import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Changes } from '../../gateway/ports/changes.ts';
import type { Database } from './database.ts';
import { CHANNEL } from './transaction.ts';

const RETRY_MS = 1_000;

/**
 * Listens to the notification of every appended entry of the ledger. It holds one connection, and opens another when that one is
 * lost. Changes that may have been missed meanwhile are reported as `*`.
 */
export function listenToChanges({ pool }: Pick<Database, 'pool'>): Changes & { stop(): Promise<void> } {
  const listeners = new Set<(actionId: string) => void>();
  const stopping = new AbortController();
  const tell = (actionId: string) => {
    for (const listener of listeners) listener(actionId);
  };

  async function listen(): Promise<void> {
    const client = await pool.connect();
    try {
      client.on('notification', ({ payload = '*' }) => tell(payload));
      await client.query(`listen ${CHANNEL}`);
      await untilGone(client, stopping.signal);
    } finally {
      client.release(true);
    }
  }

  async function keepListening(): Promise<void> {
    for (let lost = false; !stopping.signal.aborted; lost = true) {
      if (lost) {
        await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
        tell('*');
      }
      await listen().catch(() => undefined);
    }
  }

  const listening = keepListening();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      stopping.abort();
      await listening;
    },
  };
}

const untilGone = (client: PoolClient, stopping: AbortSignal) =>
  new Promise<void>((resolve) => {
    client.once('error', () => resolve());
    client.once('end', () => resolve());
    stopping.addEventListener('abort', () => resolve(), { once: true });
    if (stopping.aborted) resolve();
  });
