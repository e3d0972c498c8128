/** One browser, in which somebody signed in to a gateway. */
export interface Session {
  /** The page. Throws where it is any answer but 200. */
  get(path: string): Promise<string>;
  post(path: string, body: object): Promise<string>;
}

/** Signs in as anybody may in development. */
export async function signIn(origin: string, person: string): Promise<Session> {
  const answer = await fetch(`${origin}/sign-in/development`, {
    method: 'POST',
    body: new URLSearchParams({ person, next: '/pending' }),
    headers: { origin },
    redirect: 'manual',
  });
  const [cookie = ''] = answer.headers.getSetCookie().map((set) => set.split(';')[0] ?? '');
  if (answer.status !== 303) throw new Error(`${person} cannot sign in: ${await answer.text()}`);
  const get = (path: string) => read(`${origin}${path}`, { headers: { cookie } });
  const { csrf } = JSON.parse(await get('/api/me')) as { csrf: string };
  return {
    get,
    post: (path, body) =>
      read(`${origin}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { cookie, origin, 'content-type': 'application/json', 'x-csrf-token': csrf },
      }),
  };
}

async function read(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}
