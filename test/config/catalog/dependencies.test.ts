import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited } from '../broken.ts';

type Spec = Readonly<Record<string, string | readonly string[]>>;

const owner = 'group:cart-team';
const entity = (kind: string, name: string, spec: Spec) =>
  stringify({
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { name },
    spec: { type: 'any', owner, ...spec },
  });
const component = (name: string, spec: Spec = {}) => entity('Component', name, spec);

/** What each of the services x, y and z needs, as the loader understands these entities beside the example's. */
async function needs(...entities: string[]) {
  const services = await servicesOf(...entities);
  return Object.fromEntries(['x', 'y', 'z'].map((name) => [name, services[name]?.dependsOn]));
}

async function servicesOf(...entities: string[]) {
  const folder = await edited();
  await writeFile(join(folder, 'catalog/more.yaml'), entities.join('---\n'));
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded.installation.services;
}

test('the owners of data are those of the databases that a service itself depends on, each once', async () => {
  const database = (name: string, team: string, spec: Spec = {}) =>
    entity('Resource', name, { type: 'database', owner: `group:${team}`, ...spec });
  const { x, y, z } = await servicesOf(
    database('d', 'web-team'),
    database('e', 'catalog-team', { dependencyOf: ['component:x'] }),
    database('f', 'web-team'),
    entity('Resource', 'queue', { type: 'queue', owner: 'group:checkout-team' }),
    component('x', { dependsOn: ['resource:d', 'resource:f', 'resource:queue', 'component:y'] }),
    component('y', { dependsOn: ['resource:orders-db'] }),
    component('z', { dependsOn: ['component:y'] }),
  );
  expect([x, y, z].map((service) => service?.dataOwners)).toEqual([
    ['group:catalog-team', 'group:web-team'],
    ['group:checkout-team'],
    [],
  ]);
});

test('a component needs what it depends on, and not what that depends on', async () => {
  const entities = [
    component('x', { dependsOn: ['component:y'] }),
    component('y', { dependsOn: ['component:z'] }),
  ];
  expect(await needs(...entities, component('z'))).toEqual({ x: ['y'], y: ['z'], z: [] });
});

test('a dependency may be written at either end', async () => {
  expect(
    await needs(component('x'), component('y', { dependencyOf: ['component:x'] }), component('z')),
  ).toEqual({
    x: ['y'],
    y: [],
    z: [],
  });
});

test('a consumer of an API needs each of its providers', async () => {
  expect(
    await needs(
      entity('API', 'a', {}),
      component('x', { consumesApis: ['a'] }),
      component('y', { providesApis: ['api:default/a'] }),
      component('z', { providesApis: ['a'], consumesApis: ['a'] }),
    ),
  ).toEqual({ x: ['y', 'z'], y: [], z: ['y'] });
});

test('a whole needs its parts', async () => {
  expect(await needs(component('x'), component('y', { subcomponentOf: 'x' }), component('z'))).toEqual({
    x: ['y'],
    y: [],
    z: [],
  });
});

test('what a resource depends on is needed by those who depend on the resource', async () => {
  expect(
    await needs(
      component('x', { dependsOn: ['resource:r'] }),
      entity('Resource', 'r', { dependsOn: ['resource:s'] }),
      entity('Resource', 's', { dependsOn: ['component:y'] }),
      component('y'),
      component('z'),
    ),
  ).toEqual({ x: ['y'], y: [], z: [] });
});

test('components that need each other are read too', async () => {
  expect(
    await needs(
      component('x', { dependsOn: ['component:y'] }),
      component('y', { dependsOn: ['component:x', 'component:y'] }),
      component('z'),
    ),
  ).toEqual({ x: ['y'], y: ['x'], z: [] });
});

test('a component whose criticality nobody stated counts as the most critical', async () => {
  const folder = await edited();
  await writeFile(join(folder, 'catalog/more.yaml'), component('x', { type: 'library' }));
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  expect(loaded.kind === 'loaded' && loaded.installation.services.x?.serviceTier).toBe(1);
});

test('who needs a service is known from both ends', async () => {
  const folder = await edited();
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  expect(loaded.kind === 'loaded' && loaded.installation.dependents).toEqual({
    web: [],
    checkout: ['web'],
    cart: ['checkout', 'web'],
    catalog: ['cart', 'web'],
  });
});

test('of many references that lead nowhere each is a note, and the first twenty say what may have been meant', async () => {
  const folder = await edited();
  const lost = Array.from({ length: 21 }, (_, i) => component(`x-${i}`, { dependsOn: ['component:crat'] }));
  await writeFile(join(folder, 'catalog/more.yaml'), lost.join('---\n'));
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  const notes = loaded.kind === 'loaded' ? loaded.notes : [];
  const problem = 'spec.dependsOn.0: component:crat is not in the catalog';
  expect(notes.map((note) => note.problem).filter((each) => each.startsWith(problem))).toEqual([
    ...Array(20).fill(`${problem}; did you mean "component:cart"?`),
    problem,
  ]);
});
