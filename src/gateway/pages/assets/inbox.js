// What pages do besides being read: they stay up to date, and ask for a passkey. Without this file all of them work.
const main = document.getElementById('main');
const changed = document.getElementById('changed');

/** Fetches the page that is shown once more, and puts what is new in place of what is old. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'manual' });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const digest = (of) => of.querySelector('[data-digest]')?.dataset.digest;
  // What is decided on is another action by now: the forms are for what was read, and no longer count.
  if (digest(document) !== digest(fresh))
    return say('This action has changed. Load the page again to see it.');
  let something = false;
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!next || next.innerHTML === part.innerHTML) continue;
    something ||= next.textContent.replace(/\(.*?\)/g, '') !== part.textContent.replace(/\(.*?\)/g, '');
    replace(part, next);
  }
  if (something) say('Updated just now.');
}

/** Keeps the keyboard where it is, where what it is on is still there. */
function replace(part, next) {
  const held = part.contains(document.activeElement) ? document.activeElement : undefined;
  const at =
    held && (held.id ? `#${CSS.escape(held.id)}` : `[href="${CSS.escape(held.getAttribute('href') ?? '')}"]`);
  part.replaceChildren(...next.childNodes);
  if (at) (part.querySelector(at) ?? main).focus();
}

function say(text) {
  changed.textContent = text;
}

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
}

/** What an assertion is to be bound to: all that the form says, or what it decides. */
function about(form, sent) {
  if (form.dataset.whole !== undefined) return { body: new URLSearchParams(sent) };
  const params = sent.get('params');
  return {
    headers: { 'content-type': 'application/json', 'x-csrf-token': sent.get('csrf') },
    body: JSON.stringify({
      actionId: form.dataset.action,
      runId: sent.get('runId'),
      digest: sent.get('digest'),
      verdict: sent.get('verdict'),
      ...(params ? { params: JSON.parse(params) } : {}),
      ...(sent.get('incident') ? { incident: sent.get('incident').trim() } : {}),
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

for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.addEventListener('submit', (event) => {
    const code = form.elements.namedItem('code');
    if (code?.value || form.elements.namedItem('assertion').value) return;
    event.preventDefault();
    const told = form.querySelector('.told');
    told.textContent = 'Your passkey is asked for.';
    prove(form, event.submitter ?? form.querySelector('button')).catch((error) => {
      // Beside the button that was pressed: on a phone the top of the page is far away.
      told.textContent = `Nothing was sent: ${globalThis.whyNot(error)}`;
    });
  });
}
