/** The fields of a form, as the browser sent them. */
export type Form = Readonly<Record<string, unknown>>;

/** The name of a box that confirms a finding begins so, and ends with its digest: no field may be there twice. */
export const CONFIRMS = 'confirms-';

/** The digests of what was confirmed in a form: of each box that was ticked. */
export const confirmedIn = (form: Form): string[] =>
  Object.keys(form).flatMap((name) => (name.startsWith(CONFIRMS) ? name.slice(CONFIRMS.length) : []));

/** The text of a field. Browsers send a line break as CRLF; it is converted back to LF, as it was typed, before it is signed and hashed. */
export const typedIn = (form: Form, name: string): string | undefined => {
  const value = form[name];
  return typeof value === 'string' ? value.replaceAll(/\r\n?/g, '\n') : undefined;
};
