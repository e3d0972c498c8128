// Makes a passkey. Whoever has one already, or an authenticator app, proves that first.
const form = document.querySelector('form[data-register]');
const status = document.getElementById('register-status');

async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': form.elements.namedItem('csrf').value },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? `status ${response.status}`);
  return answer;
}

async function proof(startAuthentication) {
  const code = form.elements.namedItem('code')?.value;
  if (code) return { proof: { kind: 'totp', code } };
  if (form.dataset.prove !== 'passkey') return {};
  const assertion = await startAuthentication({ optionsJSON: await post('/api/step-up/options', {}) });
  return { proof: { kind: 'passkey', assertion } };
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { startAuthentication, startRegistration } = globalThis.SimpleWebAuthnBrowser;
  try {
    const optionsJSON = await post('/api/factors/passkeys/options', await proof(startAuthentication));
    const attestation = await startRegistration({ optionsJSON });
    form.elements.namedItem('attestation').value = JSON.stringify(attestation);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    status.textContent = `No passkey was added: ${globalThis.whyNot(error)}`;
  }
});
