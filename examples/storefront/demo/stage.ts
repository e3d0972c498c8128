import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type ActionHandle,
  type CarriedOut,
  type Countersign,
  connect,
  type Proposal,
  type Status,
  withContext,
} from 'countersign';
import { type DevGateway, planGateway } from '../../../src/cli/dev-gateway.ts';
import { run as runCommand } from '../../../src/cli/run.ts';
import { type KeyFile, signDecision, signOrder } from '../../../src/cli/signing.ts';
import type { Simulation } from '../../../src/cli/simulation.ts';
import { type Embedded, startEmbedded } from '../../../src/dev/embedded.ts';
import { fastForward } from '../../../src/dev/fast-forward.ts';
import { startGateway } from '../../../src/dev/gateway-process.ts';
import type { ServerProcess } from '../../../src/dev/server-process.ts';
import { startWorker } from '../../../src/dev/worker-process.ts';
import type { DecisionStatement } from '../../../src/domain/approval/decision-statement.ts';
import type { Unsigned } from '../../../src/domain/orders/order.ts';
import { keyedInstallation } from '../keyed-installation.ts';
import { effectsOf, type Storefront, startStorefront, stateOf } from '../process.ts';
import { contextOf } from './agent.ts';
import { freezeFile, seed } from './past.ts';
import type { Story } from './story.ts';
import { governTools } from './tools.ts';

/** The name of the example's installation. */
const INSTALLATION = 'storefront';

const SECOND_VERIFIER = fileURLToPath(new URL('../../../tools/check_ledger.py', import.meta.url));

/** How a command ended, with the first line that it wrote. */
export interface Checked {
  readonly status: number;
  readonly text: string;
}

/** What the demo adds to the example's countersign.yaml. */
const GATEWAY = `
# Where people decide in a browser, and the key that what they decide there is signed with.
gateway:
  url: \${env.COUNTERSIGN_GATEWAY_URL}
  keys: ["\${env.COUNTERSIGN_GATEWAY_PUBLIC_KEY}"]
`;

/** Requests a second to the storefront, a third of them to each service: enough to compare within seconds. */
const TRAFFIC = 240;

/** An incident on the status page. */
interface Declared {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Everything the scenarios play on: real servers, a real worker and gateway, the storefront, and people with keys of their own. */
export class Stage {
  readonly countersign: Countersign;
  readonly embedded: Embedded;
  readonly storefront: Storefront;
  readonly story: Story;
  readonly #keys: Readonly<Record<string, KeyFile>>;
  readonly #workerEnv: Record<string, string>;
  readonly #folder: string;
  readonly #gateway: ServerProcess;
  readonly #planned: DevGateway;
  #worker: ServerProcess;

  private constructor(parts: {
    countersign: Countersign;
    embedded: Embedded;
    storefront: Storefront;
    story: Story;
    keys: Readonly<Record<string, KeyFile>>;
    workerEnv: Record<string, string>;
    folder: string;
    worker: ServerProcess;
    gateway: ServerProcess;
    planned: DevGateway;
  }) {
    this.countersign = parts.countersign;
    this.embedded = parts.embedded;
    this.storefront = parts.storefront;
    this.story = parts.story;
    this.#keys = parts.keys;
    this.#workerEnv = parts.workerEnv;
    this.#folder = parts.folder;
    this.#worker = parts.worker;
    this.#gateway = parts.gateway;
    this.#planned = parts.planned;
  }

