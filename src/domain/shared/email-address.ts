/** An address as people compare it: mail servers in use do not tell letter case apart. */
export const emailAddressOf = (email: string): string => email.trim().toLowerCase();

/** The mailbox that an address reaches: what follows a plus in its local part is only a label of the same mailbox. */
export function mailboxOf(email: string): string {
  const address = emailAddressOf(email);
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at).replace(/\+.*$/, '')}${address.slice(at)}`;
}
