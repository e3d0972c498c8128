import { z } from 'zod';
import { duration, key, strict } from '../source/schema.ts';

/** In a rollback: what the same executor did is taken back, by the preview that it made of it. */
export const undo = strict({
  undo: key(
    z.literal(true, 'must be true'),
    'Puts back what was there before, if it still is as the action left it.',
    'true',
  ),
  timeout: key(duration(), 'How long it may take.', '10s'),
});
