import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** One import of one file. Paths are of the repository, with `/`. */
export interface Import {
  readonly from: string;
  /** A file, or the name of a package; every builtin of Node is `node`. */
  readonly to: string;
  readonly kind: 'value' | 'type' | 'dynamic';
}

/** What the files of one folder may import: names of packages, and beginnings of paths. */
export interface Allowed {
  readonly packages: readonly string[];
  readonly paths: readonly string[];
  /** Beginnings of paths that may be imported as types only. */
  readonly typesOf?: readonly string[];
  /** Files that only a dynamic import may reach. */
  readonly dynamically?: readonly string[];
}

/** All files below a folder of the repository with one of these endings, as paths of the repository. */
export function filesIn(root: string, folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}

export const importsIn = (root: string, file: string) =>
  importsOf(file, readFileSync(join(root, file), 'utf8'));

/** Every import, export-from, `import()` and `import('...')` type of a source text, in order. */
export function importsOf(file: string, source: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, kind: Import['kind']) => {
    if (specifier && ts.isStringLiteral(specifier)) {
      found.push({ from: file, to: resolved(file, specifier.text), kind });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, bringsOnlyTypes(node.importClause) ? 'type' : 'value');
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value');
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'type');
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic');
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return found;
}

function bringsOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every((one) => one.isTypeOnly);
}

function resolved(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  if (specifier.startsWith('node:')) return 'node';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The room that a file is in: a folder of src, a file that is in src itself, or a folder beside src. */
export const layerOf = (file: string) => /^(?:src\/)?([^/]+)/.exec(file)?.[1] ?? '';

/** The room, and the folder of it, that a file of src is in. */
function folderOf(file: string): { readonly room: string; readonly folder: string | undefined } {
  const [, room = '', ...inside] = file.split('/');
  return { room, folder: inside.length > 1 ? inside[0] : undefined };
}

/** Every import between folders of one room that is not allowed, in words. What stands in the room itself may import all of them. */
export function refusedBetweenFolders(
  folders: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  imports: readonly Import[],
): string[] {
  return imports.flatMap(({ from, to }) => {
    const [one, other] = [folderOf(from), folderOf(to)];
    const allowed = one.folder === undefined ? undefined : folders[one.room]?.[one.folder];
    if (!to.startsWith('src/') || one.room !== other.room || one.folder === other.folder || !allowed)
      return [];
    if (other.folder !== undefined && allowed.includes(other.folder)) return [];
    const stands = other.folder === undefined ? 'what joins it' : `${other.room}/${other.folder}`;
    return [`${from} may not import ${to}: ${one.room}/${one.folder} stands below ${stands}`];
  });
}

/** Every import that the table does not allow, in words. */
export function refusedImports(
  table: Readonly<Record<string, Allowed>>,
  imports: readonly Import[],
): string[] {
  return imports.flatMap((one) => {
    const allowed = Object.hasOwn(table, layerOf(one.from)) ? table[layerOf(one.from)] : undefined;
    if (!allowed)
      return [`${one.from}: src/${layerOf(one.from)} has no line in the table of what may be imported`];
    return mayImport(allowed, one) ? [] : [`${one.from} may not import ${one.to} (${one.kind})`];
  });
}

function mayImport(
  { packages, paths, typesOf = [], dynamically = [] }: Allowed,
  { to, kind }: Import,
): boolean {
  // Beside src, each folder is free in itself and in what it shares with the others.
  if (/^(benchmarks|examples)\//.test(to)) return true;
  if (!to.startsWith('src/')) return packages.includes(to);
  if (dynamically.includes(to)) return kind === 'dynamic';
  if (paths.some((path) => to.startsWith(`src/${path}`))) return true;
  return kind === 'type' && typesOf.some((path) => to.startsWith(`src/${path}`));
}

/** Circles of files that import each other, each once, as the files along the way. */
export function cyclesIn(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) cycles.push([...way.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const next of targets.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return cycles;
}
