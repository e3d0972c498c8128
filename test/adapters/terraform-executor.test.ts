import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Effect } from '../../src/activities/ports/executor.ts';
import { createTerraformExecutor } from '../../src/adapters/terraform/terraform-executor.ts';
import type { TerraformPlan } from '../../src/domain/action/action.ts';
import { type Preview, type Previewed, previewDrift, saysTheSame } from '../../src/domain/action/preview.ts';
import { findProviders, findTofu } from '../support/opentofu-binary.ts';

// The first one here waits for the build of OpenTofu, once for this machine.
const tofu = await findTofu((line) => process.stderr.write(`${line}\n`));

const SEAL_KEY = new Uint8Array(32).fill(7);
const SECRET = 'correct-horse-battery';
const executor = createTerraformExecutor(SEAL_KEY, () => performance.now());

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tofu-'));
  vi.stubEnv('COLOUR_TOKEN', SECRET);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Two things, of which one writes what it gets to a file when it is created: the world outside. */
const BOXES = (more = '') => `
variable "size" { type = number }
variable "token" {
  type      = string
  sensitive = true
  default   = "none"
}
resource "terraform_data" "box" {
  input = { size = var.size, token = var.token }
}
resource "terraform_data" "effect" {
  triggers_replace = [var.size]
  provisioner "local-exec" { command = "echo made >> ${folder}/effects" }
}
output "size" { value = var.size }
output "token" {
  value     = var.token
  sensitive = true
}
${more}`;

const configured = (text: string) => writeFile(join(folder, 'main.tf'), text);
const effects = () => readFile(join(folder, 'effects'), 'utf8').catch(() => '');

const planOf = (size: number, more: Partial<TerraformPlan> = {}): TerraformPlan => ({
  executor: 'terraform',
  program: tofu,
  folder,
  variables: { size },
  mayDestroy: true,
  timeoutMs: 60_000,
  ...more,
});

async function previewed(plan: TerraformPlan, undoes?: Preview): Promise<Preview> {
  const answer = await executor.preview(plan, undoes);
  if (answer.kind !== 'previewed') throw new Error(answer.reason);
  return answer.preview;
}

const effectOf = (plan: TerraformPlan, preview?: Preview): Effect => ({
  plan,
  actionId: 'infra-agent.a',
  idempotencyKey: 'infra-agent.a',
  fencingToken: 3,
  preview,
});

/** What another one does beside us, with the state of the folder. */
const byHand = (...args: string[]) =>
  promisify(execFile)(tofu, [`-chdir=${folder}`, ...args], {
    env: {
      PATH: process.env.PATH,
      TF_DATA_DIR: join(folder, 'by-hand'),
      TF_CLI_CONFIG_FILE: process.env.TOFU_SETTINGS,
    },
  });

test('what people see is what the plan says, and exactly that is applied and verified', async () => {
  await configured(BOXES());
  const plan = planOf(3);
  const preview = await previewed(plan);
  expect(preview.summary).toBe('2 to add, 0 to change, 0 to destroy, 2 outputs to change');
  expect(preview.changes).toEqual([
    {
      what: 'creates terraform_data.box',
      to: {
        id: '(known after apply)',
        input: { size: 3, token: '(sensitive)' },
        output: '(known after apply)',
      },
    },
    {
      what: 'creates terraform_data.effect',
      to: { id: '(known after apply)', triggers_replace: [3] },
    },
    { what: 'output size', to: 3 },
    { what: 'output token', to: '(sensitive)' },
  ]);
  expect(preview.boundTo).toMatchObject({
    program: expect.stringMatching(/^(tofu|terraform)\S* \d+\.\d+/),
    state: 'nothing was ever applied',
    'provider lock file': 'none',
  });
  expect(await effects()).toBe('');

  expect(await executor.run(effectOf(plan, preview))).toEqual({
    kind: 'done',
    summary: `applied: ${preview.summary}`,
  });
  expect(await effects()).toBe('made\n');
  expect(await executor.verify(effectOf(plan, preview))).toEqual({
    kind: 'verified',
    summary: 'a new plan has no changes',
  });
});

test('nothing of ours stays in the folder of the operators, or in the temporary folder', async () => {
  await configured(BOXES());
  const temporary = await mkdtemp(join(tmpdir(), 'temporary-'));
  vi.stubEnv('TMPDIR', temporary);
  const plan = planOf(3);
  const preview = await previewed(plan);
  expect(await readdir(folder)).toEqual(['main.tf']);
  await executor.run(effectOf(plan, preview));
  expect((await readdir(folder)).sort()).toEqual(['effects', 'main.tf', 'terraform.tfstate']);
  expect(await readdir(temporary)).toEqual([]);
  await rm(temporary, { recursive: true });
});

