import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { CaughtMail } from './outbox-mail.ts';
import type { CaughtPage } from './outbox-pager.ts';
import { STYLESHEET } from './outbox-style.ts';

/** The content security policy. Others wrote what is shown: nothing of it may run, load or send anything. */
const POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The sandbox of a mail. Links in a mail open tabs of their own, as plain pages outside the sandbox. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';
/** The policy of a mail, which has inline styles. A mail is sandboxed even when it is opened without our frame around it. */
const MAIL_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox ${SANDBOX}`;
const MOST_SHOWN = 200;

type Markup = ReturnType<typeof html>;

/** The pages that show the caught messages: a list, and each mail with its HTML, text, headers and source. */
export function showOutbox(mails: readonly CaughtMail[], pages: readonly CaughtPage[]): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    // Without this check, a site whose name resolves to this machine could read the mails (DNS rebinding).
    if (!['127.0.0.1', 'localhost'].includes(new URL(c.req.url).hostname)) return c.text('unknown host', 421);
    c.header('Content-Security-Policy', POLICY);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    return next();
  });
  app.get('/', (c) => c.html(page('Outbox', list(mails, pages))));
  app.get('/outbox.css', (c) => c.body(STYLESHEET, 200, { 'Content-Type': 'text/css; charset=utf-8' }));

  const ofMail = (answer: (c: Context, mail: CaughtMail, number: number) => Response | Promise<Response>) => {
    return (c: Context) => {
      const number = Number(c.req.param('number'));
      const mail = mails[number - 1];
      return mail ? answer(c, mail, number) : c.notFound();
    };
  };
  const atMail = '/mails/:number{[0-9]+}';
  app.get(
    atMail,
    ofMail((c, mail, number) => c.html(page(subjectOf(mail), mailView(mail, number)))),
  );
  app.get(
    `${atMail}/source`,
    ofMail((c, mail) => c.text(mail.raw)),
  );
  app.get(
    `${atMail}/html`,
    ofMail((c, mail) => c.html(withLinksInTabs(mail.html), 200, { 'Content-Security-Policy': MAIL_POLICY })),
  );
  return app;
}

function page(title: string, body: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/outbox.css" />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}

function list(mails: readonly CaughtMail[], pages: readonly CaughtPage[]): Markup {
  const caught = [
    ...mails.map((mail, index) => ({ at: mail.at, item: () => mailItem(mail, index + 1) })),
    ...pages.map((caughtPage) => ({ at: caughtPage.at, item: () => pageItem(caughtPage) })),
  ];
  const newestItems = caught
    .reverse()
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, MOST_SHOWN);
  const olderCount = caught.length - newestItems.length;
  return html`<p class="faint">Mails: ${mails.length}. Pages: ${pages.length}. Nothing was delivered to anyone.</p>
    <ol>
      ${newestItems.map(({ item }) => item())}
    </ol>
    ${olderCount > 0 ? html`<p class="faint">${olderCount} older ones are not listed.</p>` : ''}`;
}

const subjectOf = (mail: CaughtMail) => mail.subject || '(no subject)';

function mailItem(mail: CaughtMail, number: number): Markup {
  return html`<li>
    <p class="kind">Mail</p>
    <p><a href="/mails/${number}">${subjectOf(mail)}</a></p>
    <p class="faint">to ${mail.to.join(', ')}, ${time(mail.at)}</p>
  </li>`;
}

function pageItem({ event, dedupKey, at }: CaughtPage): Markup {
  const payload = event.event_action === 'trigger' ? event.payload : undefined;
  return html`<li>
    <p class="kind ${payload?.severity ?? ''}">Page, ${event.event_action}${payload ? `, ${payload.severity}` : ''}</p>
    <p>${payload?.summary ?? dedupKey}</p>
    <p class="faint">${payload ? `from ${payload.source}, ` : ''}${time(at)}</p>
    <details>
      <summary class="faint">Event ${dedupKey}</summary>
      <pre>${JSON.stringify(event, null, 2)}</pre>
    </details>
  </li>`;
}

function mailView(mail: CaughtMail, number: number): Markup {
  const headers = Object.entries(mail.headers).map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`,
  );
  const asHtml = html`<h2>HTML</h2>
    <iframe src="/mails/${number}/html" sandbox="${SANDBOX}" title="The mail as HTML"></iframe>`;
  return html`<p><a href="/">Outbox</a> · <a href="/mails/${number}/source">Source</a></p>
    <dl>
      <dt>From</dt><dd>${mail.from}</dd>
      <dt>To</dt><dd>${mail.to.join(', ')}</dd>
      <dt>Caught</dt><dd>${time(mail.at)}</dd>
    </dl>
    ${mail.html ? asHtml : ''}
    <h2>Text</h2>
    <pre>${mail.text}</pre>
    <h2>Headers</h2>
    <dl>${headers}</dl>`;
}

function time(at: Date): Markup {
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** Makes links open in new tabs, because the sandbox cannot show their pages. Inserted after the doctype, to avoid quirks mode. */
function withLinksInTabs(mail: string): string {
  return mail.replace(/^\s*(<!doctype[^>]*>)?/i, '$1<base target="_blank">');
}
