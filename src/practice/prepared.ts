import type { Asked } from './asked.ts';

/** A fact on the page of a case, in the words of the page, with the heading that it stands under. */
export interface Fact {
  readonly says: string;
  readonly under?: string | undefined;
}

/** A question of practice: data alone, from which its page is drawn. */
export interface PracticeCase extends Asked {
  readonly actionId: string;
  readonly title: string;
  readonly kind: string;
  readonly is: 'good' | 'bad';
  readonly because: string;
  readonly facts: readonly Fact[];
  readonly slo?: number | undefined;
}
