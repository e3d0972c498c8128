import type { Json } from '../shared/json.ts';
import { shownJson } from '../shared/shown-json.ts';

/** The values that `${...}` may name, by path, for example `params.version` or `environment.adminUrl`. */
export type Scope = { readonly [root: string]: Json };

const PLACEHOLDER = /\$\{([^}]*)\}/g;
const WHOLE = /^\$\{([^}]*)\}$/;

/** Returns the paths that a template names. */
export function pathsIn(template: Json): string[] {
  if (typeof template === 'string') return [...template.matchAll(PLACEHOLDER)].map(([, path]) => path ?? '');
  if (Array.isArray(template)) return template.flatMap(pathsIn);
  if (template !== null && typeof template === 'object') return Object.values(template).flatMap(pathsIn);
  return [];
}

/**
 * Fills in a template as text.
 *
 * @throws RangeError when a path names nothing: the loader checks templates, so this is a bug and not an input error
 */
export function fillText(
  template: string,
  scope: Scope,
  encode = (text: string, _path: string) => text,
): string {
  return template.replace(PLACEHOLDER, (_, path: string) => encode(asText(valueAt(scope, path)), path));
}

/** Fills in a JSON template. A string that is only one placeholder keeps the type of its value. */
export function fillJson(template: Json, scope: Scope): Json {
  if (typeof template === 'string') {
    const wholePath = WHOLE.exec(template)?.[1];
    return wholePath === undefined ? fillText(template, scope) : valueAt(scope, wholePath);
  }
  if (Array.isArray(template)) return template.map((item) => fillJson(item, scope));
  if (template !== null && typeof template === 'object') {
    return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, fillJson(item, scope)]));
  }
  return template;
}

function valueAt(scope: Scope, path: string): Json {
  let value: unknown = scope;
  for (const key of path.split('.')) {
    const container: unknown = value;
    if (typeof container !== 'object' || container === null || !Object.hasOwn(container, key)) {
      throw new RangeError(`the template names \${${path}}, which does not exist`);
    }
    value = (container as { [key: string]: unknown })[key];
  }
  return value as Json;
}

const asText = (value: Json): string => (typeof value === 'string' ? value : shownJson(value));
