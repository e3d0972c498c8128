import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Effect } from '../../src/activities/ports/executor.ts';
import { createCommandExecutor } from '../../src/adapters/command-executor.ts';
import type { CommandPlan } from '../../src/domain/action/action.ts';
import type { Preview } from '../../src/domain/action/preview.ts';

const effect = (argv: readonly string[], changes: Partial<CommandPlan> = {}): Effect => ({
  plan: { executor: 'command', argv, timeoutMs: 20_000, ...changes },
  actionId: 'deployer.a1',
  idempotencyKey: 'deployer.a1/rollback',
  fencingToken: 7,
});

/** The installation's folder. */
const folder = await mkdtemp(join(tmpdir(), 'commands-'));
afterAll(() => rm(folder, { recursive: true }));

const executor = createCommandExecutor(folder, () => performance.now());
const run = (argv: readonly string[], changes?: Partial<CommandPlan>) => executor.run(effect(argv, changes));
const runNode = (script: string, args: readonly string[] = [], changes?: Partial<CommandPlan>) =>
  run([process.execPath, '-e', script, '--', ...args], changes);
const runShell = (script: string, changes?: Partial<CommandPlan>) => run(['/bin/sh', '-c', script], changes);
const PRINT_ENVIRONMENT = 'console.log(JSON.stringify(process.env))';

/** What a program printed as JSON, read from the summary of a run that is done. */
function printed(result: Awaited<ReturnType<typeof run>>): unknown {
  if (result.kind !== 'done') throw new Error(result.reason);
  return JSON.parse(result.summary.replace('exit status 0: ', ''));
}

