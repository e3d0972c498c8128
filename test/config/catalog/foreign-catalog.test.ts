import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { faultLines, loadInstallation } from '../../../src/config/index.ts';
import { unfit } from '../../../src/domain/proposal/check-proposal.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const V1 = 'apiVersion: backstage.io/v1alpha1';

/** The example with these files beside its own, as a catalog that its owners keep for other ends. */
async function withFiles(files: Readonly<Record<string, string>>) {
  const folder = await edited();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder, 'catalog', file, '..'), { recursive: true });
    await writeFile(join(folder, 'catalog', file), text);
  }
  return folder;
}

async function loaded(files: Readonly<Record<string, string>>) {
  const folder = await withFiles(files);
  const found = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (found.kind === 'faulty') throw new Error(faultLines(found.faults).join('\n'));
  const notes = found.notes.filter(({ file }) => file.startsWith('catalog/'));
  return {
    installation: found.installation,
    notes: notes.map(({ file, line, problem }) => `${file}:${line}: ${problem}`),
  };
}

const notesOf = async (text: string) =>
  (await loaded({ 'more.yaml': text })).notes.map((note) => note.replace('catalog/more.yaml:', ''));

describe('what nothing here goes by is a note with its line, never a fault', () => {
  test.each([
    [
      'a domain',
      `${V1}\nkind: Domain\nmetadata: { name: playback }\nspec: { owner: group:music }`,
      ['2: kind: Domain is not read: nothing here goes by it'],
    ],
    [
      'a template',
      `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: new }\nspec: { type: service }`,
      ['2: kind: Template is not read: nothing here goes by it'],
    ],
    [
      'what is no entity',
      'openapi: 3.1.0\ninfo: { title: songs }',
      ['1: is not read: it has no kind, so it is no entity'],
    ],
    [
      'an owner and a system that are not in the catalog',
      `${V1}\nkind: API\nmetadata: { name: songs }\nspec:\n  type: openapi\n  lifecycle: production\n  owner: team-music\n  system: player\n  definition:\n    $text: ./songs.openapi.yaml`,
      [
        '8: spec.system: system:player is not in the catalog; known: system:storefront',
        '7: spec.owner: group:team-music is not in the catalog',
      ],
    ],
    [
      'members that are not known',
      `${V1}\nkind: System\nmetadata:\n  name: player\n  uid: 7\nspec:\n  owner: group:web-team\n  domain: playback\n  tier: gold`,
      [
        '5: metadata.uid: unknown key; known: annotations, description, labels, links, name, namespace, tags, title',
        '9: spec.tier: unknown key; known: domain, owner, type',
        '8: spec.domain: domain:playback is not in the catalog; none is known here',
      ],
    ],
    [
      'annotations and labels that are no texts',
      `${V1}\nkind: Resource\nmetadata:\n  name: songs\n  annotations:\n    example.com/shards: 12\n  labels: { hot: true }\nspec: { type: bucket, owner: web-team }`,
      [
        '6: metadata.annotations.example.com/shards: must be a text',
        '7: metadata.labels.hot: must be a text',
      ],
    ],
    [
      'a user without an address',
      `${V1}\nkind: User\nmetadata: { name: kim }\nspec: { memberOf: [web-team] }`,
      ['3: metadata.name: user:kim has no address: write spec.profile.email'],
    ],
    [
      'a user of another namespace, with the mailbox of one who is asked',
      `${V1}\nkind: User\nmetadata: { name: ada, namespace: dev }\nspec: { profile: { email: ada@storefront.example }, memberOf: [] }`,
      ['3: metadata.name: user:dev/ada is in another namespace than default: nobody is asked there'],
    ],
    [
      'a group without people, below one that is not in the catalog',
      `${V1}\nkind: Group\nmetadata: { name: search }\nspec: { type: team, parent: engineering, children: [] }`,
      [
        '4: spec.parent: group:engineering is not in the catalog; known: group:cart-team, group:catalog-team, group:checkout-team, group:platform-ai, group:search, group:security, group:sre-on-call, group:storefront-engineering, group:web-team',
        '3: metadata.name: group:search has nobody in it who could be asked: name people in its spec.members, or the group in their spec.memberOf',
      ],
    ],
    [
      'a group inside itself',
      `${V1}\nkind: Group\nmetadata: { name: search }\nspec: { type: team, parent: search, children: [], members: [ada] }`,
      ['3: metadata.name: group:search is inside itself: take it out of its own parent or children'],
    ],
    [
      'what depends on itself',
      `${V1}\nkind: Resource\nmetadata: { name: songs }\nspec: { type: bucket, owner: web-team, dependsOn: ['resource:songs'] }`,
      ['3: metadata.name: resource:songs depends on itself'],
    ],
    [
      'a circle',
      ['a', 'b', 'c']
        .map(
          (name, i) =>
            `${V1}\nkind: Resource\nmetadata: { name: ${name} }\nspec: { type: bucket, owner: web-team, dependsOn: ['resource:${'bca'[i]}'] }`,
        )
        .join('\n---\n'),
      [
        '3: metadata.name: these depend on each other in a circle: resource:a -> resource:b -> resource:c -> resource:a',
      ],
    ],
    [
      'a part that is written twice',
      `${V1}\nkind: Resource\nmetadata: { name: songs }\nspec: { type: bucket, owner: web-team }\n---\n${V1}\nkind: Resource\nmetadata: { name: songs }\nspec: { type: bucket, owner: web-team }`,
      ['3: metadata.name: resource:songs is in the catalog twice: keep one of them'],
    ],
    [
      'a template of YAML that is none yet',
      `${V1}\nkind: Component\nmetadata:\n  name: {{ values.name }}-{{ values.kind }}\n`,
      ['4: this is not YAML: With stringKeys, all keys must be strings'],
    ],
    [
      'an entity without a name',
      `${V1}\nkind: Component\nmetadata: {}\nspec: { type: service }`,
      [
        '3: metadata.name: is missing: write a text',
        '1: the entity is not read: what is wrong with it leaves nothing to go by',
      ],
    ],
  ] satisfies [string, string, string[]][])('%s', async (_, text, notes) => {
    expect((await notesOf(text)).sort()).toEqual([...notes].sort());
  });
});

