export const iso = (ms: number) => new Date(ms).toISOString();

/** Ends a text with a period. It is not capitalised, because many begin with a name. */
export const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