/** A server that programs connect to for as long as they live: it sees them come and go. */
async function roll() {
  let [seen, present] = [0, 0];
  const server = createServer((socket) => {
    seen += 1;
    present += 1;
    socket.on('error', () => undefined).once('close', () => (present -= 1));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const script = `require('node:net').connect(${port}, '127.0.0.1'); process.on('SIGTERM', () => undefined);`;
  return { script, seen: () => seen, present: () => present };
}

describe('the program', () => {
  it('gets its arguments as they are written, since no shell reads them', async () => {
    const args = [
      '$(touch x); echo',
      '`id`',
      '*',
      'a b',
      '"',
      "'",
      '|',
      '>x',
      '$HOME',
      '',
      '--',
      '-rf',
      '\n',
    ];
    const result = await runNode('console.log(JSON.stringify(process.argv.slice(1)))', args);
    expect(printed(result)).toEqual(args);
  });

  const OWN = {
    PATH: '/usr/bin:/bin',
    COUNTERSIGN_ACTION_ID: 'deployer.a1',
    COUNTERSIGN_IDEMPOTENCY_KEY: 'deployer.a1/rollback',
    COUNTERSIGN_FENCING_TOKEN: '7',
  };

  afterEach(() => void vi.unstubAllEnvs());

  it('finds the action, its key and its fencing token in its environment, and PATH, and nothing else', async () => {
    vi.stubEnv('COUNTERSIGN_DATABASE_URL', 'postgresql://countersign:hunter2@db/countersign');
    vi.stubEnv('PATH', '/usr/bin:/bin');
    expect(printed(await runNode(PRINT_ENVIRONMENT))).toEqual(OWN);
  });

  it('finds besides what its plan names, under the name that the plan gives it', async () => {
    vi.stubEnv('PATH', '/usr/bin:/bin');
    vi.stubEnv('HOME', '/h');
    vi.stubEnv('STAGING_CONFIG', '/k');
    const environment = { HOME: 'HOME', KUBECONFIG: 'STAGING_CONFIG' };
    expect(printed(await runNode(PRINT_ENVIRONMENT, [], { environment }))).toEqual({
      ...OWN,
      HOME: '/h',
      KUBECONFIG: '/k',
    });
  });

  it('is not run without a variable that its plan names', async () => {
    vi.stubEnv('STAGING_CONFIG', undefined);
    const environment = { KUBECONFIG: 'STAGING_CONFIG' };
    const touched = await runShell('echo ran', { environment });
    expect(touched).toEqual({
      kind: 'refused',
      reason:
        '"/bin/sh" was not started: the environment variable STAGING_CONFIG is not set where this worker runs',
    });
  });

  it.each([0, 1])(
    'keeps the value of such a variable out of what is told of it: exit status %i',
    async (status) => {
      vi.stubEnv('DEPLOY_TOKEN', 'a token with "quotes"');
      const environment = { TOKEN: 'DEPLOY_TOKEN' };
      const say = `echo "it was $TOKEN"; echo "it was $TOKEN" >&2; exit ${status}`;
      expect(JSON.stringify(await runShell(say, { environment }))).toContain('it was ***');
    },
  );

  it('has nothing to read and no terminal to ask on', async () => {
    expect(await runShell('read -r line || echo end; (: </dev/tty) 2>/dev/null || echo no terminal')).toEqual(
      {
        kind: 'done',
        summary: 'exit status 0: no terminal',
      },
    );
  });

  it('is not what an http plan is for', async () => {
    const plan = { executor: 'http', method: 'POST', url: 'http://x', body: {}, timeoutMs: 1 } as const;
    expect(await executor.run({ ...effect([]), plan })).toEqual({
      kind: 'refused',
      reason: 'an http plan is not a command',
    });
  });
});

describe('the exit status', () => {
  it.each([
    [0, 'done'],
    [1, 'unknown'],
    [2, 'unknown'],
    [74, 'unknown'],
    [75, 'unknown'],
    [124, 'unknown'],
    [126, 'unknown'],
    [127, 'unknown'],
    [137, 'unknown'],
    [255, 'unknown'],
  ])('%i is %s where the plan says nothing of it', async (status, kind) => {
    const result = await runShell(`exit ${status}`);
    expect(result).toEqual({ kind, [kind === 'done' ? 'summary' : 'reason']: `exit status ${status}` });
  });

  it.each([
    [0, 'done'],
    [9, 'unknown'],
    [10, 'refused'],
    [11, 'refused'],
    [12, 'unknown'],
  ])('%i is %s where the plan says that 10 and 11 changed nothing', async (status, kind) => {
    expect(await runShell(`exit ${status}`, { unchanged: [10, 11] })).toHaveProperty('kind', kind);
  });

  it.each([
    [0, 'done'],
    [1, 'unknown'],
    [2, 'done'],
    [3, 'done'],
    [10, 'refused'],
  ])(
    '%i is %s where the plan says that 2 and 3 are done, and that 10 changed nothing',
    async (status, kind) => {
      expect(await runShell(`exit ${status}`, { done: [2, 3], unchanged: [10] })).toHaveProperty(
        'kind',
        kind,
      );
    },
  );

  it('0 is told with the last line of what the program printed', async () => {
    expect(await runShell('echo one; echo two; echo; echo three >&2')).toEqual({
      kind: 'done',
      summary: 'exit status 0: two',
    });
  });

  it.each([
    [1, 'unknown'],
    [10, 'refused'],
  ])('%i is told with the last line of what the program complained of', async (status, kind) => {
    const script = `echo one >&2; echo two >&2; echo three; exit ${status}`;
    expect(await runShell(script, { unchanged: [10] })).toEqual({
      kind,
      reason: `exit status ${status}: two`,
    });
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'])('is unknown after %s', async (signal) => {
    expect(await runShell(`echo busy >&2; kill -${signal.slice(3)} $$`)).toEqual({
      kind: 'unknown',
      reason: `ended by ${signal}: busy`,
    });
  });
});

describe('the output', () => {
  it.each(['stdout', 'stderr'])('of 10 MB on %s neither blocks the program nor is kept', async (stream) => {
    const script = `process.${stream}.write('x'.repeat(10_000_000), () => console.log('written'))`;
    expect(await runNode(script)).toEqual({
      kind: 'done',
      summary: expect.stringMatching(/^exit status 0: .{1,500}$/),
    });
  });

  it.each(['stdout', 'stderr'])(
    'beyond the limit on %s is cut, and the program runs to its end: it is never ended for what it prints',
    async (stream) => {
      const touched = join(folder, `after-${stream}`);
      const script = `process.${stream}.write('x'.repeat(1_000_000), () => fs.writeFileSync(process.argv[1], 'ran'))`;
      const result = await runNode(script, [touched], { outputBytes: 1_024 });
      expect(result.kind).toBe('done');
      expect(await readFile(touched, 'utf8')).toBe('ran');
    },
  );

  it('in one endless line is known by its end alone, which is cut', async () => {
    const result = await runNode(
      `process.stderr.write('begin' + 'x'.repeat(10_000_000), () => process.exit(1))`,
    );
    expect(result).toEqual({ kind: 'unknown', reason: `exit status 1: ${'x'.repeat(484)}…` });
  });

  it('reaches nobody with its control characters', async () => {
    expect(await runShell(`printf '\\033[2J\\r\\007 no\\000 disk \\377' >&2; exit 1`)).toEqual({
      kind: 'unknown',
      reason: 'exit status 1: [2J no disk \ufffd',
    });
  });
});

describe('a program that does not end', () => {
  const start = (script: string, options: string) =>
    `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}], ${options})`;

  it('is ended after its time, with what it started, even when they ignore SIGTERM', async () => {
    const { script, seen, present } = await roll();
    const result = await runNode(`${script} ${start(script, '{}')}; console.error('busy')`, [], {
      timeoutMs: 3_000,
    });
    expect(result).toEqual({ kind: 'unknown', reason: 'still running after 3000 ms, so it was ended: busy' });
    expect(seen()).toBe(2);
    await vi.waitFor(() => expect(present()).toBe(0), 10_000);
  });

  it('may clean up on SIGTERM, and is unknown however it then ends', async () => {
    const loop = 'while :; do sleep 0.05; done';
    expect(await runShell(`trap 'echo cleaned >&2; exit 0' TERM; ${loop}`, { timeoutMs: 300 })).toEqual({
      kind: 'unknown',
      reason: 'still running after 300 ms, so it was ended: cleaned',
    });
  });

  it.each(['false', 'true'])(
    'is done by its own end, and what it leaves running runs on (detached: %s)',
    async (detached) => {
      const { script, seen, present } = await roll();
      const daemon = start(script, `{ stdio: 'inherit', detached: ${detached} }`);
      const result = await runNode(`const daemon = ${daemon}; daemon.unref(); console.log(daemon.pid)`);
      const pid = printed(result);
      await vi.waitFor(() => expect(seen()).toBe(1), 10_000);
      expect(present()).toBe(1);
      process.kill(Number(pid), 'SIGKILL');
      await vi.waitFor(() => expect(present()).toBe(0), 10_000);
    },
  );
});

describe('a program that cannot be started', () => {
  it.each([
    ['that is not on PATH', ['no-such-program'], 'it, or the interpreter that it names, was not found'],
    ['that is not at its path', ['/no/such/program'], 'it, or the interpreter that it names, was not found'],
    ['that is no executable file', [import.meta.filename], 'this worker may not execute it'],
    ['that is a directory', [import.meta.dirname], 'this worker may not execute it'],
  ])('is refused by name: one %s', async (_, argv, why) => {
    expect(await run(argv)).toEqual({ kind: 'refused', reason: `"${argv[0]}" was not started: ${why}` });
  });

  it.each([
    ['no program', []],
    ['an empty name', ['']],
    ['a NUL in an argument', ['echo', 'a\0b']],
  ])('is refused: %s', async (_, argv) => {
    expect(await run(argv)).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('was not started: The '),
    });
  });
});