describe('a component of which nobody stated its tier', () => {
  const reports = `${V1}\nkind: Component\nmetadata: { name: reports }\nspec: { type: service, lifecycle: production, owner: guests, dependsOn: ['component:catalog'] }`;

  test('is no target, and still counts among those that need one', async () => {
    const { installation, notes } = await loaded({ 'more.yaml': reports });
    expect(notes).toContain(
      'catalog/more.yaml:3: metadata.name: reports is no target of actions: its countersign.dev/service-tier is not stated in the catalog',
    );
    expect(unfit(installation, { target: 'reports' }, () => [])).toEqual([
      {
        where: 'target',
        problem:
          'reports is no target of actions: its countersign.dev/service-tier is not stated in the catalog',
      },
    ]);
    expect(installation.dependents.catalog).toContain('reports');
    expect(installation.services.reports?.serviceTier).toBe(1);
  });

  test('counts from another namespace too', async () => {
    const { installation } = await loaded({
      'more.yaml': reports.replace('name: reports', 'name: reports, namespace: finance'),
    });
    expect(installation.dependents.catalog).toContain('finance/reports');
  });

  test('with an annotation of ours is one that we go by: then each fault is a fault', async () => {
    const annotated = reports.replace(
      'name: reports',
      'name: reports, annotations: { countersign.dev/slo: "99" }',
    );
    expect(await faultsOf(await withFiles({ 'more.yaml': annotated }))).toEqual([
      {
        file: 'catalog/more.yaml',
        line: 3,
        problem:
          'metadata.annotations.countersign.dev/service-tier: is missing: write "1" (most critical) to "4", as every target needs it',
      },
      {
        file: 'catalog/more.yaml',
        line: 4,
        problem:
          'spec.owner: group:guests is not in the catalog; known: group:cart-team, group:catalog-team, group:checkout-team, group:platform-ai, group:security, group:sre-on-call, group:storefront-engineering, group:web-team',
      },
    ]);
  });
});

