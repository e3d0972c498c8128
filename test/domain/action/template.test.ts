import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillJson, fillText, pathsIn, type Scope } from '../../../src/domain/action/template.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const scope: Scope = {
  target: 'catalog',
  params: {
    version: '2.5.0',
    count: 3,
    ratio: 0.25,
    dryRun: false,
    nothing: null,
    keys: ['a', 'b'],
    nested: { deep: { name: 'x' } },
    empty: '',
    money: `$& $1 $$ $\` \${target}`,
  },
};

describe('text', () => {
  test.each([
    ['', ''],
    ['no placeholder', 'no placeholder'],
    [`deploy \${params.version} to \${target}`, 'deploy 2.5.0 to catalog'],
    [`\${target}\${target}`, 'catalogcatalog'],
    [`\${params.count} \${params.ratio} \${params.dryRun} \${params.nothing}`, '3 0.25 false null'],
    [`\${params.keys}`, '["a","b"]'],
    [`\${params.keys.1}`, 'b'],
    [`\${params.nested}`, '{"deep":{"name":"x"}}'],
    [`\${params.nested.deep.name}`, 'x'],
    [`[\${params.empty}]`, '[]'],
    [`\${unclosed`, `\${unclosed`],
    ['$target {target} $$', '$target {target} $$'],
  ])('%j is filled in as %j', (template, filled) => {
    expect(fillText(template, scope)).toBe(filled);
  });

  test('what is filled in is data: no pattern and no placeholder in it is read again', () => {
    expect(fillText(`<\${params.money}>`, scope)).toBe(`<$& $1 $$ $\` \${target}>`);
  });

  test('each value is encoded for where it goes, with its path; the text around it is not', () => {
    const seen: string[] = [];
    const filled = fillText(`/\${target}/v/\${params.version}?`, scope, (text, path) => {
      seen.push(`${path}=${text}`);
      return text.toUpperCase();
    });
    expect(filled).toBe('/CATALOG/v/2.5.0?');
    expect(seen).toEqual(['target=catalog', 'params.version=2.5.0']);
  });

  test('any text without a dollar sign stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('$'));
        expect(fillText(text, scope)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test('any value comes out of a template as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, around) => {
        fc.pre(!around.includes('$'));
        expect(fillText(`${around}\${value}${around}`, { value })).toBe(`${around}${value}${around}`);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('JSON', () => {
  test.each<[Json, Json]>([
    [`\${params.count}`, 3],
    [`\${params.ratio}`, 0.25],
    [`\${params.dryRun}`, false],
    [`\${params.nothing}`, null],
    [`\${params.version}`, '2.5.0'],
    [`\${params.keys}`, ['a', 'b']],
    [`\${params.nested}`, { deep: { name: 'x' } }],
    [` \${params.count}`, ' 3'],
    [`\${params.count}\n`, '3\n'],
    [`\${params.count}\${params.count}`, '33'],
    [7, 7],
    [null, null],
    [true, true],
    [[], []],
    [{}, {}],
    [
      { replicas: `\${params.count}`, note: `on \${target}`, all: [`\${params.keys}`, 'x', 1] },
      { replicas: 3, note: 'on catalog', all: [['a', 'b'], 'x', 1] },
    ],
  ])('%j is filled in as %j', (template, filled) => {
    expect(fillJson(template, scope)).toEqual(filled);
  });

  test('names of members are not templates', () => {
    const named = Object.fromEntries([[`\${target}`, 1]]);
    expect(fillJson(named, scope)).toEqual(named);
  });

  test('a member called __proto__ stays a member', () => {
    const filled = fillJson(JSON.parse(`{"__proto__": {"admin": "\${params.count}"}}`), scope);
    expect(JSON.stringify(filled)).toBe('{"__proto__":{"admin":3}}');
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
  });

  test('a template without placeholders is what comes out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const template: Json = JSON.parse(JSON.stringify(value).replaceAll('$', '_'));
        expect(fillJson(template, scope)).toEqual(template);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a path that names nothing', () => {
  test.each([
    'params.versoin',
    'param.version',
    'params.version.length',
    'params.count.toFixed',
    'params.nothing.x',
    'params.keys.2',
    'params.keys.map',
    'params.nested.shallow',
    'params.',
    '.params',
    ' params.version',
    '',
    '.',
    'params.constructor',
    'params.__proto__',
    'params.__proto__.polluted',
    'params.toString',
    'params.nested.hasOwnProperty',
    'constructor.name',
    '__proto__',
  ])('%j is a bug of the template, and is said', (path) => {
    const message = `the template names \${${path}}, which does not exist`;
    expect(() => fillText(`\${${path}}`, scope)).toThrow(new RangeError(message));
    expect(() => fillJson([{ x: `\${${path}}` }], scope)).toThrow(RangeError);
  });

  test('names that objects inherit are read once a parameter is really called so', () => {
    expect(fillText(`\${params.constructor}`, { params: { constructor: 'acme' } })).toBe('acme');
  });
});

test.each<[Json, string[]]>([
  ['', []],
  [`deploy \${params.version} to \${target}`, ['params.version', 'target']],
  [
    [`\${a}`, { b: `\${b}\${a}` }, null, 2],
    ['a', 'b', 'a'],
  ],
  [`\${}`, ['']],
])('%j names the paths %j', (template, paths) => {
  expect(pathsIn(template)).toEqual(paths);
});
