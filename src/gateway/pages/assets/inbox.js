// What pages do besides being read: they stay up to date, and ask for a passkey. Without this file all of them work.
const main = document.getElementById('main');
const changed = document.getElementById('changed');

/** The server's time, as far as it told when it made the page: the clock of this device may be wrong. */
let ahead = Number(main?.dataset.now ?? Date.now()) - Date.now();
const now = () => Date.now() + ahead;

/** Parts as they were served: what happens to them here, such as a time that ticks, is no news. */
const served = new WeakMap();
const PARTS = '[data-live]';
const remember = (root) => {
  for (const part of root.querySelectorAll(PARTS)) served.set(part, part.innerHTML);
};
remember(document);

/** Whether somebody is at work in it: it is not taken away from under their hands. */
const isInUse = (part) =>
  part.querySelector('form[data-busy]') !== null ||
  [...part.querySelectorAll('input:not([type=hidden]), textarea, select')].some((field) =>
    field.options
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.value !== '')
      : field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  );

/** Fetches the page that is shown once more, and puts what is new in place of what is old. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'manual' });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  ahead = Number(fresh.getElementById('main')?.dataset.now ?? now()) - Date.now();
  const digest = (of) => of.querySelector('[data-digest]')?.dataset.digest;
  if (digest(document) !== digest(fresh)) return changeWhole(fresh);
  let something = false;
  let kept = false;
  for (const part of document.querySelectorAll(PARTS)) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!next || next.innerHTML === served.get(part)) continue;
    const old = new DOMParser().parseFromString(served.get(part), 'text/html').body;
    const isNews = next.textContent.replace(/\(.*?\)/g, '') !== old.textContent.replace(/\(.*?\)/g, '');
    something ||= isNews;
    if (isInUse(part)) kept ||= isNews;
    else replace(part, next);
  }
  if (kept) say(`What you can do with this action has changed. ${KEPT}`);
  else if (something) say('Updated just now.');
}

const KEPT = 'What you typed is kept: load the page again to see what it is now.';

/** What is decided on is another action by now: what was read, and the forms for it, no longer count. */
function changeWhole(fresh) {
  if (isInUse(main)) return say(`This action has changed. ${KEPT}`);
  const wholes = [...document.querySelectorAll('[data-whole]')].map((whole) => [
    whole,
    fresh.querySelector(`[data-whole="${whole.dataset.whole}"]`),
  ]);
  if (wholes.length === 0 || wholes.some(([, next]) => !next)) return location.reload();
  for (const [whole, next] of wholes) replace(whole, next);
  say('This action has changed. What you see is what it is now.');
}

/** Keeps the keyboard where it is, where what it is on is still there, and open what was opened. */
function replace(part, next) {
  const held = part.contains(document.activeElement) ? placeOf(document.activeElement) : undefined;
  const opened = [...part.querySelectorAll('details[open] > summary')].map((summary) => summary.textContent);
  served.set(part, next.innerHTML);
  part.replaceChildren(...next.childNodes);
  remember(part);
  for (const summary of part.querySelectorAll('summary'))
    if (opened.includes(summary.textContent)) summary.parentElement.open = true;
  if (held) (part.querySelector(held) ?? main).focus();
  showTimes();
}

/** Where the keyboard is, as it is found once more. */
function placeOf(element) {
  const verdict = element.closest('form')?.elements.namedItem('verdict')?.value;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches('button') && verdict)
    return `form:has([name="verdict"][value="${CSS.escape(verdict)}"]) button`;
  return `[href="${CSS.escape(element.getAttribute('href') ?? '')}"]`;
}

