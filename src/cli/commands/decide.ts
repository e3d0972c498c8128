import { exactLine } from '../../briefing/text.ts';
import type { Countersign } from '../../client/index.ts';
import type { DecisionAnswer } from '../../contract/decision-answer.ts';
import { DecisionRefused } from '../../contract/errors.ts';
import { type DecisionKind, MOST_CONFIRMED } from '../../domain/approval/decision-statement.ts';
import { needsReason } from '../../domain/approval/verify-decision.ts';
import type { Confirmation } from '../../domain/findings/confirmation.ts';
import { exactJsonIn } from '../../domain/shared/exact-json.ts';
import { faultsText, isJsonRecord, type Json } from '../../domain/shared/json.ts';
import { shownJson } from '../../domain/shared/shown-json.ts';
import { answered, WorkerUnavailable } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { confirmed } from '../confirmed.ts';
import { connected } from '../connected.ts';
import { isUnreachable, NotHandedIn } from '../exit-status.ts';
import { print } from '../print.ts';
import { questionOf } from '../question.ts';
import { readKey, signDecision } from '../signing.ts';
import { signsFor } from '../signing-options.ts';
import { VERDICTS, type Word } from '../verdicts.ts';

export interface Decided {
  readonly key: string;
  readonly reason?: string;
  readonly params?: string;
  readonly incident?: string;
  readonly although?: readonly string[];
  readonly yes?: boolean;
}

/** Shows what would run, and signs the person's decision on exactly that. */
export async function decide(command: CliCommand, id: string, word: Word, options: Decided): Promise<void> {
  const key = await readKey(options.key);
  const verdict = VERDICTS[word];
  const content = saidWith(word, options);
  await notHandedIn(command, async (countersign) => {
    const question = await questionOf(countersign, id, command.io.env.COUNTERSIGN_DATABASE_URL);
    const { workflowId, runId, digest, installation } = question;
    requireFor(signsFor(command), installation);
    const toConfirm = verdict === 'approve' ? question.toConfirm : [];
    if (toConfirm.length > MOST_CONFIRMED)
      throw new CommandError(
        `${toConfirm.length} findings speak against it, and an approval confirms ${MOST_CONFIRMED} at most: deny it, or edit it`,
      );
    const unnamed = unnamedOf(toConfirm, options.although ?? []);
    if (unnamed.length > 0 && (options.yes || !command.io.stdin.isTTY)) throw notConfirmed(unnamed);
    const editText = content.params ? `\nedited to:   ${shownJson(content.params)}` : '';
    const asked = [...unnamed.map(({ words }) => `${words}?`), `Sign "${word}" on this?`];
    if (!options.yes && !(await confirmed(command.io, `${question.text}${editText}`, ...asked))) {
      command.io.exitCode = 1;
      return;
    }
    const about = {
      installation,
      workflowId,
      runId,
      digest,
      person: key.person,
      verdict,
      ...content,
      ...(toConfirm.length === 0 ? {} : { confirmed: toConfirm.map((finding) => finding.digest) }),
    };
    const statement = { ...about, decidedAt: Date.now(), authentication: 'signing-key' } as const;
    const jws = await signDecision(statement, key);
    const answer = await handedIn(countersign, workflowId, jws);
    print(command, { id, verdict, person: key.person, digest, ...answer }, () => {
      const resultText = becameOf(verdict, answer);
      return `${key.person}: ${word} recorded for "${exactLine(question.title)}"; ${resultText}.`;
    });
  });
}

/** How much of a digest names a finding: enough that nobody can make another text that begins alike. */
const NAMED = 16;

/** What an approval must confirm and `--although` does not name. @throws CommandError when it names what is not there */
function unnamedOf(toConfirm: readonly Confirmation[], although: readonly string[]): Confirmation[] {
  const isNamedBy = (name: string) => (finding: Confirmation) =>
    name.length >= NAMED && finding.digest.startsWith(name);
  const unknown = although.filter((name) => !toConfirm.some(isNamedBy(name)));
  if (unknown.length > 0)
    throw new CommandError(
      `--although ${unknown.join(', ')} is no finding that an approval of this must confirm: nothing is signed`,
    );
  return toConfirm.filter((finding) => !although.some((name) => isNamedBy(name)(finding)));
}

