import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY, services, text } from './deployment.ts';

const instructions = text('temporal-docker/Dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ')[0], rest: line.slice(line.indexOf(' ') + 1) }));

const fromContext = of('COPY').filter((rest) => !rest.startsWith('--from='));
const sources = [...new Set(fromContext.flatMap((rest) => rest.split(' ').slice(0, -1)))].sort();

test('the image copies only files that the repository has', () => {
  expect(sources).toContain('src');
  expect(sources.filter((source) => !existsSync(join(REPOSITORY, source)))).toEqual([]);
});

test('the build context lets in exactly what the image copies', () => {
  const letIn = [...text('temporal-docker/Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)].map(
    ([, path]) => path,
  );
  expect(letIn.sort()).toEqual(sources);
});

test('the image runs the command that the package installs', () => {
  const { bin } = JSON.parse(text('package.json')) as { bin?: Record<string, string> };
  const command = JSON.parse(of('CMD')[0] ?? '[]') as string[];
  expect(command).toEqual(['node', bin?.countersign, 'worker']);
});

test('the image builds with scripts that the package has', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts?: Record<string, string> };
  const used = of('RUN').flatMap((rest) =>
    [...rest.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script),
  );
  expect(used).toEqual(['build']);
  expect(Object.keys(scripts ?? {})).toEqual(expect.arrayContaining(used));
});

test('the base image is of one exact version, by its digest, and has glibc', () => {
  const outside = of('FROM').filter((rest) => rest.includes(':'));
  expect(outside).toHaveLength(1);
  expect(outside[0]).toMatch(/^node:22\.\d+\.\d+-(bookworm|trixie)-slim@sha256:[0-9a-f]{64} AS base$/);
});

test('the last stage leaves root before it runs the worker', () => {
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const users = last.filter(({ name }) => name === 'USER').map(({ rest }) => rest);
  expect(users).toEqual(['node']);
});

test('the image exposes every port that the deployment reaches in it', () => {
  const { worker, gateway } = services();
  const ports = [worker, gateway].flatMap((service) => service?.ports ?? []);
  const inside = ports.map((port) => port.split(':').at(-1));
  expect(of('EXPOSE').flatMap((rest) => rest.split(' '))).toEqual(inside.sort());
});

test('development dependencies stay out of the image', () => {
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  expect(last.map(({ rest }) => rest)).toContain('--from=dependencies /app/node_modules ./node_modules');
  expect(of('RUN')).toContain('npm ci --omit=dev');
});

function of(name: string): string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
}
