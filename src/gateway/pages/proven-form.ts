import { html } from 'hono/html';
import type { Passkey } from '../ports/factors.ts';
import type { Frame, Markup } from './data.ts';
import { PATHS } from './paths.ts';

/** A person with the factors that they have. */
export interface Proving {
  readonly frame: Frame;
  readonly passkeys: readonly Passkey[];
  readonly totp: boolean;
}

/** By what a person can prove once more who they are. */
export interface Factors {
  readonly passkey: boolean;
  readonly totp: boolean;
}

export const factorsIn = ({ passkeys, totp }: Pick<Proving, 'passkeys' | 'totp'>): Factors => ({
  passkey: passkeys.length > 0,
  totp,
});

interface Shape {
  readonly path: string;
  readonly fields?: Markup | string;
  readonly button: string;
  /** How the button looks. */
  readonly kind?: string;
  /** Makes the ids of the form's labels unique. */
  readonly id: string;
  /** The address of a passkey's options that are bound to all fields of the form. Absent: the options for a change of factors. */
  readonly options?: string;
}

/** A form that also asks for a proof with an existing factor, where the person has one. */
export function provenForm(
  frame: Frame,
  { passkey, totp }: Factors,
  { path, fields, button, kind = '', id, options }: Shape,
): Markup {
  const asksFor = options === undefined ? PATHS.stepUpOptions : options;
  const bound = passkey ? html`data-passkey="${asksFor}" ${options === undefined ? '' : 'data-whole'}` : '';
  return html`<form method="post" action="${path}" ${bound}>
    <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
    ${passkey ? html`<input type="hidden" name="assertion" value="">` : ''}
    ${fields ?? ''} ${totp ? code(id) : ''} <button class="${kind}">${button}</button>
    ${passkey ? html`<p class="told" role="status"></p>` : ''}</form>`;
}

/** The field for a code, where there is no passkey or no JavaScript. */
export const code = (
  id: string,
  required = false,
): Markup => html`<p><label for="code-${id}">Code of your authenticator app</label>
  <input id="code-${id}" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" size="8" ${required ? 'required' : ''}></p>`;
