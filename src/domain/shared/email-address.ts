/** Returns an address for comparison: mail servers in use ignore letter case. */
export const emailAddressOf = (email: string): string => email.trim().toLowerCase();

/** Returns the mailbox of an address: the part after a plus in its local part is only a label of the same mailbox. */
export function mailboxOf(email: string): string {
  const address = emailAddressOf(email);
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at).replace(/\+.*$/, '')}${address.slice(at)}`;
}
