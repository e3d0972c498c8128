import { html } from 'hono/html';
import type { Passkey } from '../ports/factors.ts';
import { type Frame, type Markup, PATHS } from './index.ts';

/** The data for a form that asks for a second proof. */
export interface Proving {
  readonly frame: Frame;
  readonly passkeys: readonly Passkey[];
  readonly totp: boolean;
}

interface Shape {
  readonly path: string;
  readonly fields?: Markup | string;
  readonly button: string;
  /** Makes the ids of the form's labels unique. */
  readonly id: string;
  /** The address of a passkey's options that are bound to all fields of the form. Absent: the options for a change of factors. */
  readonly options?: string;
}

/** A form that also asks for a proof with an existing factor, where the person has one. */
export function provenForm({ frame, passkeys, totp }: Proving, { path, fields, button, id, options }: Shape) {
  const passkey =
    passkeys.length === 0
      ? ''
      : options === undefined
        ? html`data-passkey="${PATHS.stepUpOptions}"`
        : html`data-passkey="${options}" data-whole`;
  return html`<form method="post" action="${path}" ${passkey}>
    <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
    ${passkeys.length > 0 ? html`<input type="hidden" name="assertion" value="">` : ''}
    ${fields ?? ''} ${totp ? code(id) : ''} <button>${button}</button>
    ${passkeys.length > 0 ? html`<p class="told" role="status"></p>` : ''}</form>`;
}

export const code = (
  id: string,
  required = false,
): Markup => html`<p><label for="code-${id}">Code of your authenticator app</label>
  <input id="code-${id}" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" size="8" ${required ? 'required' : ''}></p>`;
