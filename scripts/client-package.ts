/**
 * Builds `packages/client`, the package for those who only propose: the SDK and the adapters with all that they need in themselves, so that
 * nothing is installed beside them.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

/** What a package ships about its licence. */
const LICENCE = /^(licen[cs]e|notice|copying)/i;
const IMPORTED = /(from |import\()(['"])([^'"]+)\2/g;

/**
 * @param root the repository, with its `dist` built
 */
export async function buildClientPackage(root: string): Promise<void> {
  const target = join(root, 'packages/client/dist');
  rmSync(target, { recursive: true, force: true });
  const names = readdirSync(join(root, 'src/agents/adapters')).map((file) => file.replace(/\.ts$/, ''));
  const entries: Readonly<Record<string, string>> = {
    index: 'client/index',
    adapters: 'agents/index',
    ...Object.fromEntries(names.map((name) => [`adapters/${name}`, `agents/adapters/${name}`])),
  };
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(entries).map(([name, module]) => [name, join(root, `dist/${module}.js`)]),
    ),
    outdir: target,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    metafile: true,
    logLevel: 'error',
    // What is in it is CommonJS in part, and loads modules of Node by `require`.
    banner: {
      js: "import { createRequire as countersignRequire } from 'node:module'; const require = countersignRequire(import.meta.url);",
    },
  });
  writeFileSync(join(target, 'LICENSES.txt'), licencesOf(root, Object.keys(metafile.inputs)));
  copyTypes(root, target, entries);
}

/** The licences of the packages that are in it. */
function licencesOf(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const texts = readdirSync(join(root, folder))
        .filter((file) => LICENCE.test(file))
        .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** Copies the declarations that the entries lead to. Temporal's own are replaced by what the SDK names of them. */
function copyTypes(root: string, target: string, entries: Readonly<Record<string, string>>): void {
  const temporal = join(target, 'types/temporal.d.ts');
  const copied = new Set<string>();
  const copy = (module: string): void => {
    if (copied.has(module)) return;
    copied.add(module);
    const from = join(root, 'dist', module);
    const to = join(target, 'types', module);
    const text = readFileSync(from, 'utf8').replace(IMPORTED, (_, keyword, quote, name: string) => {
      if (name === '@temporalio/client') return `${keyword}${quote}${pathBetween(to, temporal)}${quote}`;
      if (!name.startsWith('.')) throw new Error(`${module} names ${name}, which is not in the package`);
      const declaration = name.replace(/\.(ts|js)$/, '.d.ts');
      copy(relative(join(root, 'dist'), join(dirname(from), declaration)));
      return `${keyword}${quote}${name.replace(/\.ts$/, '.js')}${quote}`;
    });
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text.replace(/\n\/\/# sourceMappingURL.*\n?$/, '\n'));
  };
  for (const [name, module] of Object.entries(entries)) {
    copy(`${module}.d.ts`);
    const to = join(target, `${name}.d.ts`);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, `export * from '${pathBetween(to, join(target, 'types', `${module}.d.ts`))}';\n`);
  }
  cpSync(join(root, 'packages/client/temporal.d.ts'), temporal);
}

const pathBetween = (from: string, to: string): string => {
  const path = relative(dirname(from), to).replace(/\.d\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
};
