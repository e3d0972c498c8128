import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { hostCheck } from '../../src/gateway/auth/guard.ts';
import { Problem, problemJson } from '../../src/gateway/ports/problem.ts';

const statusAt = async (origin: string, host: string) => {
  const app = new Hono();
  app.use(hostCheck({ origin }));
  app.get('/', (c) => c.text('ours'));
  app.onError((error, c) => {
    if (error instanceof Problem) return problemJson(c, error);
    throw error;
  });
  return (await app.request('/', { headers: { host } })).status;
};

describe('the name that a request asks for', () => {
  test.each([
    ['https://approvals.example.com', 'approvals.example.com'],
    ['https://approvals.example.com', 'approvals.example.com:443'],
    ['https://approvals.example.com', 'Approvals.EXAMPLE.com'],
    ['https://approvals.example.com:8443', 'approvals.example.com:8443'],
    ['http://localhost', 'localhost:80'],
    ['http://[::1]:8234', '[::1]:8234'],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s is asked for as %s', async (origin, host) => {
    expect(await statusAt(origin, host)).toBe(200);
  });

  test.each([
    ['https://approvals.example.com', 'approvals.example.com:80'],
    ['https://approvals.example.com', 'approvals.example.com:8443'],
    ['https://approvals.example.com', 'evil.example'],
    ['https://approvals.example.com', 'evil.example@approvals.example.com'],
    ['https://approvals.example.com', 'approvals.example.com/x'],
    ['https://approvals.example.com', 'approvals.example.com.'],
    ['https://approvals.example.com', ''],
  ])('%s is not asked for as %j', async (origin, host) => {
    expect(await statusAt(origin, host)).toBe(421);
  });
});
