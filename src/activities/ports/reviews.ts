import type { Action } from '../../domain/action/action.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';

/** Where reviews are opened. Opening the same one again changes nothing. Throws when it could not be opened. */
export interface Reviews {
  open(review: { readonly action: Action; readonly ruling: Ruling }): Promise<void>;
}
