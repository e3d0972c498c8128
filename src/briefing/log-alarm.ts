import type { LogAlarm } from '../domain/ledger/tree/log-alarm.ts';
import { oneLine, utc } from './text.ts';

/** What people are told of an alarm, and what they are to do. */
export interface LogAlarmWords {
  readonly title: string;
  readonly opening: string;
  readonly ask: readonly string[];
}

/** The longest reason. A witness may have written it. */
const REASON = 300;

const ONCE = 'You are told once. The page ends by itself when this is over.';

export function logAlarmWords(alarm: LogAlarm): LogAlarmWords {
  switch (alarm.kind) {
    case 'notSigned':
      return {
        title: 'the ledger cannot be signed',
        opening: `Somebody may have changed the ledger. No checkpoint is signed any more: ${oneLine(alarm.reason, REASON)}.`,
        ask: [
          'Change nothing in the database. Stop who else has all rights in it.',
          'Find out what is wrong: countersign ledger verify --checkpoint FILE. FILE is a checkpoint that somebody kept.',
          'If you restored a backup, write down when and why: see "A backup that was restored" in docs/ledger.md.',
          ONCE,
        ],
      };
    case 'contradicted':
      return {
        title: `the witness ${oneLine(alarm.witness, 100)} saw another ledger`,
        opening: `The ledger does not go on from what this witness saw: ${oneLine(alarm.reason, REASON)}. Somebody wrote the ledger anew, a backup was restored, or the witness is wrong.`,
        ask: [
          'Ask whoever runs the witness for the last checkpoint that it cosigned.',
          'Hold the ledger against it: countersign ledger verify --checkpoint FILE.',
          'If the ledger agrees with it, the witness is wrong: take it out of "witnesses" in countersign.yaml. Else change nothing in the database, and ask your security team.',
          ONCE,
        ],
      };
    case 'unwitnessed':
      return {
        title: `${alarm.seen} of ${alarm.needed} witnesses have seen the newest entries of the ledger`,
        opening: `A checkpoint over ${alarm.size} entries has waited for witnesses since ${utc(alarm.since)}. Until they are back, nobody else can tell whether newer entries are changed.`,
        ask: [
          'See what each witness answers: it is the result of the workflow checkpoints/... in Temporal.',
          'Start the witness again, or ask whoever runs it. Actions go on as before.',
          'If it does not come back, take it out of "witnesses" in countersign.yaml, or lower "witnessesNeeded".',
          ONCE,
        ],
      };
  }
}
