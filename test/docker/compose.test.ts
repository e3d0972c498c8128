import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { type ComposeFile, REPOSITORY, services, text, yaml } from './deployment.ts';

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
      const passwords = {
        POSTGRES_PASSWORD: 'one',
        TEMPORAL_DB_PASSWORD: 'two',
        COUNTERSIGN_DB_PASSWORD: 'three',
      };
      const { status, stderr } = spawnSync(
        'docker',
        ['compose', '--env-file', 'temporal-docker/.env.example', '--file', file, 'config', '--quiet'],
        { cwd: REPOSITORY, encoding: 'utf8', env: { ...process.env, ...passwords } },
      );
      expect(status, stderr).toBe(0);
    });
  }
});

describe('the services', () => {
  test.each(Object.entries(services()))('%s runs an image of one exact version', (_name, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
  });

  test("the worker's image carries the version of the package", () => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    expect(services().worker?.image).toBe(`countersign-worker:${version}`);
  });

  test('Temporal and its tools are of one version', () => {
    const versions = Object.values(services())
      .map(({ image }) => /^temporalio\/(?:server|admin-tools):(.+)$/.exec(image)?.[1])
      .filter((version) => version !== undefined);
    expect(new Set(versions).size).toBe(1);
  });

  test('every file mounted from the repository exists', () => {
    const missing = mountedSources().filter(
      (source) => source.startsWith('.') && !existsSync(join(REPOSITORY, 'temporal-docker', source)),
    );
    expect(missing).toEqual([]);
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

  test("the worker's health check asks the port where the worker answers", () => {
    const worker = services().worker;
    const port = worker?.environment?.COUNTERSIGN_HEALTH_ADDRESS?.split(':')[1];
    expect(worker?.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${port}/healthz`);
  });
});

describe('the settings', () => {
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
    const worker = (yaml('temporal-docker/worker.yaml') as ComposeFile).services.worker;
    const passedOn = Object.entries(worker?.environment ?? {}).filter(([, value]) => value === null);
    expect(passedOn.length).toBeGreaterThan(0);
    for (const [name] of passedOn)
      expect(text('temporal-docker/.env.example')).toMatch(new RegExp(`^# ${name}=`, 'm'));
  });

  test('.env.example holds no password', () => {
    for (const [, value] of text('temporal-docker/.env.example').matchAll(/^\w*PASSWORD=(.*)$/gm))
      expect(value).toBe('');
  });

  test('time skipping is not allowed in this deployment', () => {
    const settings = yaml('temporal-docker/temporal/dynamic-config.yaml') as Record<string, unknown>;
    expect(Object.keys(settings)).toContain('matching.numTaskqueueReadPartitions');
    expect(Object.keys(settings)).not.toContain('frontend.WorkflowTimeSkippingEnabled');
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
        .filter(([key]) => key === 'COUNTERSIGN_METRICS_ADDRESS' || key === 'PROMETHEUS_ENDPOINT')
        .map(([, address]) => address?.replace('0.0.0.0', name)),
    );
    expect(targets).toContain('worker:9464');
    expect(targets.sort()).toEqual(served.sort());
  });
});

interface PrometheusFile {
  readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: string[] }[] }[];
}

function mountedSources(): string[] {
  return Object.values(services())
    .flatMap(({ volumes }) => volumes ?? [])
    .map((volume) => (typeof volume === 'string' ? volume.replace(/:.*$/, '') : volume.source));
}

/** As `service address:port`; a host port that differs from the container's would show as `address:host:container`. */
function publishedPorts(): string[] {
  return Object.entries(services()).flatMap(([name, { ports }]) =>
    (ports ?? []).map((port) => {
      const local = port.replace(/^\$\{PRIVATE_ADDRESS:-127\.0\.0\.1\}/, 'PRIVATE_ADDRESS');
      return `${name} ${local.replace(/:(\d+):\1$/, ':$1')}`;
    }),
  );
}
