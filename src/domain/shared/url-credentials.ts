/** Whether an address is a URL with a user name or a password. Fetch refuses such a URL, and showing it would reveal them. */
export function holdsCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}
