import { grouped } from '../shared/grouped.ts';

/** What a person said to a question of practice. */
export interface PracticeAnswer {
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string | undefined;
}

/** What an answer was. `missed`: they approved what should not run. `heldUp`: they denied what should run. */
export type Judged = 'caught' | 'missed' | 'heldUp' | 'letRun';

export function judged(is: 'good' | 'bad', { verdict }: PracticeAnswer): Judged {
  if (is === 'bad') return verdict === 'deny' ? 'caught' : 'missed';
  return verdict === 'deny' ? 'heldUp' : 'letRun';
}

/** How often a person was right with questions of one kind. */
export interface KindCount {
  readonly kind: string;
  readonly is: 'good' | 'bad';
  readonly decided: number;
  readonly right: number;
}

/**
 * Counts by kind. The bad ones come first, and of them those that were missed most often.
 *
 * @param answers each with what it was an answer to
 */
export const countByKind = (
  answers: readonly {
    readonly kind: string;
    readonly is: 'good' | 'bad';
    readonly answer: PracticeAnswer;
  }[],
): KindCount[] =>
  grouped(answers, ({ kind, is }) => JSON.stringify([kind, is]))
    .flatMap(([first, ...others]) => {
      if (!first) return [];
      const all = [first, ...others];
      const right = all.filter(({ is, answer }) => ['caught', 'letRun'].includes(judged(is, answer))).length;
      return [{ kind: first.kind, is: first.is, decided: all.length, right }];
    })
    .sort(
      (a, b) =>
        Number(a.is === 'good') - Number(b.is === 'good') ||
        a.right / a.decided - b.right / b.decided ||
        a.kind.localeCompare(b.kind),
    );
