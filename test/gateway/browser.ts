interface Me {
  readonly person: string;
  readonly csrf: string;
}

/**
 * What a browser does with requests, as far as the gateway can tell: it keeps cookies by host, says where a request comes
 * from, and can follow redirects. Whether it really withholds a cookie is tested in Chromium.
 */
export class Browser {
  readonly origin: string;
  readonly #jars = new Map<string, Map<string, string>>();

  constructor(origin: string) {
    this.origin = origin;
  }

  /** One request, redirects not followed. Cookies that it sets are kept. */
  async send(
    address: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const url = new URL(address, this.origin);
    const jar = this.#jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) keep(jar, set);
    return response;
  }

  /** A page, and whatever it redirects to. */
  async open(
    address: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<{ url: URL; response: Response }> {
    let url = new URL(address, this.origin);
    let response = await this.send(url.href, init);
    for (let i = 0; i < 20 && response.status >= 300 && response.status < 400; i += 1) {
      url = new URL(response.headers.get('location') ?? '', url);
      response = await this.send(url.href);
    }
    return { url, response };
  }

  /** Sends a form, as a page of the gateway does. */
  form(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: this.origin, 'sec-fetch-site': 'same-origin', ...headers },
    });
  }

  /** Sends JSON, as a script of a page does: with the token of the session. */
  async json(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const token = headers['x-csrf-token'] ?? (await this.me()).csrf;
    return this.send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.origin, 'x-csrf-token': token, ...headers },
    });
  }

  async me(): Promise<Me> {
    const answer = await this.send('/api/me');
    if (answer.status !== 200) throw new Error(`nobody is signed in: ${answer.status}`);
    return (await answer.json()) as Me;
  }

  /** Who is signed in, as the gateway sees it. */
  async person(): Promise<string | undefined> {
    const answer = await this.send('/api/me');
    return answer.status === 200 ? ((await answer.json()) as Me).person : undefined;
  }

  cookies(origin = this.origin): Map<string, string> {
    return this.#jar(new URL(origin));
  }

  #jar({ hostname }: URL): Map<string, string> {
    const jar = this.#jars.get(hostname) ?? new Map<string, string>();
    this.#jars.set(hostname, jar);
    return jar;
  }
}

function keep(jar: Map<string, string>, set: string): void {
  const [pair = '', ...attributes] = set.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const over = attributes.some(
    (each) => /^max-age=0$/i.test(each) || /^expires=Thu, 01 Jan 1970/i.test(each),
  );
  if (over) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
}
