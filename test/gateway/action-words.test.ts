import { describe, expect, test } from 'vitest';
import type { Background } from '../../src/domain/background/background.ts';
import { type ActionState, NOTHING_YET } from '../../src/domain/record/action-state.ts';
import { theAlternatives } from '../../src/gateway/pages/action-words.ts';
import { deploy } from '../support/proposals.ts';

const BACKGROUND: Background = {
  calibration: { kind: 'counted', from: 80, to: 100, ran: 40, well: 31 },
  alternatives: [
    {
      kind: 'permitted',
      place: 1,
      title: 'flush the cache of cart',
      tier: 2,
      mode: 'executeAfterWindow',
      risk: 12,
      onTarget: { ran: 12, well: 11 },
    },
  ],
};

function pageOf(background?: Background): string {
  const proposal = deploy('2.5.0', {
    rationale: {
      summary: 'It mends totals.',
      confidence: 0.9,
      alternatives: ['wait for 2.6.0', 'flush the cache'].map((option) => ({
        option,
        confidence: 0.4,
        whyNot: 'it mends nothing',
      })),
    },
  });
  const state: ActionState = {
    workflowId: 'action/a',
    runId: 'run',
    proposal,
    status: 'waiting',
    background,
    ...NOTHING_YET,
  };
  return String(theAlternatives(state)).replaceAll(/\s+/g, ' ');
}

/** A page without what stands in boxes of the agent's words. */
const besideTheAgent = (page: string) => page.replaceAll(/<div class="agent">[\s\S]*?<\/div>/g, '');

describe("what the machine found beside the agent's confidence and alternatives", () => {
  test('is marked as found by the machine, and stands outside of the words of the agent', () => {
    const page = besideTheAgent(pageOf(BACKGROUND));
    expect(page).not.toContain('it mends nothing');
    expect(page.match(/Found by the machine:/g)).toHaveLength(2);
    expect(page).toContain('of the 40 actions of which it was 80 to 100 % sure, 31 ended well (78 %).');
    expect(page).toContain(
      'as an action, flush the cache of cart: it would be tier 2, running it after a window; risk 12 of 100; of 12 such actions that ran on its target before, 11 ended well.',
    );
  });

  test('stands beside the alternative that it is about', () => {
    const [, first = '', second = ''] = pageOf(BACKGROUND).split('<li>');
    expect(first).not.toContain('Found by the machine');
    expect(second).toContain('Found by the machine');
  });

  test('is not there where nobody looked', () => {
    expect(pageOf()).not.toContain('Found by the machine');
  });
});