const notConfirmed = (unnamed: readonly Confirmation[]) =>
  new CommandError(
    [
      'an approval must confirm what was found, and nothing is signed. If you mean each of these, add its option:',
      ...unnamed.map(({ digest, words }) => exactLine(`--although ${digest.slice(0, NAMED)}   ${words}`)),
    ].join('\n'),
  );

/** Refuses an action of another installation than the one that the person says they sign for. */
function requireFor(chosenInstallation: string, installation: string): void {
  if (chosenInstallation === '' || chosenInstallation === installation) return;
  throw new CommandError(
    `this action is of the installation ${installation}, and you sign for ${chosenInstallation}: nothing is signed`,
  );
}

/** Runs `run`. Where Temporal does not answer, the error says what became of the decision. */
async function notHandedIn(
  command: CliCommand,
  run: (countersign: Countersign) => Promise<void>,
): Promise<void> {
  try {
    await connected(command, run);
  } catch (error) {
    throw isUnreachable(error) ? new NotHandedIn(error) : error;
  }
}

/** Hands a decision in. Without a worker Temporal keeps it. Where nobody takes it, the person must know. */
async function handedIn(countersign: Countersign, workflowId: string, jws: string): Promise<DecisionAnswer> {
  try {
    return await answered(countersign, () => countersign.decide(workflowId, jws));
  } catch (error) {
    throw error instanceof WorkerUnavailable ? new NotHandedIn(error) : withWayOut(error);
  }
}

/** Adds what to do where a signature's key was not known when the action was ruled on. */
function withWayOut(error: unknown): unknown {
  if (!(error instanceof DecisionRefused) || error.refusal !== 'badSignature') return error;
  return new DecisionRefused(
    error.refusal,
    `${error.message}. A new key counts for what is proposed after the workers were restarted with it: restart them, and have the ` +
      'action proposed anew, under another idempotency key',
  );
}

/** The parts of a statement besides the verdict. */
function saidWith(word: Word, { reason, params, incident, although }: Decided) {
  if (!reason && needsReason(VERDICTS[word]))
    throw new CommandError(
      word === 'ask'
        ? 'write the question as --reason'
        : `${word} needs --reason, for the agent and the owners`,
    );
  if ((params !== undefined) !== (word === 'edit'))
    throw new CommandError('--params goes with edit, which needs all parameters as JSON');
  if ((incident !== undefined) !== (word === 'break-glass'))
    throw new CommandError('--incident goes with break-glass, which needs the incident it is for');
  if (although !== undefined && word !== 'approve')
    throw new CommandError('--although goes with approve, which confirms what was found');
  return {
    ...(reason ? { reason } : {}),
    ...(params === undefined ? {} : { params: paramsIn(params) }),
    ...(incident === undefined ? {} : { incident }),
  };
}

function paramsIn(text: string): { [name: string]: Json } {
  const json = exactJsonIn(text);
  if (json.kind === 'altered') throw new CommandError(`--params: ${faultsText(json.faults)}`);
  if (json.kind === 'json' && isJsonRecord(json.value)) return json.value;
  throw new CommandError(`--params must be a JSON object, such as '{"version":"2.4.1"}'`);
}

function becameOf(verdict: DecisionKind, { missing, needed }: DecisionAnswer): string {
  if (missing === undefined)
    return 'no worker answers: it is kept, and counts by the time of your signature once one runs';
  switch (verdict) {
    case 'ask':
      return 'the owner of the agent is told, and "countersign show" has the answer once there is one';
    case 'edit':
      return 'those who may decide on it as it is now are asked, and you are not one of them';
    case 'breakGlass':
      return 'it runs at once, and everybody passed over is told';
    case 'keep':
      return 'its effect stays';
    case 'extend':
      return 'it is watched for as long again, and people are asked again if that cannot tell either';
    case 'revoke':
      return 'it is stopped, and what ran of it is taken back';
    default:
      return needed === undefined ? 'that decides it' : `still needed: ${needed}`;
  }
}
