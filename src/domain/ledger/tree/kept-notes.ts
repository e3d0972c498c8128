import { base64 } from '@scure/base';

/** A checkpoint with its signatures: name, size, root, lines of extensions, an empty line, signatures. */
const NOTE = /^[^\n]+\n\d+\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n(?:— \S+ \S+\n)+/gm;

/** Lines of base64 (RFC 2045), as a mail carries what is attached to it. */
const BASE64_LINES = /(?:^[A-Za-z0-9+/]{1,76}={0,2}\n)+/gm;

/**
 * The checkpoints in a text that somebody kept: one, many behind each other, or a mail that carries one. Who signed them is still to be verified, so
 * nothing that stands around them matters. A text without any is returned as it is: whoever opens it says what is wrong.
 */
export function notesIn(text: string): readonly string[] {
  const lines = text.replaceAll('\r\n', '\n');
  const places = [() => [lines], () => decodedBlocks(lines), () => [quotedPrintable(lines)]];
  for (const place of places) {
    const notes = place().flatMap((found) => found.match(NOTE) ?? []);
    if (notes.length > 0) return [...new Set(notes)];
  }
  return [text];
}

function decodedBlocks(text: string): string[] {
  return (text.match(BASE64_LINES) ?? []).flatMap((block) => {
    try {
      return utf8(base64.decode(block.replaceAll('\n', ''))).replaceAll('\r\n', '\n');
    } catch {
      return [];
    }
  });
}

/** Decodes quoted-printable (RFC 2045). */
const quotedPrintable = (text: string): string =>
  text
    .replaceAll('=\n', '')
    .replace(/(?:=[0-9A-F]{2})+/g, (bytes) =>
      utf8(Uint8Array.from(bytes.match(/[0-9A-F]{2}/g) ?? [], (hex) => Number.parseInt(hex, 16))),
    );

const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