test('while it is applied, the plan is in no file that anybody could find', async () => {
  await configured(BOXES());
  const found = join(folder, 'found');
  const program = await wrapped(
    'apply',
    `find "$(dirname "$TF_DATA_DIR")" -type f > ${found}; head -c 2 /dev/fd/0 >> ${found}`,
  );
  const plan = planOf(3, { program });
  expect(await executor.run(effectOf(plan, await previewed(plan)))).toMatchObject({ kind: 'done' });
  const files = (await readFile(found, 'utf8')).split('\n');
  // The plan file is there, as the input, and is a ZIP.
  expect(files.at(-1)).toBe('PK');
  expect(files.slice(0, -1).map((path) => basename(path))).toEqual(['variables.tfvars.json']);
});

test('a change names each attribute, and what is replaced stands out', async () => {
  await configured(BOXES());
  await executor.run(effectOf(planOf(3), await previewed(planOf(3))));
  const { summary, changes } = await previewed(planOf(4));
  expect(summary).toBe(
    'REPLACES terraform_data.effect: 1 to add, 1 to change, 1 to destroy, 1 outputs to change',
  );
  expect(changes).toEqual([
    { what: 'REPLACES terraform_data.effect: id', from: expect.any(String), to: '(known after apply)' },
    { what: 'REPLACES terraform_data.effect: triggers_replace', from: [3], to: [4] },
    { what: 'changes terraform_data.box: input.size', from: 3, to: 4 },
    { what: 'changes terraform_data.box: output', from: expect.anything(), to: '(known after apply)' },
    { what: 'output size', from: 3, to: 4 },
  ]);
});

test('the same plan made twice, also by two workers at once, says the same', async () => {
  await configured(BOXES());
  const [one, other] = await Promise.all([previewed(planOf(3)), previewed(planOf(3))]);
  expect(saysTheSame(one, other)).toBe(true);
});

test('a state that somebody changed in between is another preview, and nothing is applied on the old one', async () => {
  await configured(BOXES());
  const plan = planOf(3);
  const preview = await previewed(plan);
  await byHand('apply', '-auto-approve', '-var=size=5', '-target=terraform_data.box');
  const now = await executor.preview(plan);
  expect(previewDrift({ kind: 'previewed', preview }, now)).toEqual([
    expect.stringContaining('it would do something else now'),
  ]);
  expect(await executor.run(effectOf(plan, preview))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('it would do something else now'),
  });
  expect(await effects()).toBe('');
});

test('what somebody else does to another part of the same state holds nothing up', async () => {
  await configured(BOXES('resource "terraform_data" "other" { input = 1 }'));
  await executor.run(effectOf(planOf(3), await previewed(planOf(3))));
  const preview = await previewed(planOf(4));
  await byHand('apply', '-auto-approve', '-var=size=3', '-replace=terraform_data.other');
  expect(await executor.run(effectOf(planOf(4), preview))).toMatchObject({ kind: 'done' });
});

test('a plan that becomes stale right before it is applied is refused, and has no effect', async () => {
  await configured(BOXES());
  const plan = planOf(3, {
    program: await wrapped(
      'apply',
      `"${tofu}" -chdir=${folder} apply -auto-approve -var=size=5 -target=terraform_data.box >/dev/null`,
    ),
  });
  expect(await executor.run(effectOf(plan, await previewed(plan)))).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/^Saved plan is stale/),
  });
  expect(await effects()).toBe('');
});