  /** @param prepare changes the copy of the example's installation before anything reads it */
  static async open(
    story: Story,
    prepare: (installation: string) => Promise<void> = async () => undefined,
  ): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
    const { folder: installation, keys } = await keyedInstallation(join(folder, 'installation'));
    await appendFile(join(installation, 'countersign.yaml'), GATEWAY);
    await governTools(installation, async (args) => {
      const { status, answer } = await countersign(args, {});
      if (status !== 0) throw new Error(answer);
    });
    await prepare(installation);
    const planned = await planGateway(folder);
    const embedded = await startEmbedded((line) => story.note(line));
    // Whatever fails from here on must not leave servers behind.
    const parts: { stop(): Promise<void> }[] = [embedded];
    try {
      const storefront = await startStorefront(join(folder, 'effects.jsonl'), TRAFFIC);
      parts.push(storefront);
      const workerEnv = {
        ...embedded.env,
        ...planned.env,
        STOREFRONT_URL: storefront.url,
        COUNTERSIGN_INSTALLATION: installation,
        COUNTERSIGN_LOG_LEVEL: 'warn',
        COUNTERSIGN_DATABASE_URL: embedded.database.worker,
      };
      const gatewayEnv = { ...workerEnv, COUNTERSIGN_DATABASE_URL: embedded.database.gateway };
      const worker = await startWorker(workerEnv);
      parts.push(worker);
      const gateway = await startGateway(planned.address, gatewayEnv, { devSignIn: true });
      parts.push(gateway);
      const countersign = await connect({ address: embedded.address });
      return new Stage({
        countersign,
        embedded,
        storefront,
        story,
        keys,
        workerEnv,
        folder,
        worker,
        gateway,
        planned,
      });
    } catch (error) {
      await Promise.all(parts.map((part) => part.stop()));
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.countersign.close();
    await Promise.all([this.#worker.stop(), this.#gateway.stop()]);
    await Promise.all([this.embedded.stop(), this.storefront.stop()]);
    await rm(this.#folder, { recursive: true });
  }

  /** Where people decide in a browser: anybody on this machine may sign in there as anybody. */
  get inboxUrl(): string {
    return this.#planned.env.COUNTERSIGN_GATEWAY_URL;
  }

  async propose(proposal: Proposal): Promise<ActionHandle> {
    const context = contextOf(proposal);
    const { action, ruling } = await this.countersign.proposeAndRule(withContext(proposal, context));
    await this.countersign.keepContext(action.actionId, context);
    const { action: asked } = await action.state();
    this.story.line(proposal.agent.id, `${asked?.title} in ${proposal.environment}`);
    this.story.line('ruling', ruling);
    return action;
  }

  /** Signs with a person's key, or with that of somebody who pretends to be them, and hands it in. */
  async decide(
    action: ActionHandle,
    person: string,
    verdict: 'approve' | 'deny',
    signer = person,
  ): Promise<void> {
    await this.until(action, 'waiting');
    const { workflowId, runId, ruling } = await action.state();
    await this.#sign({ workflowId, runId, digest: ruling?.digest ?? '', person, verdict }, signer);
  }

  /** Says something besides approving and denying, signed with the person's own key. */
  async say(
    action: ActionHandle,
    person: string,
    words: Pick<DecisionStatement, 'verdict' | 'params' | 'incident'>,
  ): Promise<void> {
    const { workflowId, runId, ruling } = await action.state();
    await this.#sign({ workflowId, runId, digest: ruling?.digest ?? '', person, ...words }, person);
  }

  /** Reviews an action that ran without a person's approval. */
  async review(actionId: string, person: string, verdict: 'approve' | 'deny'): Promise<void> {
    const { workflowId, runId, digest } = await this.countersign.review(actionId);
    await this.#sign({ workflowId, runId, digest, person, verdict }, person);
  }

  async #sign(
    about: Omit<DecisionStatement, 'installation' | 'reason' | 'decidedAt' | 'authentication'>,
    signer: string,
  ): Promise<void> {
    const key = this.#keyOf(signer);
    const reason = `${about.verdict} in the demo`;
    const statement: DecisionStatement = {
      ...about,
      installation: INSTALLATION,
      reason,
      decidedAt: Date.now(),
      authentication: 'signing-key',
    };
    await this.countersign.decide(about.workflowId, await signDecision(statement, key));
    this.story.line(about.person, `signed "${about.verdict}"`);
  }

  /** Signs an order with a person's key, and waits until it is carried out. */
  async order(person: string, order: Unsigned): Promise<CarriedOut> {
    const jws = await signOrder(
      { ...order, installation: INSTALLATION, person, at: Date.now() },
      this.#keyOf(person),
    );
    const done = await this.countersign.order(jws);
    this.story.line(person, `signed an order: ${done.kind}, because ${order.reason}`);
    return done;
  }

  #keyOf(person: string): KeyFile {
    const key = this.#keys[person];
    if (!key) throw new Error(`${person} has no key`);
    return key;
  }

  /** Waits until people are asked about it for another time. */
  async untilAskedAgain(action: ActionHandle): Promise<void> {
    while ((await action.state()).earlierRounds.length === 0) await delay(50);
    await this.until(action, 'waiting');
  }

  async until(action: ActionHandle, status: Status): Promise<void> {
    while ((await action.state()).status !== status) await delay(50);
  }

  /** Waits until an action is there that somebody else proposed, and people are asked about it. */
  async untilProposed(action: ActionHandle): Promise<void> {
    for (;;) {
      const state = await action.state().catch(() => undefined);
      if (state?.status === 'waiting') return;
      await delay(50);
    }
  }

  /** How people decided on it, wherever they did. */
  async settled(action: ActionHandle): Promise<string> {
    for (;;) {
      const { settlement, status } = await action.state();
      if (settlement || status === 'closed') return settlement?.kind ?? 'denied';
      await delay(200);
    }
  }

  /** Lets the time of one workflow pass on the real server. */
  async skip(workflowId: string, words: string, milliseconds: number): Promise<void> {
    await fastForward(this.countersign.client, workflowId, milliseconds);
    this.story.line('clock', `${words} pass`);
  }

  async outcomeOf(action: ActionHandle): Promise<string> {
    const { outcome } = await action.result();
    this.story.line('outcome', `${outcome.kind}: ${outcome.reason}`);
    return outcome.kind;
  }

  /** What the storefront's own effect log says this action did. */
  async effectsOf(action: ActionHandle): Promise<string[]> {
    return (await effectsOf(this.storefront.url))
      .filter(({ idempotencyKey }) => idempotencyKey.split('/')[0] === action.actionId)
      .map(({ operation }) => operation);
  }

  state = () => stateOf(this.storefront.url);

  /** The subjects of the mails about an action, in their order. */
  mailsOf = (action: ActionHandle): string[] =>
    this.embedded.outbox
      .mails()
      .filter(({ headers }) => headers['x-countersign-action'] === action.actionId)
      .map(({ headers }) => headers.subject ?? '');

  pagesOf = (action: ActionHandle): string[] =>
    this.embedded.outbox
      .pages()
      .filter(({ dedupKey }) => dedupKey === action.actionId)
      .map(({ event }) => event.event_action);

  /** The payment provider answers so slowly that orders of five items fail, one order in five; undefined: as always. */
  async slowPayments(isSlow: boolean): Promise<void> {
    const tokens = (await effectsOf(this.storefront.url)).map(({ fencingToken }) => fencingToken);
    const answer = await fetch(`${this.storefront.url}/admin/checkout/config`, {
      method: 'PATCH',
      headers: {
        'Idempotency-Key': `by-hand/${crypto.randomUUID()}`,
        'Fencing-Token': String(Math.max(1, ...tokens)),
      },
      body: JSON.stringify({ key: 'paymentTimeoutMs', value: isSlow ? 17 : 2_000 }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    this.story.line('payments', isSlow ? 'one order in five fails from now on' : 'answer as always');
  }

  async hangAfterNextEffect(milliseconds: number): Promise<void> {
    await fetch(`${this.storefront.url}/faults`, {
      method: 'PUT',
      body: JSON.stringify({ hangAfterEffectMs: milliseconds }),
    });
  }

  /** The incidents that people have declared, by service. */
  async declare(open: Readonly<Record<string, readonly Declared[]>>): Promise<void> {
    await fetch(`${this.storefront.url}/incidents`, { method: 'PUT', body: JSON.stringify(open) });
    for (const [service, incidents] of Object.entries(open))
      for (const { id, title } of incidents)
        this.story.line('status page', `incident ${id} on ${service}: ${title}`);
  }

  /** Operators add a freeze to their calendars, beginning now. */
  async freeze(name: string, milliseconds: number): Promise<void> {
    const now = Date.now();
    await mkdir(dirname(this.#freezes), { recursive: true });
    await writeFile(this.#freezes, freezeFile(name, now, now + milliseconds));
    await this.#restartWorker();
    this.story.line('operators', `froze everything for "${name}"`);
  }

  async thaw(): Promise<void> {
    await rm(this.#freezes);
    await this.#restartWorker();
  }

  get #freezes(): string {
    return join(this.installation, 'calendars', 'freezes.ics');
  }

  /** The folder that worker, gateway and proxy go by. */
  get installation(): string {
    return this.#workerEnv.COUNTERSIGN_INSTALLATION ?? '';
  }

  /** A worker reads the installation when it starts. */
  async #restartWorker(): Promise<void> {
    await this.#worker.stop();
    this.#worker = await startWorker(this.#workerEnv);
  }

  /** A ledger that has been kept for a while: what an agent did before the story begins. */
  record = (facts: Parameters<typeof seed>[1]) => seed(this.embedded.database.worker, facts);

  /** Takes the proof of an action out of the ledger, once it is in a checkpoint: within a minute. Returns its file. */
  async prove({ actionId }: ActionHandle): Promise<string> {
    const file = join(this.#folder, `${actionId}.jsonl`);
    this.story.line('ledger', 'is signed each minute');
    const env = { COUNTERSIGN_DATABASE_URL: this.embedded.database.auditor };
    for (;;) {
      const { status, answer } = await countersign(['ledger', 'prove', actionId, '--out', file], env);
      if (status === 0) return file;
      if (!answer.includes('in no checkpoint yet')) throw new Error(answer);
      await delay(500);
    }
  }

  /** Checks a proof, with nothing but its file. */
  async checked(file: string): Promise<Checked> {
    const { status, answer } = await countersign(['ledger', 'check', file], {});
    return { status, text: firstLine(answer) };
  }

  /** Checks a proof with the verifier that shares no code with Countersign. */
  async checkedByPython(file: string): Promise<Checked> {
    const { status, stdout, error } = spawnSync('python3', [SECOND_VERIFIER, file], { encoding: 'utf8' });
    return { status: status ?? 1, text: error ? error.message : firstLine(stdout) };
  }

  /** A copy of a proof in which one text is another. */
  async bend(file: string, from: string, to: string): Promise<string> {
    const proof = await readFile(file, 'utf8');
    const escaped = (part: string) => part.replaceAll('"', '\\"');
    const bent = proof.replace(escaped(from), escaped(to));
    if (bent === proof) throw new Error(`the proof does not say ${from}`);
    await writeFile(`${file}.bent`, bent);
    this.story.line('somebody', `changes ${from} to ${to} in the file`);
    return `${file}.bent`;
  }

  /** A copy of the installation with one file changed, which nobody goes by. */
  async candidate(file: string, edit: (text: string) => string): Promise<string> {
    const folder = join(this.#folder, 'candidate');
    await cp(this.installation, folder, { recursive: true });
    const path = join(folder, file);
    const before = await readFile(path, 'utf8');
    const after = edit(before);
    if (after === before) throw new Error(`${file} does not hold what the demo changes`);
    await writeFile(path, after);
    return folder;
  }

  /** Rules again on all that is on record, by a candidate. */
  async simulate(candidate: string): Promise<{ readonly status: number; readonly simulation: Simulation }> {
    const { status, answer } = await countersign(
      ['simulate', '--active', this.installation, '--installation', candidate, '--json'],
      { ...this.#workerEnv, COUNTERSIGN_DATABASE_URL: this.embedded.database.auditor },
    );
    return { status, simulation: JSON.parse(answer) };
  }

  /** Ends the worker as a crash would, and starts another. */
  async killWorker(): Promise<void> {
    process.kill(this.#worker.pid, 'SIGKILL');
    this.story.line('worker', `killed with SIGKILL (process ${this.#worker.pid})`);
    await this.#restartWorker();
    this.story.line('worker', `another one started (process ${this.#worker.pid})`);
  }
}

/** Runs `countersign`, in this process. */
async function countersign(args: readonly string[], env: Readonly<Record<string, string>>) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io: Parameters<typeof runCommand>[1] = { env, stdin: Readable.from([]), stdout, stderr };
  const written = Promise.all([text(stdout), text(stderr)]);
  await runCommand(args, io);
  stdout.end();
  stderr.end();
  const [answer, complaint] = await written;
  return { status: Number(io.exitCode ?? 0), answer: answer === '' ? complaint : answer };
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
