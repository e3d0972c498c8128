import { expect, test } from 'vitest';
import { linesOf } from '../../src/briefing/blocks.ts';
import { briefingOf } from '../../src/briefing/briefing.ts';
import type { Background } from '../../src/domain/background/background.ts';
import { aMessage } from '../support/messages.ts';

const sections = (background?: Background) =>
  briefingOf({ ...aMessage(), background }, ['grace']).machine.map(({ heading, blocks }) => ({
    heading,
    lines: linesOf(blocks),
  }));

const HEADING = 'Its confidence and alternatives';

test('what was found beside the confidence and the alternatives is told among what the machine knows', () => {
  const told = sections({
    calibration: { kind: 'counted', from: 80, to: 100, ran: 3, well: 3 },
    alternatives: [
      {
        kind: 'forbidden',
        place: 0,
        title: 'flush the cache of cart',
        risk: 12,
        onTarget: { ran: 0, well: 0 },
        reason: 'no policy permits it',
      },
      { kind: 'noAction', place: 2, reason: 'it names no action type of this installation' },
      { kind: 'notFoundOut', place: 3, reason: 'not found out in time' },
    ],
  }).find(({ heading }) => heading === HEADING);
  expect(told?.lines).toEqual([
    '  Its confidence  too few to say: 3 actions of which it was 80 to 100 % sure.',
    '  Alternative 1   as an action, flush the cache of cart: it would be refused: no policy permits it; risk 12 of 100; such an action never ran on its target before.',
    '  Alternative 3   it names no action type of this installation.',
    '  Alternative 4   what it would be ruled is not known: not found out in time.',
  ]);
});

test('where nobody looked there is no such section', () => {
  expect(sections()).toEqual(sections({}));
  expect(sections().map(({ heading }) => heading)).not.toContain(HEADING);
});

test('alternatives are numbered in the words of the agent, so that people know which one is meant', () => {
  const notChosen = (background?: Background) =>
    briefingOf({ ...aMessage(), background }, ['grace']).agent.blocks.flatMap(({ label = '' }) =>
      label.startsWith('Not chosen') ? [label] : [],
    );
  expect(notChosen()).toEqual(['Not chosen']);
  expect(
    notChosen({ alternatives: [{ kind: 'noAction', place: 0, reason: 'it names no action type' }] }),
  ).toEqual(['Not chosen, alternative 1']);
});
