/**
 * Writes the cases for which `expect.py` says what is right: `npx tsx test/oracle/make-cases.ts`. Always the same ones.
 */
import { writeFileSync } from 'node:fs';
import { Random } from '../../benchmarks/oversight/random.ts';
import type { EventPair } from '../../src/domain/analysis/evidence.ts';
import { CASES_FILE, type EvidenceCase, type ShiftCase } from './cases.ts';

const random = new Random(20_261_130);

/** Bad events, all events, and the same of the baseline. */
const pairOf = ({ bad, of, badBefore, ofBefore }: EventPair) => [bad, of, badBefore, ofBefore] as const;

/** Sizes from none to a busy service, each as likely. */
const size = () => random.between(0, random.pick([0, 3, 30, 1_000, 200_000]));

function sharesPair(): EventPair {
  const [of, ofBefore] = [size(), size()];
  const partOf = (all: number) => random.between(0, random.pick([0, Math.ceil(all / 100), all]));
  return { of, ofBefore, bad: Math.min(of, partOf(of)), badBefore: Math.min(ofBefore, partOf(ofBefore)) };
}

/** Bad events in so many minutes, and in as many of the baseline or where nothing is known of it. */
function countsPair(): EventPair {
  const most = random.pick([0, 2, 30, 3_000]);
  const of = random.between(1, 20) / 4;
  const ofBefore = random.pick([of, of, of, 0]);
  return {
    of,
    ofBefore,
    bad: random.between(0, most),
    badBefore: ofBefore === 0 ? 0 : random.between(0, most),
  };
}

function evidenceCase(): EvidenceCase {
  const [onePair, negligibles] = random.pick([
    [sharesPair, [0, 0.001, 0.05, 0.3]] as const,
    [countsPair, [0, 0.1, 2, 40]] as const,
  ]);
  return {
    pairs: Array.from({ length: random.between(random.pick([0, 1, 1, 1]), random.pick([1, 4, 9])) }, () =>
      pairOf(onePair()),
    ),
    ratio: random.between(100, random.pick([100, 200, 1_000])) / 100,
    negligible: random.pick(negligibles),
  };
}

function shiftCase(): ShiftCase {
  // Small whole numbers have ties, as gauges do. Great ones have none.
  const unit = random.pick([1, 1, 100]);
  const spread = random.pick([3, 50, 900, 9_000_000]);
  const values = (add: number) =>
    Array.from(
      { length: random.between(0, random.pick([6, 20, 30])) },
      () => random.between(-spread, spread) / unit + add,
    );
  return {
    before: values(0),
    after: values(random.pick([0, 0, 1, spread])),
    alpha: random.pick([0.2, 0.05, 0.02, 0.002]),
  };
}

/** A watch of two hours has so many values. */
function longShiftCase(): ShiftCase {
  const values = () => Array.from({ length: 120 }, () => random.between(0, 999));
  return { before: values(), after: values(), alpha: random.pick([0.05, 0.02]) };
}

writeFileSync(
  CASES_FILE,
  `${JSON.stringify({
    evidence: Array.from({ length: 595 }, evidenceCase),
    shift: [...Array.from({ length: 400 }, shiftCase), ...Array.from({ length: 5 }, longShiftCase)],
  })}\n`,
);
