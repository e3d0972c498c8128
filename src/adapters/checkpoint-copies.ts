import { open } from 'node:fs/promises';
import type { CopyKeeper, Kept } from '../activities/ports/copies.ts';
import { createMailer, type MailerOptions } from './mail/smtp.ts';

/** Appends checkpoints to a file, each behind an empty line: so one that was torn off ends there. */
export const createFileCopies = (file: string): CopyKeeper => ({
  place: `file ${file}`,
  everyMs: 0,
  keep: ({ size, note }) =>
    append(file, `\n${note}`).then(
      (): Kept => ({ kind: 'kept', detail: `stored the first ${size} entries' checkpoint` }),
      (error: Error): Kept => ({ kind: 'failed', reason: `it cannot be written: ${error.message}` }),
    ),
});

/** Resolves once the text is durable. */
async function append(file: string, text: string): Promise<void> {
  const handle = await open(file, 'a', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Mails checkpoints to people of the catalog. The same checkpoint has the same Message-ID. */
export function createMailCopies(
  options: MailerOptions,
  log: string,
  {
    to,
    people,
    everyMs,
  }: { readonly to: string; readonly people: readonly string[]; readonly everyMs: number },
): CopyKeeper {
  const mailer = createMailer(options);
  return {
    place: `mail to ${to}`,
    everyMs,
    keep: async ({ size, note }) => {
      const sent = await mailer(people, `checkpoints/${log}/${size}`, () => ({
        subject: `Checkpoint of the ledger of ${log}: ${size} entries`,
        text: MAIL_TEXT,
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: [
          { filename: `checkpoint-${size}.txt`, content: note, contentType: 'text/plain; charset=utf-8' },
        ],
      }));
      return sent.kind === 'delivered'
        ? { kind: 'kept', detail: sent.detail }
        : { kind: 'failed', reason: sent.reason };
    },
  };
}

const MAIL_TEXT = `A checkpoint of the ledger is attached. It says how many entries the ledger has, and has a hash over all of them.

Keep this mail. Nobody can change the ledger and have it agree with the checkpoint. To find out whether it still does, save this mail
or what is attached to it, and give the file:

    countersign ledger verify --checkpoint FILE
`;