function say(text) {
  if (changed.textContent !== text) changed.textContent = text;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** As the server writes it: "in 4 minutes", "2 hours 5 minutes ago". */
function fromNow(at) {
  const apart = Math.abs(at - now());
  const unit = apart < 60_000 ? 1_000 : apart < 2 * 86_400_000 ? 60_000 : 86_400_000;
  const rounded = Math.round(apart / unit) * unit;
  if (rounded === 0) return 'now';
  let rest = rounded;
  const parts = UNITS.flatMap(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${name}${count === 1 ? '' : 's'}`];
  });
  const words = parts.slice(0, 2).join(' ');
  return at > now() ? `in ${words}` : `${words} ago`;
}

/** Times go on. */
function showTimes() {
  for (const span of document.querySelectorAll('[data-from]')) {
    const text = `(${fromNow(Number(span.dataset.from))})`;
    if (span.textContent !== text) span.textContent = text;
  }
}

let lookedAt = now();

/** Whether a time of the page is over since the last look, or soon will be: the page says more then. */
function isOver() {
  const before = lookedAt;
  lookedAt = now();
  return [...document.querySelectorAll('[data-from]')].some((span) => {
    const at = Number(span.dataset.from);
    return [at, at - SOON_MS].some((edge) => before < edge && edge <= lookedAt);
  });
}
/** So long before its time is over the page says that it soon is. */
const SOON_MS = 5 * 60_000;

if (main?.dataset.events) {
  const [, own] = location.pathname.match(/^\/actions\/([^/]+)$/) ?? [];
  let due;
  let last = 0;
  // Many changes at once are one, and a busy night does not keep the browser busy.
  const soon = () => {
    clearTimeout(due);
    due = setTimeout(
      () => {
        last = performance.now();
        refresh().catch(() => undefined);
      },
      Math.max(300, last + 2_000 - performance.now()),
    );
  };
  const events = new EventSource(main.dataset.events);
  if (own) {
    events.addEventListener('action', ({ data }) => {
      if (['*', decodeURIComponent(own)].includes(JSON.parse(data).actionId)) soon();
    });
  } else events.addEventListener('pending', soon);
  // What changed since the page was made, or while the connection was lost, nobody told.
  events.addEventListener('open', soon);
  // Nobody tells that a time is over: what can be done then is another thing.
  setInterval(() => isOver() && soon(), 1_000);
}
setInterval(showTimes, 1_000);

/** What an assertion is to be bound to: all that the form says, or what it decides. */
function about(form, sent) {
  if (form.dataset.whole !== undefined) return { body: new URLSearchParams(sent) };
  const params = sent.get('params');
  const confirmed = [...sent.keys()].flatMap((name) => /^confirms-(.+)$/.exec(name)?.[1] ?? []);
  return {
    headers: { 'content-type': 'application/json', 'x-csrf-token': sent.get('csrf') },
    body: JSON.stringify({
      actionId: form.dataset.action,
      runId: sent.get('runId'),
      digest: sent.get('digest'),
      verdict: sent.get('verdict'),
      ...(params ? { params: JSON.parse(params) } : {}),
      ...(sent.get('incident') ? { incident: sent.get('incident').trim() } : {}),
      ...(confirmed.length > 0 ? { confirmed } : {}),
    }),
  };
}

/** With a passkey: its assertion is bound to what the form says. A code that was typed goes without. */
async function prove(form, button) {
  const sent = new FormData(form);
  const { startAuthentication } = globalThis.SimpleWebAuthnBrowser;
  const response = await fetch(form.dataset.passkey, { method: 'POST', ...about(form, sent) });
  if (!response.ok)
    throw new Error((await response.json().catch(() => ({}))).detail ?? 'The passkey cannot be asked for.');
  const assertion = await startAuthentication({ optionsJSON: await response.json() });
  form.elements.namedItem('assertion').value = JSON.stringify(assertion);
  HTMLFormElement.prototype.submit.call(form);
  button.disabled = true;
}

/** What browsers say of a passkey is for programmers. What the gateway said is for people. */
globalThis.whyNot = ({ name, message }) => {
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'the passkey was not used: it was cancelled, or took too long.';
    case 'InvalidStateError':
      return 'this device holds a passkey of yours already.';
    case 'SyntaxError':
      return 'the parameters are not JSON.';
    case 'TypeError':
      return 'the gateway does not answer: try again soon.';
    case 'Error':
      return message;
    default:
      return 'this browser or device cannot do that here.';
  }
};

// For forms that come later, too.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('form[data-passkey]')) return;
  const code = form.elements.namedItem('code');
  if (code?.value || form.elements.namedItem('assertion').value) return;
  event.preventDefault();
  const told = form.querySelector('.told');
  told.textContent = 'Your passkey is asked for.';
  form.dataset.busy = '';
  prove(form, event.submitter ?? form.querySelector('button')).catch((error) => {
    delete form.dataset.busy;
    // Beside the button that was pressed: on a phone the top of the page is far away.
    told.textContent = `Nothing was sent: ${globalThis.whyNot(error)}`;
  });
});

// Who follows a finding tells so: the team learns which findings help. The link leads there all the same.
document.addEventListener('click', ({ target }) => {
  const link = target.closest('a[data-followed]');
  const csrf = document.querySelector('input[name="csrf"]')?.value;
  if (!link || !csrf) return;
  const body = new URLSearchParams({ csrf, finding: link.dataset.finding });
  fetch(link.dataset.followed, { method: 'POST', body, keepalive: true }).catch(() => undefined);
});
