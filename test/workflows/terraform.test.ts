import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { TerraformPlan } from '../../src/domain/action/action.ts';
import type { ActionType, Installation } from '../../src/domain/installation/installation.ts';
import { databaseText, historyText } from '../support/canaries.ts';
import { testInstallation } from '../support/installation.ts';
import { findTofu } from '../support/opentofu-binary.ts';
import { proposal } from '../support/proposals.ts';
import { heard } from '../support/quiet.ts';
import { useWorld } from '../support/world.ts';

const tofu = await findTofu((line) => process.stderr.write(`${line}\n`));
const folder = await mkdtemp(join(tmpdir(), 'infrastructure-'));
const SECRET = 'correct-horse-battery';
vi.stubEnv('BOX_TOKEN', SECRET);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const planOf = (size: string): TerraformPlan => ({
  executor: 'terraform',
  program: tofu,
  folder,
  variables: { size },
  environment: { TF_VAR_token: 'BOX_TOKEN' },
  mayDestroy: true,
  timeoutMs: 60_000,
});

const resize: ActionType = {
  name: 'box.resize',
  title: `resize the box to \${params.size}`,
  parameters: { type: 'object', additionalProperties: false, properties: { size: {}, before: {} } },
  tier: { 1: 3, 2: 3, 3: 3, 4: 3 },
  severity: { performance: 0, security: 0, dataAccess: 0, serviceDisruption: 1 },
  execute: planOf(`\${params.size}`),
  rollback: { ...planOf(`\${params.before}`), leaves: [] },
};

const world = useWorld({
  installation: (): Partial<Installation> => {
    const { actionTypes } = testInstallation().installation;
    return { actionTypes: { ...actionTypes, [resize.name]: resize } };
  },
});

/** The box fails where it is to be larger than 10. */
const CONFIGURATION = `
variable "size" { type = number }
variable "token" {
  type      = string
  sensitive = true
}
resource "terraform_data" "box" { input = { size = var.size, token = var.token } }
resource "terraform_data" "limit" {
  triggers_replace = [var.size]
  provisioner "local-exec" { command = "test \${var.size} -le 10" }
}`;

const byHand = (...args: string[]) =>
  promisify(execFile)(tofu, [`-chdir=${folder}`, ...args], {
    env: { PATH: process.env.PATH, TF_DATA_DIR: join(folder, '..', 'nothing-here'), TF_VAR_token: SECRET },
  });

/** The box as it is: the outside world. */
async function sizeNow(): Promise<number> {
  const state = JSON.parse(await readFile(join(folder, 'terraform.tfstate'), 'utf8'));
  return state.resources.find(({ name }: { name: string }) => name === 'box').instances[0].attributes.input
    .value.size;
}

beforeEach(async () => {
  await rm(join(folder, 'terraform.tfstate'), { force: true });
  await writeFile(join(folder, 'main.tf'), CONFIGURATION);
  await byHand('apply', '-auto-approve', '-var=size=1');
});

const asked: ActionHandle[] = [];
afterEach(() => Promise.all(asked.splice(0).map((action) => action.cancel().catch(() => {}))));

async function proposed(size: number): Promise<ActionHandle> {
  const action = await world().countersign.propose(
    proposal({ actionType: resize.name, params: { size, before: 1 } }),
  );
  asked.push(action);
  await world().until(action, 'waiting');
  return action;
}

async function outcomeOf(action: ActionHandle) {
  await world().until(action, 'closed');
  return (await action.state()).outcome;
}

test('the plan is what people are asked about, and it is applied, with its secret in nothing that is kept', async () => {
  const action = await proposed(3);
  expect((await action.state()).impact?.preview).toMatchObject({
    kind: 'previewed',
    preview: {
      summary: 'REPLACES terraform_data.limit: 1 to add, 1 to change, 1 to destroy',
      changes: expect.arrayContaining([{ what: 'changes terraform_data.box: input.size', from: 1, to: 3 }]),
    },
  });
  expect(await sizeNow()).toBe(1);
  await world().decide('edsger', 'approve', action);
  expect(await outcomeOf(action)).toMatchObject({ kind: 'succeeded' });
  expect(await sizeNow()).toBe(3);

  const kept = {
    state: JSON.stringify([await action.state(), await action.explanation()]),
    history: await historyText(world().client, action.workflowId),
    database: await databaseText(world().database.pool),
    mails: JSON.stringify(world().mailsOf(action)),
    log: heard.join('\n'),
  };
  expect(kept.database).toContain('terraform_data.box');
  expect(kept.mails).toContain('REPLACES terraform_data.limit');
  const told = Object.entries(kept).filter(([, text]) => text.includes(SECRET));
  expect(told.map(([where]) => where)).toEqual([]);
});

test('a state that somebody changed meanwhile sends it back to people, and what they then see is applied', async () => {
  const action = await proposed(3);
  await byHand('apply', '-auto-approve', '-var=size=2');
  await world().decide('edsger', 'approve', action);
  await world().untilAskedAgain(action);
  const { ruling } = await action.state();
  expect(ruling?.reasons.join('\n')).toMatch(
    /asked again: it would do something else now: .*input\.size: 2 to 3 instead of .*input\.size: 1 to 3/,
  );
  expect(await sizeNow()).toBe(2);
  await world().decide('edsger', 'approve', action);
  expect(await outcomeOf(action)).toMatchObject({ kind: 'succeeded' });
  expect(await sizeNow()).toBe(3);
});

test('an apply that fails half way is looked up, and taken back with the other variables', async () => {
  const action = await proposed(11);
  await world().decide('edsger', 'approve', action);
  expect(await outcomeOf(action)).toMatchObject({ kind: 'rolledBack' });
  expect(await sizeNow()).toBe(1);
  const entries = await world().ledger.entriesOf(action.actionId);
  const reconciled = entries.filter(({ kind }) => kind === 'reconciled');
  expect(reconciled.map(({ body }) => body)).toContainEqual(expect.objectContaining({ found: 'unknown' }));
});

test('a configuration that is not valid is denied at once, in the words of OpenTofu', async () => {
  await writeFile(join(folder, 'main.tf'), `${CONFIGURATION}\nnonsense`);
  const action = await world().countersign.propose(
    proposal({ actionType: resize.name, params: { size: 3, before: 1 } }),
  );
  asked.push(action);
  const outcome = await outcomeOf(action);
  expect(outcome).toMatchObject({ kind: 'deniedByPolicy', reason: expect.stringContaining('main.tf') });
});