/** An OpenTofu before one of whose commands something else happens. */
async function wrapped(command: string, script: string): Promise<string> {
  const at = await mkdtemp(join(tmpdir(), 'wrapped-'));
  onTestFinished(() => rm(at, { recursive: true }));
  const path = join(at, 'tofu');
  await writeFile(path, `#!/bin/sh\n[ "$2" = ${command} ] && { ${script}; }\nexec "${tofu}" "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

test('a provisioner that was changed is seen, although no resource differs', async () => {
  await configured(BOXES());
  const preview = await previewed(planOf(3));
  await configured(BOXES().replace('echo made', 'echo something else'));
  expect(previewDrift({ kind: 'previewed', preview }, await executor.preview(planOf(3)))).toEqual([
    expect.stringContaining('configuration is'),
  ]);
});

/** All that is kept of an answer. */
const everything = (...answers: unknown[]) => JSON.stringify(answers);

test('a secret is in no preview, no result and no error, and still a changed one is noticed', async () => {
  await configured(BOXES(`output "copied" { value = nonsensitive(var.token) }`));
  const plan = planOf(3, { environment: { TF_VAR_token: 'COLOUR_TOKEN' } });
  const first = await previewed(plan);
  const ran = await executor.run(effectOf(plan, first));
  const verified = await executor.verify(effectOf(plan, first));
  expect(ran.kind).toBe('done');
  // The provider repeats it in an attribute that is not marked as sensitive.
  const second = await previewed(planOf(4, { environment: { TF_VAR_token: 'COLOUR_TOKEN' } }));
  const destroyed = await previewed(planOf(3, { destroy: true, environment: plan.environment }));
  expect(everything(first, ran, verified, second, destroyed)).not.toContain(SECRET);

  const again = await previewed(plan);
  vi.stubEnv('COLOUR_TOKEN', 'another-horse-battery');
  const changed = await previewed(plan);
  expect(changed.changes).toContainEqual({
    what: 'changes terraform_data.box: input.token',
    from: '(sensitive)',
    to: '(sensitive)',
  });
  expect(saysTheSame(again, changed)).toBe(false);
  vi.stubEnv('COLOUR_TOKEN', 'a-third-horse-battery');
  const third = await previewed(plan);
  expect(third.changes).toEqual(changed.changes);
  expect(saysTheSame(changed, third)).toBe(false);
  expect(everything(again, changed, third)).not.toMatch(/horse/);
});

test('a secret is in none of the words of a failure', async () => {
  const environment = { TF_VAR_token: 'COLOUR_TOKEN' };
  await configured(
    BOXES(`resource "terraform_data" "bad" {
  input = nonsensitive(var.token)
  provisioner "local-exec" { command = "echo \${self.input}; exit 3" }
}`),
  );
  const plan = planOf(3, { environment });
  const preview = await previewed(plan);
  const ran = await executor.run(effectOf(plan, preview));
  expect(ran).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('exit') });
  await configured(BOXES('output "x" { value = file(nonsensitive(var.token)) }'));
  const refused = await executor.preview(plan);
  expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining('***') });
  expect(everything(preview, ran, refused)).not.toContain(SECRET);
});

test('digests of secrets cannot be guessed without the key of the installation', async () => {
  await configured(BOXES());
  const elsewhere = createTerraformExecutor(new Uint8Array(32).fill(8), () => performance.now());
  const [one, other] = await Promise.all([executor.preview(planOf(3)), elsewhere.preview(planOf(3))]);
  const digestIn = (answer: Previewed) =>
    answer.kind === 'previewed' ? answer.preview.boundTo['changes with their secrets'] : undefined;
  expect(digestIn(one)).toMatch(/^[0-9a-f]{64}$/);
  expect(digestIn(one)).not.toBe(digestIn(other));
});

test("a configuration that is not valid is refused in OpenTofu's own words", async () => {
  await configured('resource "terraform_data" "box" { nonsense = 1 }');
  expect(await executor.preview(planOf(3, { variables: {} }))).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/Unsupported argument.*nonsense.*main\.tf line 1/),
  });
  await configured('resource "terraform_data" {');
  expect(await executor.preview(planOf(3, { variables: {} }))).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('main.tf'),
  });
});

test.each([
  ['is missing', {}, /No value for required variable/],
  ['has another type', { size: 'large' }, /Invalid value for (input )?variable/],
  ['is not declared', { size: 3, sise: 3 }, /undeclared variable.*sise/i],
])('a variable that %s is refused', async (_, variables, words) => {
  await configured(BOXES());
  expect(await executor.preview(planOf(3, { variables }))).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(words),
  });
});

test('a value is data: nothing in it is read as configuration or by a shell', async () => {
  await configured('variable "name" { type = string }\nresource "terraform_data" "box" { input = var.name }');
  const name = '$(touch x) ${file("/etc/passwd")} "; -destroy';
  const { changes } = await previewed(planOf(3, { variables: { name } }));
  expect(changes).toEqual([expect.objectContaining({ to: expect.objectContaining({ input: name }) })]);
});

test('INVARIANT 12: a name of a resource that an agent wrote is one line, with what does not show written out', async () => {
  await configured(
    'variable "name" { type = string }\nresource "terraform_data" "box" { for_each = toset([var.name]) }',
  );
  const { changes } = await previewed(planOf(3, { variables: { name: 'a\n\u202eb' } }));
  expect(changes.map(({ what }) => what)).toEqual([String.raw`creates terraform_data.box["a\n\u202eb"]`]);
});

test('nothing is destroyed or replaced unless the action type says so', async () => {
  await configured(BOXES());
  await executor.run(effectOf(planOf(3), await previewed(planOf(3))));
  const { mayDestroy: _, ...strict } = planOf(4);
  expect(await executor.preview(strict)).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('it would destroy or replace terraform_data.effect'),
  });
  const { mayDestroy: __, ...listed } = planOf(3, { replace: ['terraform_data.box'] });
  expect((await previewed(listed)).summary).toMatch(/^REPLACES terraform_data\.box: 1 to add/);
  const { mayDestroy: ___, ...all } = planOf(3, { destroy: true });
  const preview = await previewed(all);
  expect(preview.summary).toBe(
    'DESTROYS terraform_data.box, terraform_data.effect: 0 to add, 0 to change, 2 to destroy, 2 outputs to change',
  );
  expect(preview.changes[0]?.what).toBe('DESTROYS terraform_data.box');
  expect(await executor.run(effectOf(all, preview))).toMatchObject({ kind: 'done' });
  expect(await executor.verify(effectOf(all, preview))).toMatchObject({ kind: 'verified' });
});

test('what is replaced by force is verified without the force', async () => {
  await configured(BOXES());
  await executor.run(effectOf(planOf(3), await previewed(planOf(3))));
  const plan = planOf(3, { replace: ['terraform_data.effect'] });
  const preview = await previewed(plan);
  expect(await executor.lookUp(effectOf(plan, preview))).toMatchObject({ found: 'absent' });
  expect(await executor.run(effectOf(plan, preview))).toMatchObject({ kind: 'done' });
  expect(await effects()).toBe('made\nmade\n');
  expect(await executor.verify(effectOf(plan, preview))).toMatchObject({ kind: 'verified' });
  expect(await executor.lookUp(effectOf(plan, preview))).toMatchObject({ found: 'unknown' });
});

test('a workspace that does not exist is refused, and one that does is used', async () => {
  await configured(BOXES());
  const plan = planOf(3, { workspace: 'staging' });
  expect(await executor.preview(plan)).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('there is no workspace staging'),
  });
  expect(await readdir(folder)).toEqual(['main.tf']);
  await byHand('workspace', 'new', 'staging');
  expect(await executor.run(effectOf(plan, await previewed(plan)))).toMatchObject({ kind: 'done' });
  expect((await previewed(planOf(3))).summary).toMatch(/^2 to add/);
  expect((await previewed(plan)).changes).toEqual([]);
});

/** Somebody whose apply takes until the test is over. They hold the lock of the state. */
async function someoneApplies(): Promise<void> {
  const other = await mkdtemp(join(tmpdir(), 'somebody-'));
  await writeFile(
    join(other, 'main.tf'),
    `terraform {
  backend "local" { path = "${folder}/terraform.tfstate" }
}
resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "touch ${other}/began; while [ ! -e ${other}/enough ]; do sleep 0.1; done" }
}`,
  );
  const env = { PATH: process.env.PATH };
  await promisify(execFile)(tofu, [`-chdir=${other}`, 'init'], { env });
  const applying = spawn(tofu, [`-chdir=${other}`, 'apply', '-auto-approve'], { env, stdio: 'ignore' });
  const ended = once(applying, 'exit');
  onTestFinished(async () => {
    await writeFile(join(other, 'enough'), '');
    await ended;
    await rm(other, { recursive: true });
  });
  await expect.poll(() => readdir(other), { timeout: 60_000 }).toContain('began');
}

test('while somebody else holds the lock of the state nothing is applied, and it is not known whether anything ran', async () => {
  await configured(BOXES());
  const plan = planOf(3);
  const preview = await previewed(plan);
  await someoneApplies();
  // A look changes nothing, so it keeps nobody up and waits for nobody.
  expect(await executor.preview(plan)).toMatchObject({ kind: 'previewed' });
  expect(await executor.run(effectOf(plan, preview))).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/Error acquiring the state lock/),
  });
  expect(await executor.lookUp(effectOf(plan, preview))).toEqual({
    found: 'unknown',
    summary: expect.stringMatching(/Error acquiring the state lock/),
  });
  expect(await effects()).toBe('');
}, 150_000);

test('an apply that fails half way is unknown, and what is there is looked up', async () => {
  const text = (end: string) =>
    BOXES(`resource "terraform_data" "bad" {
  depends_on = [terraform_data.box]
  provisioner "local-exec" { command = "${end}" }
}`);
  await configured(text('exit 3'));
  const plan = planOf(3);
  const preview = await previewed(plan);
  expect(await executor.lookUp(effectOf(plan, preview))).toMatchObject({ found: 'absent' });
  const ran = await executor.run(effectOf(plan, preview));
  expect(ran).toEqual({
    kind: 'unknown',
    reason: expect.stringMatching(
      /it failed half way: changed: .*terraform_data\.box.*terraform_data\.bad.*exit status 3/,
    ),
  });
  expect(await executor.lookUp(effectOf(plan, preview))).toEqual({
    found: 'unknown',
    summary: expect.stringMatching(/a new plan says: REPLACES terraform_data\.bad/),
  });
  expect(await executor.verify(effectOf(plan, preview))).toMatchObject({ kind: 'notSo' });
  // A second attempt on the same preview applies nothing: the plan is not the one that people saw.
  expect(await executor.run(effectOf(plan, preview))).toMatchObject({ kind: 'refused' });
  expect(await effects()).toBe('made\n');
});

test('an effect that is there is found', async () => {
  await configured(BOXES());
  const preview = await previewed(planOf(3));
  await executor.run(effectOf(planOf(3), preview));
  expect(await executor.lookUp(effectOf(planOf(3), preview))).toMatchObject({ found: 'present' });
});

test('an apply that takes too long is interrupted so that it ends what it began and writes the state', async () => {
  await configured(`resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "trap '' INT; sleep 5; echo made >> ${folder}/effects" }
}
resource "terraform_data" "next" { depends_on = [terraform_data.slow] }`);
  const plan = planOf(3, { variables: {}, timeoutMs: 6_000 });
  const preview = await previewed(plan);
  const ran = await executor.run(effectOf(plan, preview));
  expect(ran).toEqual({ kind: 'unknown', reason: expect.stringContaining('so it was interrupted') });
  const state = await readFile(join(folder, 'terraform.tfstate'), 'utf8');
  expect(state).toContain('"slow"');
  expect(state).not.toContain('"next"');
});

test('a rollback applies other variables, and changes nothing but what the action changed', async () => {
  await configured(BOXES());
  await executor.run(effectOf(planOf(3), await previewed(planOf(3))));
  const preview = await previewed(planOf(4));
  await executor.run(effectOf(planOf(4), preview));
  const rollback = planOf(3);
  expect(await executor.run(effectOf(rollback, preview))).toMatchObject({ kind: 'done' });
  expect((await previewed(planOf(3))).changes).toEqual([]);

  const next = await previewed(planOf(5));
  await configured(BOXES('resource "terraform_data" "new" {}'));
  const tooMuch = {
    kind: 'refused',
    reason: expect.stringContaining('it would also change terraform_data.new'),
  };
  expect(await executor.run(effectOf(planOf(4), next))).toEqual(tooMuch);
  expect(await executor.preview(planOf(4), next)).toEqual(tooMuch);
});

test('a rollback waits until what it takes back is no longer under way', async () => {
  const other = await mkdtemp(join(tmpdir(), 'somebody-'));
  await configured(
    BOXES().replace(
      'echo made',
      `[ $\{self.triggers_replace[0]} != 7 ] || { touch ${other}/began; while [ ! -e ${other}/enough ]; do sleep 0.1; done; }; echo made`,
    ),
  );
  await executor.run(effectOf(planOf(3), await previewed(planOf(3))));
  const preview = await previewed(planOf(7));
  const lost = byHand('apply', '-auto-approve', '-var=size=7');
  await expect.poll(() => readdir(other), { timeout: 60_000 }).toContain('began');
  const program = await wrapped('plan', `touch ${other}/planning`);
  const takenBack = executor.run(effectOf(planOf(3, { program }), preview));
  await expect.poll(() => readdir(other), { timeout: 60_000 }).toContain('planning');
  await writeFile(join(other, 'enough'), '');
  await lost;
  expect(await takenBack).toMatchObject({ kind: 'done' });
  expect((await previewed(planOf(3))).changes).toEqual([]);
  await rm(other, { recursive: true });
});

test.each([
  ['"action_invocations":[{}]', /invoke actions of providers/],
  ['"complete":false', /put off/],
])('a plan with what people cannot be shown is refused: %s', async (member, words) => {
  await configured(BOXES());
  const script = `"${tofu}" "$@" | sed 's/"complete":true,//; s/^{/{${member},/'; exit 0`;
  expect(await executor.preview(planOf(3, { program: await wrapped('show', script) }))).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(words),
  });
});

test('without a preview nothing is applied', async () => {
  await configured(BOXES());
  expect(await executor.run(effectOf(planOf(3)))).toEqual({
    kind: 'refused',
    reason: 'nobody saw what it would do, so it is not applied',
  });
});

test('a program that is not there, a folder that is not there, and a variable that is not set are refused', async () => {
  await configured(BOXES());
  expect(await executor.preview(planOf(3, { program: join(folder, 'no-tofu') }))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('was not started: it, or the interpreter that it names, was not found'),
  });
  expect(await executor.preview(planOf(3, { folder: join(folder, 'nowhere') }))).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('nowhere'),
  });
  expect(await executor.preview(planOf(3, { environment: { TF_VAR_token: 'NOT_SET_HERE' } }))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('the environment variable NOT_SET_HERE is not set'),
  });
});

test('a plan that takes too long to make, or is too large to read, is unknown', async () => {
  await configured(BOXES());
  const slow = planOf(3, { program: await wrapped('plan', 'exec sleep 60'), timeoutMs: 3_000 });
  expect(await executor.preview(slow)).toEqual({
    kind: 'unknown',
    reason: expect.stringContaining('still ran when the time of the plan was over'),
  });
  const huge = planOf(3, {
    program: await wrapped('show', 'exec head -c 20000000 /dev/zero'),
  });
  expect(await executor.preview(huge)).toEqual({
    kind: 'unknown',
    reason: expect.stringContaining('printed more than 16777216 bytes'),
  });
});

test('a provider is a process of its own, pinned by a lock file that Countersign reads and does not write', async () => {
  const mirror = await findProviders((line) => process.stderr.write(`${line}\n`));
  const settings = join(folder, 'settings.tfrc');
  await writeFile(settings, `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}`);
  vi.stubEnv('TOFU_SETTINGS', settings);
  await configured(`terraform {
  required_providers {
    time = { source = "registry.opentofu.org/hashicorp/time" }
  }
}
variable "wait" { type = string }
resource "time_sleep" "slow" {
  create_duration = var.wait
  triggers        = { wait = var.wait }
}`);
  const plan = (wait: string, timeoutMs = 60_000) =>
    planOf(0, { variables: { wait }, environment: { TF_CLI_CONFIG_FILE: 'TOFU_SETTINGS' }, timeoutMs });
  expect(await executor.preview(plan('0s'))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('the lock file is read-only'),
  });

  await byHand('init', '-input=false');
  const lockFile = await readFile(join(folder, '.terraform.lock.hcl'), 'utf8');
  const preview = await previewed(plan('0s'));
  expect(preview.boundTo['provider lock file']).toMatch(/^[0-9a-f]{64}$/);
  expect(await executor.run(effectOf(plan('0s'), preview))).toMatchObject({ kind: 'done' });
  expect(await executor.verify(effectOf(plan('0s'), preview))).toMatchObject({ kind: 'verified' });
  expect(await readFile(join(folder, '.terraform.lock.hcl'), 'utf8')).toBe(lockFile);

  // The provider is interrupted while it creates what replaces the old one, and the state is written.
  const tooLong = plan('10m', 12_000);
  const slow = await previewed(tooLong);
  expect(await executor.run(effectOf(tooLong, slow))).toMatchObject({ kind: 'unknown' });
  expect(await executor.lookUp(effectOf(tooLong, slow))).toEqual({
    found: 'unknown',
    summary: 'a new plan says: 1 to add, 0 to change, 0 to destroy',
  });
});

test('a number that JavaScript would change is shown as it is', async () => {
  await configured(
    'variable "id" { type = number }\nresource "terraform_data" "box" { input = 9007199254740993 }',
  );
  const { changes } = await previewed(planOf(3, { variables: { id: 1 } }));
  expect(changes).toEqual([
    expect.objectContaining({ to: expect.objectContaining({ input: '9007199254740993' }) }),
  ]);
});
