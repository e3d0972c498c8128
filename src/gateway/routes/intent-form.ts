import { plainly } from '../../contract/zod-messages.ts';
import { exactJsonIn } from '../../domain/shared/exact-json.ts';
import { type Proof, proofSchema } from '../auth/step-up.ts';
import { confirmedIn, type Form, typedIn } from '../pages/form.ts';
import { reasonSent } from '../pages/index.ts';
import { Problem } from '../ports/problem.ts';
import { type Intent, intentSchema } from '../use-cases/decide.ts';
import { soundForm } from './sound-form.ts';

/** The intent in a page's form. @throws Problem with everything that is wrong with it */
export function intentIn(form: Form): Intent {
  const field = (name: string) => {
    const value = typedIn(form, name);
    return value?.trim() === '' ? undefined : value;
  };
  const params = field('params');
  const reason = reasonSent({ named: field('named'), reason: field('reason') });
  const confirmed = confirmedIn(form);
  const proof = proofIn(form);
  const parsed = intentSchema.safeParse(
    {
      verdict: field('verdict'),
      runId: field('runId'),
      digest: field('digest'),
      ...(reason === undefined ? {} : { reason }),
      ...(params === undefined ? {} : { params: jsonField('params', params) }),
      ...(field('incident') === undefined ? {} : { incident: field('incident')?.trim() }),
      ...(confirmed.length === 0 ? {} : { confirmed }),
      ...(proof ? { proof } : {}),
    },
    { error: plainly },
  );
  return soundForm(parsed);
}

/** The second proof in a form: a passkey's answer, or a code. Undefined: there is none. @throws Problem when it is malformed */
export function proofIn({ assertion, code }: Form): Proof | undefined {
  const givenProof =
    typeof assertion === 'string' && assertion !== ''
      ? { kind: 'passkey', assertion: jsonField('assertion', assertion) }
      : typeof code === 'string' && code.trim() !== ''
        ? { kind: 'totp', code: code.trim() }
        : undefined;
  const parsed = proofSchema.optional().safeParse(givenProof, { error: plainly });
  return soundForm(parsed, 'proof');
}

export function jsonField(where: string, text: string): unknown {
  const json = exactJsonIn(text);
  if (json.kind === 'json') return json.value;
  const faults =
    json.kind === 'none'
      ? [{ where, problem: 'is not JSON' }]
      : json.faults.map((fault) => ({ ...fault, where: `${where}.${fault.where}` }));
  throw new Problem('malformed', 'the form is faulty', { faults });
}
