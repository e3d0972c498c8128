import { describe, expect, test } from 'vitest';
import { signCheckpoint } from '../../../../src/domain/ledger/tree/checkpoint.ts';
import { notesIn } from '../../../../src/domain/ledger/tree/kept-notes.ts';
import { EMPTY_ROOT } from '../../../../src/domain/ledger/tree/merkle.ts';

const note = (size: number) =>
  signCheckpoint(
    { origin: 'storefront', size, root: EMPTY_ROOT },
    { name: 'storefront', seed: new Uint8Array(32) },
  );

const bytesOf = (text: string) => Buffer.from(text, 'utf8');
/** As a mail program writes a text that is not ASCII: RFC 2045, with lines of 76 characters at most. */
const quotedPrintable = (text: string) =>
  [...bytesOf(text)]
    .map((byte) =>
      byte === 0x0a || (byte >= 0x20 && byte < 0x7f && byte !== 0x3d)
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
    .split('\n')
    .map((line) => line.replace(/.{60}(?=.)/g, '$&=\n'))
    .join('\n');
const base64 = (text: string) =>
  (
    bytesOf(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\n');

const HEADERS = 'From: countersign@storefront.example\nSubject: Checkpoint\nContent-Type: text/plain\n';

describe('the checkpoints in what somebody kept', () => {
  test.each<[string, string, readonly number[]]>([
    ['one', note(3), [3]],
    ['one with the line ends of Windows', note(3).replaceAll('\n', '\r\n'), [3]],
    ['many behind each other', `\n${note(3)}\n${note(5)}`, [3, 5]],
    ['one that was torn off, and one behind it', `\n${note(3).slice(0, 30)}\n${note(5)}`, [5]],
    ['a mail with one in its text', `${HEADERS}\nHere it is:\n\n${note(3)}\nBye\n`, [3]],
    ['a mail in quoted-printable', `${HEADERS}\n${quotedPrintable(note(3))}\n`, [3]],
    ['a mail in base64', `${HEADERS}\n${base64(note(3))}\n\n--end--\n`, [3]],
  ])('are found in %s', (_, text, sizes) => {
    expect(notesIn(text)).toEqual(sizes.map(note));
  });

  test('a text without any is left to whoever opens it', () => {
    expect(notesIn('nothing')).toEqual(['nothing']);
  });
});
