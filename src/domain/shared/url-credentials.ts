/** Whether an address, as far as it is one, holds a user name or a password: fetch refuses it, and whoever shows it tells them. */
export function holdsCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}
