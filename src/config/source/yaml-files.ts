import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  visit,
  YAMLError,
} from 'yaml';
import { inexact, isExact, isKept } from '../../domain/shared/exact-json.ts';
import type { ConfigFault } from './fault.ts';

export type Path = readonly PropertyKey[];

/** One YAML document as plain data, with the position of each of its parts. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Returns a fault at the key or list item that `path` names, or at the nearest existing part around it. */
  readonly fault: (path: Path, problem: string) => ConfigFault;
}

export interface ParsedFile {
  readonly sources: readonly Source[];
  readonly faults: readonly ConfigFault[];
}

/** Parses every document of a YAML 1.2 file. A document with a fault gives no source; empty documents are skipped. */
export function parseYaml(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const sources: Source[] = [];
  const faults: ConfigFault[] = [];
  for (const document of parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })) {
    const problems = [...document.errors, ...document.warnings];
    const alteredNumbers = changedNumbers(document);
    faults.push(
      ...alteredNumbers.map(({ offset, written }) => ({ ...at(offset), problem: inexact(written) })),
    );
    const value = problems.length === 0 ? plainValue(document) : undefined;
    if (value instanceof Error) faults.push({ ...at(document.range[0]), problem: notYaml(value) });
    faults.push(...problems.map((error) => ({ ...at(error.pos[0]), problem: notYaml(error) })));
    const circle = circleIn(value);
    if (circle) {
      const problem = `${circle.join('.')}: an alias (*name) may not stand inside its own anchor (&name)`;
      faults.push({ ...at(offsetOf(document, circle)), problem });
    }
    if (
      problems.length > 0 ||
      alteredNumbers.length > 0 ||
      value instanceof Error ||
      value === null ||
      circle
    )
      continue;
    sources.push({
      file,
      value,
      fault: (path, problem) => ({
        ...at(offsetOf(document, path)),
        problem: path.length === 0 ? problem : `${path.map(String).join('.')}: ${problem}`,
      }),
    });
  }
  return { sources, faults };
}

/**
 * Returns the numbers that JavaScript reads as another number. Only decimal numbers can be misread in this way: `0x` and `.inf` are
 * explicit.
 */
function changedNumbers(document: Document.Parsed): { offset: number; written: string }[] {
  const numbers: { offset: number; written: string }[] = [];
  visit(document, {
    Scalar: (_, { value, source, range }) => {
      const isNumber = typeof value === 'number' && source !== undefined && /^[-+.\d]/.test(source);
      if (!isNumber || !Number.isFinite(value)) return;
      if (/^[-+]?0[xo]/.test(source) ? !isExact(value) : !isKept(source))
        numbers.push({ offset: range?.[0] ?? 0, written: source });
    },
  });
  return numbers;
}

const notYaml = (error: Error) =>
  error instanceof YAMLError && error.code === 'DUPLICATE_KEY'
    ? 'this key is written twice: keep one of them'
    : `this is not YAML: ${error.message}`;

/** Returns the plain data, or the error: the library throws for aliases that multiply without bound. */
function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return error;
  }
}

/** Returns the path at which data contains itself. An alias inside its own anchor makes such endless data. */
function circleIn(value: unknown, path: Path = [], ancestors: readonly object[] = []): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (ancestors.includes(value)) return path;
  const ancestorsAndSelf = [...ancestors, value];
  for (const [key, item] of Object.entries(value)) {
    const circle = circleIn(item, [...path, key], ancestorsAndSelf);
    if (circle) return circle;
  }
  return undefined;
}

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? document.range[0];
  for (const step of path) {
    const resolved = isAlias(node) ? node.resolve(document) : node;
    if (isMap<ParsedNode, ParsedNode>(resolved)) {
      const pair = resolved.items.find(({ key }) => isScalar(key) && key.value === String(step));
      if (!pair) break;
      offset = pair.key.range[0];
      node = pair.value;
    } else if (isSeq<ParsedNode>(resolved)) {
      const item = resolved.items[Number(step)];
      if (!item) break;
      offset = item.range[0];
      node = item;
    } else break;
  }
  return offset;
}

/** Returns every text in plain data, except keys, with its path. */
export function textsIn(value: unknown, path: Path = []): { path: Path; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]));
}
