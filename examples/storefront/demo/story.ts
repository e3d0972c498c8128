import { styleText } from 'node:util';
import type { Ruling } from 'countersign';
import { oneLine } from '../../../src/briefing/text.ts';
import { rulingLine } from '../../../src/cli/text.ts';

/** One thing a scenario must do, and what was really seen. */
export interface Check {
  readonly what: string;
  readonly must: unknown;
  readonly seen: unknown;
  readonly ok: boolean;
}

export const check = (what: string, must: unknown, seen: unknown): Check => ({
  what,
  must,
  seen,
  ok: JSON.stringify(must) === JSON.stringify(seen),
});

/** Tells what happens, as it happens. */
export class Story {
  title(number: number, text: string): void {
    process.stdout.write(`\n${styleText('bold', `${number}. ${text}`)}\n`);
  }

  line(who: string, what: string | Ruling): void {
    const text = typeof what === 'string' ? what : rulingLine(what);
    process.stdout.write(`   ${styleText('dim', who.padEnd(13))} ${oneLine(text, 300)}\n`);
  }

  checked({ what, must, seen, ok }: Check): void {
    const mark = ok ? styleText('green', '✔') : styleText('red', '✘');
    const detail = ok ? JSON.stringify(seen) : `${JSON.stringify(seen)}, it must be ${JSON.stringify(must)}`;
    process.stdout.write(`   ${mark} ${what}: ${detail}\n`);
  }

  /** Progress of the set-up, apart from the story. */
  note(text: string): void {
    process.stderr.write(`${styleText('dim', text)}\n`);
  }
}
