/** The fields of a form, as the browser sent them. */
export type Form = Readonly<Record<string, unknown>>;

/** The text of a field. Browsers send a line break as CRLF; it is converted back to LF, as it was typed, before it is signed and hashed. */
export const typedIn = (form: Form, name: string): string | undefined => {
  const value = form[name];
  return typeof value === 'string' ? value.replaceAll(/\r\n?/g, '\n') : undefined;
};
