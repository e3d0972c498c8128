import { signCheckpoint } from './activities.ts';

/** Signs a checkpoint of the ledger if there is something new. A Temporal Schedule starts it each minute; its result says what was done. */
export const checkpointLedger = (): Promise<string> => signCheckpoint();
