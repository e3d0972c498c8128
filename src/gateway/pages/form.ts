/** What a form holds, as its browser sent it. */
export type Form = Readonly<Record<string, unknown>>;

/** What was typed into a field. Browsers send a line break as CRLF: it is read, signed and hashed as the one that was typed. */
export const typedIn = (form: Form, name: string): string | undefined => {
  const value = form[name];
  return typeof value === 'string' ? value.replaceAll(/\r\n?/g, '\n') : undefined;
};