describe('people of another catalog', () => {
  test('who share a mailbox are both left out', async () => {
    const user = (name: string) =>
      `${V1}\nkind: User\nmetadata: { name: ${name} }\nspec: { profile: { email: guest@example.com }, memberOf: [web-team] }`;
    const { installation } = await loaded({ 'more.yaml': `${user('kim')}\n---\n${user('lee')}` });
    expect(Object.keys(installation.people)).not.toContain('kim');
    expect(Object.keys(installation.people)).not.toContain('lee');
    expect(installation.groups['web-team']).toEqual(['elif', 'mei']);
  });

  test('with an own address are asked like everybody', async () => {
    const text = `${V1}\nkind: User\nmetadata: { name: kim }\nspec: { profile: { email: kim@example.com }, memberOf: [web-team, lost] }`;
    const { installation } = await loaded({ 'more.yaml': text });
    expect(installation.groups['web-team']).toEqual(['elif', 'kim', 'mei']);
  });
});

describe('a location', () => {
  const location = (...targets: string[]) =>
    `${V1}\nkind: Location\nmetadata: { name: all }\nspec:\n  targets:\n${targets.map((target) => `    - ${target}`).join('\n')}\n`;
  const songs = `${V1}\nkind: Resource\nmetadata: { name: songs }\nspec: { type: bucket, owner: web-team }`;

  test('has its files read, at any depth, each once', async () => {
    const { notes, installation } = await loaded({
      'all.yaml': location('./music/all.yaml', './music/parts/songs.yaml'),
      'music/all.yaml': location('./parts/songs.yaml', 'parts/player.yaml'),
      'music/parts/songs.yaml': songs,
      'music/parts/player.yaml': `${V1}\nkind: Component\nmetadata: { name: player }\nspec: { type: service, owner: web-team, dependsOn: ['resource:songs', 'component:cart'] }`,
    });
    expect(notes).toEqual([
      expect.stringContaining('catalog/music/parts/player.yaml:3: metadata.name: player is no target'),
    ]);
    expect(installation.dependents.cart).toContain('player');
  });

  test('says what of it is not read', async () => {
    const { notes } = await loaded({
      'all.yaml': location(
        'https://example.com/catalog-info.yaml',
        '../../outside.yaml',
        './lost.yaml',
        "'./*.yaml'",
        './more.yaml',
      ),
      'more.yaml': location('./all.yaml'),
      'old/songs.yaml': songs,
    });
    expect(notes).toEqual([
      'catalog/all.yaml:6: spec.targets.0: https://example.com/catalog-info.yaml is not read: only files of this folder are, by their paths',
      'catalog/all.yaml:7: spec.targets.1: ../../outside.yaml is not read: only files of this folder are, by their paths',
      'catalog/all.yaml:8: spec.targets.2: ./lost.yaml is not read: there is no such file',
      'catalog/all.yaml:9: spec.targets.3: ./*.yaml is not read: only files of this folder are, by their paths',
      'catalog/more.yaml:6: spec.targets.0: ./all.yaml is not read: it leads back here: catalog/all.yaml -> catalog/more.yaml -> catalog/all.yaml',
      'catalog/old:1: is a folder, and not read: name its files as targets of a Location, or put them into catalog/ itself',
    ]);
  });
});

test('a file that may say who is asked stays a fault where it cannot be read', async () => {
  const folder = await withFiles({
    'more.yaml': `${V1}\nkind: User\nmetadata: { name: {{ values.name }} }\n`,
  });
  expect((await faultsOf(folder)).map(({ file }) => file)).toContain('catalog/more.yaml');
});