describe('the folder', () => {
  it('of a plan is seen from the folder of the installation', async () => {
    await mkdir(join(folder, 'tools'));
    expect(
      printed(await runNode('console.log(JSON.stringify(process.cwd()))', [], { directory: 'tools' })),
    ).toBe(join(folder, 'tools'));
  });

  it('may be a whole path', async () => {
    expect(printed(await runNode('console.log(JSON.stringify(process.cwd()))', [], { directory: '/' }))).toBe(
      '/',
    );
  });

  it.each(['no-such-folder', 'file'])(
    'that is not there is refused, and nothing is run: %s',
    async (directory) => {
      await writeFile(join(folder, 'file'), '');
      expect(await runShell('echo ran', { directory })).toEqual({
        kind: 'refused',
        reason: `"/bin/sh" was not started: there is no folder ${directory}`,
      });
    },
  );
});

describe('a preview', () => {
  const argvOf = (script: string) => ['/bin/sh', '-c', script];
  const planWith = (script: string, changes: Partial<CommandPlan> = {}): CommandPlan => ({
    executor: 'command',
    argv: argvOf('echo ran'),
    preview: { argv: argvOf(script), refused: [3], timeoutMs: 5_000 },
    timeoutMs: 20_000,
    ...changes,
  });
  const previewed = (script: string, changes?: Partial<CommandPlan>) =>
    executor.preview?.(planWith(script, changes));
  const SCALE: Preview = {
    summary: 'scale checkout from 3 to 5',
    changes: [{ what: 'spec.replicas', from: 3, to: 5 }],
    boundTo: { uid: '7f3' },
    before: { replicas: 3 },
  };
  const says = (preview: object) => `cat <<'END'\n${JSON.stringify(preview)}\nEND`;

  it('is what the program prints as JSON', async () => {
    expect(await previewed(says(SCALE))).toEqual({ kind: 'previewed', preview: SCALE });
  });

  it.each([
    ['', { summary: 'it would change nothing', changes: [], boundTo: {} }],
    [
      'replicas: 3 -> 5',
      { summary: 'replicas: 3 -> 5', changes: [{ what: 'replicas: 3 -> 5' }], boundTo: {} },
    ],
    ['a\n\n  b  \n', { summary: '2 changes', changes: [{ what: 'a' }, { what: 'b' }], boundTo: {} }],
  ])('is one change a line where it prints text: %j', async (text, preview) => {
    expect(await previewed(`printf '%s' '${text}'`)).toEqual({ kind: 'previewed', preview });
  });

  it('is refused by an exit status that the plan names', async () => {
    expect(await previewed('echo no such index >&2; exit 3')).toEqual({
      kind: 'refused',
      reason: 'exit status 3: no such index',
    });
  });

  it.each([
    ['exit 1', 'the preview ended with exit status 1'],
    ['kill -9 $$', 'the preview was ended by SIGKILL'],
    ['echo "{"', 'the preview printed what is no preview: begins with "{" and is no JSON'],
    [says({ summary: 'x' }), /^the preview printed what is no preview: changes: /],
    [says({ ...SCALE, more: 1 }), /^the preview printed what is no preview: .*"more"/],
    [`echo '{"summary":"a","summary":"b","changes":[]}'`, /summary: is written twice/],
    ['head -c 20000 /dev/zero', 'the preview printed more than 16384 bytes'],
  ])('is unknown where nobody can tell what it would change: %s', async (script, reason) => {
    expect(await previewed(script)).toEqual({
      kind: 'unknown',
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  it('is unknown after its time', async () => {
    const plan = planWith('sleep 20', { preview: { argv: argvOf('sleep 20'), timeoutMs: 300 } });
    expect(await executor.preview?.(plan)).toEqual({
      kind: 'unknown',
      reason: 'the preview was still running after 300 ms',
    });
  });

  it('finds the variables of its plan, and none of an action: it is made before there is one', async () => {
    vi.stubEnv('DEPLOY_TOKEN', 'a token of the deployer');
    vi.stubEnv('PATH', '/usr/bin:/bin');
    onTestFinished(() => void vi.unstubAllEnvs());
    const result = await previewed('env | grep -v -e ^PWD= -e ^OLDPWD= -e ^_= -e ^SHLVL= | sort', {
      environment: { TOKEN: 'DEPLOY_TOKEN' },
    });
    expect(result).toMatchObject({
      kind: 'previewed',
      preview: { changes: [{ what: 'PATH=/usr/bin:/bin' }, { what: 'TOKEN=***' }] },
    });
  });

  const runAs = (seen: Preview | undefined, script: string, changes?: Partial<CommandPlan>) =>
    executor.run({ ...effect([]), plan: planWith(script, changes), preview: seen });

  it('is made again right before, and the same is run', async () => {
    expect(await runAs(SCALE, says(SCALE))).toEqual({ kind: 'done', summary: 'exit status 0: ran' });
  });

  it('that is another one right before is refused, and nothing is run', async () => {
    const touched = join(folder, 'touched');
    const now = { ...SCALE, changes: [{ what: 'spec.replicas', from: 4, to: 5 }] };
    expect(await runAs(SCALE, says(now), { argv: argvOf(`echo ran >${touched}`) })).toEqual({
      kind: 'refused',
      reason: 'it would do something else now: spec.replicas: 4 to 5 instead of spec.replicas: 3 to 5',
    });
    await expect(readFile(touched)).rejects.toThrow('ENOENT');
  });

  it.each(['exit 1', 'exit 3'])(
    'that cannot be made right before is refused, and nothing is run: %s',
    async (script) => {
      expect(await runAs(SCALE, script)).toEqual({
        kind: 'refused',
        reason: expect.stringMatching(
          /^it (is not known any more what it would do|would be refused now): .*exit status [13]$/,
        ),
      });
    },
  );

  it('of the effect tells its rollback what was there before', async () => {
    const plan = effect(argvOf('echo "$COUNTERSIGN_BEFORE"'));
    expect(printed(await executor.run({ ...plan, preview: SCALE }))).toEqual({ replicas: 3 });
  });
});
