import { expect, test } from 'vitest';
import type { ExerciseReport } from '../../src/domain/exercise/report.ts';
import { exercisePage } from '../../src/exercise/page.ts';

const HOSTILE = `</blockquote><script>alert(1)</script><img src=x onerror=alert(1)>\u202Etxt`;

const report: ExerciseReport = {
  title: `A ${HOSTILE}`,
  begins: 0,
  ended: 3_600_000,
  accounts: [
    {
      name: 'a',
      actionId: 'agent.a',
      is: 'bad',
      title: `deploy ${HOSTILE}`,
      agent: 'agent',
      says: HOSTILE,
      tier: 3,
      end: 'deniedByPerson',
      reason: HOSTILE,
      effect: 'none',
      withoutPeople: false,
      timeline: [{ at: 5, what: HOSTILE }],
    },
  ],
  ends: { deniedByPerson: 1 },
  withoutPeople: 0,
  wrong: 0,
  loads: [{ person: 'grace', messages: 1, pages: 0, mostInAnHour: 1, decisions: 1 }],
  unheard: [
    { name: HOSTILE, actionId: 'agent.a', at: 5, kind: 'notAnswered', by: ['mail'], people: ['grace'] },
  ],
  unexpected: [{ name: 'a', what: HOSTILE }],
};

test('INVARIANT 12: whatever an agent or a scenario writes is text on the page, which loads nothing', async () => {
  const page = await exercisePage(report);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toMatch(/<script|<img|<link|src="|href="|url\(|\u202E/);
  expect(page).toContain("default-src 'none'");
});

test('the words of the agent come after the facts', async () => {
  const page = await exercisePage(report);
  expect(page.indexOf('<blockquote')).toBeGreaterThan(page.lastIndexOf('<table'));
});
