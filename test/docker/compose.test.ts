import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/gateway/settings.ts';
import { type ComposeFile, REPOSITORY, type Service, services, text, yaml } from './deployment.ts';

const DIGEST = /@sha256:[0-9a-f]{64}$/;
const FILES = ['temporal-docker/compose.yaml', 'temporal-docker/worker.yaml'];
const conforms = new Ajv2020({ strict: false }).compile(JSON.parse(text('test/fixtures/compose-spec.json')));
const dockerCompose = spawnSync('docker', ['compose', 'version']).status === 0;

describe(`the Compose files, by ${dockerCompose ? 'schema and docker compose' : 'schema alone: docker compose is not installed here'}`, () => {
  test.each(FILES)('%s follows the Compose specification', (file) => {
    conforms(yaml(file));
    expect(conforms.errors).toBeNull();
  });

  test('an unknown key is refused by the schema', () => {
    const { services } = yaml('temporal-docker/compose.yaml') as ComposeFile;
    const bent = { services: { ...services, temporal: { ...services.temporal, helthcheck: {} } } };
    expect(conforms(bent)).toBe(false);
  });

  if (dockerCompose) {
    test.each(FILES)('docker compose accepts %s', (file) => {
      const secrets = {
        POSTGRES_PASSWORD: 'one',
        TEMPORAL_DB_PASSWORD: 'two',
        COUNTERSIGN_DB_PASSWORD: 'three',
        COUNTERSIGN_WORKER_DB_PASSWORD: 'four',
        COUNTERSIGN_GATEWAY_DB_PASSWORD: 'five',
        COUNTERSIGN_AUDITOR_DB_PASSWORD: 'six',
        TEMPORAL_API_KEY: 'seven',
        TEMPORAL_API_KEY_ADMIN: 'eight',
        TEMPORAL_API_KEY_UI: 'nine',
      };
      const { status, stderr } = spawnSync(
        'docker',
        ['compose', '--env-file', 'temporal-docker/.env.example', '--file', file, 'config', '--quiet'],
        { cwd: REPOSITORY, encoding: 'utf8', env: { ...process.env, ...secrets } },
      );
      expect(status, stderr).toBe(0);
    });
  }
});

