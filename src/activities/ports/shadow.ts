import type { RecordedRuling } from '../../domain/simulation/recorded-ruling.ts';

/**
 * Is told of each ruling, once it is on record. Returns at once and never throws: nothing waits for it, and no ruling knows of it.
 *
 * @param of the event id of the ruling
 */
export type Shadow = (of: string, recorded: RecordedRuling) => void;
