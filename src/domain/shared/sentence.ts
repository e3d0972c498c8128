export const iso = (ms: number) => new Date(ms).toISOString();

/** Not capitalised: many begin with a name. */
export const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