describe('the services', () => {
  test.each(Object.entries(services()))('%s runs an image of one exact version', (_name, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-alpine)?(@|$)/);
  });

  test('an image that is not built here is pinned by its digest: a tag may be moved', () => {
    const foreign = Object.values(services()).filter(({ build }) => build === undefined);
    const images = foreign.map(({ image }) => image).filter((image) => image !== services().worker?.image);
    expect(images.length).toBeGreaterThan(5);
    expect(images.filter((image) => !DIGEST.test(image))).toEqual([]);
  });

  test.each(['worker', 'gateway', 'migrate'])("the %s's image carries the version of the package", (name) => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    expect(services()[name]?.image).toBe(`countersign-worker:${version}`);
  });

  test.each(['tokens.sh', 'README.md'])('%s runs that image and no other', (file) => {
    const named = text(`temporal-docker/${file}`).match(/countersign-worker:[\d.]+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named)).toEqual(new Set([serviceOf('worker').image]));
  });

  test('Temporal and its tools are of one version', () => {
    const versions = Object.values(services())
      .map(({ image }) => /^temporalio\/(?:server|admin-tools):([^@]+)/.exec(image)?.[1])
      .filter((version) => version !== undefined);
    expect(new Set(versions).size).toBe(1);
  });

  test('every file mounted from the repository exists, but for those that are made beside it', () => {
    const madeHere = text('temporal-docker/.gitignore').trim().split('\n');
    const ours = mountedSources().filter((source) => source.startsWith('.'));
    const missing = ours.filter((source) => !existsSync(join(REPOSITORY, 'temporal-docker', source)));
    expect(missing.filter((source) => !madeHere.includes(source.split('/')[1] ?? ''))).toEqual([]);
    expect(mountedSources()).toContain('./postgresql/init.sql');
  });

  test('every named volume is declared', () => {
    const { volumes } = yaml('temporal-docker/compose.yaml') as { volumes: Record<string, unknown> };
    const named = mountedSources().filter((source) => /^[a-z]/.test(source));
    expect(named.sort()).toEqual(Object.keys(volumes).sort());
  });

  test('whatever another service waits for can become what it waits for', () => {
    const waits = Object.values(services()).flatMap(({ depends_on }) => Object.entries(depends_on ?? {}));
    expect(waits.length).toBeGreaterThan(0);
    for (const [name, { condition }] of waits) {
      expect(services()[name], name).toBeDefined();
      if (condition === 'service_healthy') expect(services()[name]?.healthcheck, name).toBeDefined();
    }
  });

  test.each([
    ['worker', 'COUNTERSIGN_HEALTH_ADDRESS'],
    ['gateway', 'COUNTERSIGN_GATEWAY_ADDRESS'],
  ])("the %s's health check asks the port where it answers", (name, setting) => {
    const { environment, healthcheck, ports } = serviceOf(name);
    const port = environment?.[setting]?.split(':')[1];
    expect(healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(ports?.map((published) => published.split(':').at(-1))).toContain(port);
  });

  test('what runs code of ours has no more rights than it needs', () => {
    for (const name of ['worker', 'gateway', 'migrate']) {
      const { init, cap_drop, security_opt } = serviceOf(name);
      const rights = { init, cap_drop, security_opt };
      expect(rights).toEqual({ init: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    }
  });
});

describe('the gateway', () => {
  const { environment = {}, volumes = [], profiles, command } = serviceOf('gateway');

  test('runs only where it is asked for, and nothing waits for it', () => {
    expect(profiles).toEqual(['gateway']);
    expect(command).toEqual(['node', 'dist/cli/main.js', 'gateway']);
    const waitedFor = Object.values(services()).flatMap(({ depends_on }) => Object.keys(depends_on ?? {}));
    expect(waitedFor).not.toContain('gateway');
  });

  test('everything else starts without any setting of it', () => {
    const written = text('temporal-docker/compose.yaml');
    for (const name of Object.keys(environment).filter((each) => /OIDC|GATEWAY/.test(each)))
      expect(written).not.toContain(`\${${name}:?`);
    expect(written).not.toContain('${COUNTERSIGN_GATEWAY_KEY_FILE:?');
  });

  test('reads its key and the installation, and can write neither', () => {
    const mounts = volumes.flatMap((volume) => (typeof volume === 'string' ? [] : [volume]));
    expect(mounts.map(({ target }) => target).sort()).toEqual(
      [environment.COUNTERSIGN_INSTALLATION, environment.COUNTERSIGN_GATEWAY_KEY].sort(),
    );
    expect(mounts.map(({ read_only }) => read_only)).toEqual([true, true]);
  });

  test('starts with what it is given, once people can sign in', () => {
    const given = Object.entries(environment).map(([name, value]) => [name, value ?? 'https://id.example']);
    expect(readSettings(Object.fromEntries(given))).toMatchObject({
      COUNTERSIGN_GATEWAY_ADDRESS: '0.0.0.0:8080',
    });
  });
});

describe('the settings', () => {
  const example = text('examples/storefront/installation/countersign.yaml');
  const read = [...example.matchAll(/\$\{env\.(\w+)\}/g)].map(([, variable]) => variable);
  const namesOf = (name: string) => Object.keys(serviceOf(name).environment ?? {});

  test('the worker has every name that the example reads', () => {
    expect(read).toContain('PAGER_ROUTING_KEY');
    expect(namesOf('worker')).toEqual(expect.arrayContaining(read));
  });

  test('the gateway has what its pages need of them, and none of the secrets', () => {
    const [, uiUrl] = /^uiUrl: \$\{env\.(\w+)\}/m.exec(example) ?? [];
    expect(namesOf('gateway').filter((name) => read.includes(name))).toEqual([uiUrl]);
  });

  test('a setting without a default is in .env.example', () => {
    const documented = [...text('temporal-docker/.env.example').matchAll(/^(\w+)=/gm)].map(
      ([, name]) => name,
    );
    const required = FILES.flatMap((file) => [...text(file).matchAll(/\$\{(\w+)(?=\}|:?\?)/g)]).map(
      ([, name]) => name,
    );
    expect(required).toContain('POSTGRES_PASSWORD');
    expect(documented).toEqual(expect.arrayContaining(required));
  });

  test('a setting that is passed on from .env is explained in .env.example', () => {
    const written = FILES.flatMap((file) => Object.values((yaml(file) as ComposeFile).services));
    const passedOn = written
      .flatMap(({ environment }) => Object.entries(environment ?? {}))
      .filter(([, value]) => value === null);
    expect(passedOn.length).toBeGreaterThan(0);
    for (const [name] of passedOn)
      expect(text('temporal-docker/.env.example')).toMatch(new RegExp(`^# ${name}=`, 'm'));
  });

  test('.env.example holds no password and no token', () => {
    const secrets = [...text('temporal-docker/.env.example').matchAll(/^\w*(?:PASSWORD|API_KEY)\w*=(.*)$/gm)];
    expect(secrets.length).toBeGreaterThan(6);
    for (const [, value] of secrets) expect(value).toBe('');
  });

  test('time skipping is not allowed in this deployment', () => {
    const settings = yaml('temporal-docker/temporal/dynamic-config.yaml') as Record<string, unknown>;
    expect(Object.keys(settings)).toContain('matching.numTaskqueueReadPartitions');
    expect(Object.keys(settings)).not.toContain('frontend.WorkflowTimeSkippingEnabled');
  });

  test('more agents may wait for their results in this deployment than by default', () => {
    const settings = yaml('temporal-docker/temporal/dynamic-config.yaml') as Record<string, unknown>;
    expect(settings['frontend.namespaceCount']).toEqual([{ value: 20_000 }]);
  });

  test('each agent gets its turn in this deployment', () => {
    const settings = yaml('temporal-docker/temporal/dynamic-config.yaml') as Record<string, unknown>;
    expect(settings['matching.enableFairness']).toEqual([{ value: true }]);
  });
});

describe('the ports', () => {
  test("the README's table names every published port, its service and where it listens", () => {
    const rows = [
      ...text('temporal-docker/README.md').matchAll(/^\| (\d+) +\| `([\w-]+)` +\| `([\w.]+)` +\|/gm),
    ];
    const table = rows.map(([, port, service, address]) => `${service} ${address}:${port}`);
    expect(table.sort()).toEqual(publishedPorts().sort());
  });

  test('nothing is published beyond this machine unless PRIVATE_ADDRESS says so', () => {
    for (const port of publishedPorts()) expect(port).toMatch(/ (127\.0\.0\.1|PRIVATE_ADDRESS):/);
  });

  test('Prometheus reads each target where that service serves its metrics', () => {
    const { scrape_configs } = yaml('temporal-docker/prometheus.yml') as PrometheusFile;
    const targets = scrape_configs.flatMap(({ static_configs }) =>
      static_configs.flatMap(({ targets }) => targets),
    );
    const served = Object.entries(services()).flatMap(([name, { environment }]) =>
      Object.entries(environment ?? {})
        .filter(([key]) => SERVES_METRICS.includes(key))
        .map(([, address]) => address?.replace('0.0.0.0', name)),
    );
    expect(targets).toContain('worker:9464');
    expect(targets.sort()).toEqual(served.sort());
  });
});

const SERVES_METRICS = ['COUNTERSIGN_METRICS_ADDRESS', 'COUNTERSIGN_GATEWAY_ADDRESS', 'PROMETHEUS_ENDPOINT'];

interface PrometheusFile {
  readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: string[] }[] }[];
}

function serviceOf(name: string): Service {
  const service = services()[name];
  if (!service) throw new Error(`there is no service ${name}`);
  return service;
}

function mountedSources(): string[] {
  return Object.values(services())
    .flatMap(({ volumes }) => volumes ?? [])
    .map((volume) => (typeof volume === 'string' ? volume.replace(/:.*$/, '') : volume.source));
}

/** As `service address:port`, the port on the host. */
function publishedPorts(): string[] {
  return Object.entries(services()).flatMap(([name, { ports }]) =>
    (ports ?? []).map((port) => {
      const local = port.replace(/^\$\{PRIVATE_ADDRESS:-127\.0\.0\.1\}/, 'PRIVATE_ADDRESS');
      return `${name} ${local.replace(/:\d+$/, '')}`;
    }),
  );
}
