/**
 * Writes a client in Python, of the standard library alone, from the gateway's /openapi.json: what an agent does there, with types.
 * `test/examples/python.test.ts` holds the file in examples/python to it; `npx vitest run -u test/examples/python.test.ts` writes it again.
 */

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What an agent does, by the name that it has in Python. */
const METHODS = {
  propose: ['post', '/api/actions'],
  show: ['get', '/api/actions/{id}'],
  explanation: ['get', '/api/actions/{id}/explanation'],
  answer: ['post', '/api/actions/{id}/answers'],
  cancel: ['post', '/api/actions/{id}/cancel'],
} as const;

const PROLOGUE = `"""A client for agents, made from the gateway's /openapi.json by scripts/python-client.ts. Do not change it by hand."""
from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class Refused(Exception):
    """The gateway did not do it. \`problem\` is its answer (RFC 9457): what is wrong, where, and what would pass."""

    def __init__(self, status: int, problem: Any):
        super().__init__(f"{status}: {problem}")
        self.status = status
        self.problem = problem
`;

const CLIENT = `

class CountersignApi:
    """The gateway at one address. \`bearer\` is what an agent shows to see its own actions: a JWS, as docs/gateway.md says."""

    def __init__(self, address: str, bearer: str | None = None):
        self.address = address.rstrip("/")
        self.bearer = bearer

    def _send(self, method: str, path: str, query: dict[str, str | int | None], body: Any = None) -> Any:
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        headers = {"Accept": "application/json"}
        if self.bearer is not None:
            headers["Authorization"] = f"Bearer {self.bearer}"
        data = None
        if body is not None:
            # What an agent signed is text: a compact JWS.
            headers["Content-Type"] = "application/jose" if isinstance(body, str) else "application/json"
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
        request = Request(f"{self.address}{path}{'?' if asked else ''}{asked}", data, headers, method=method.upper())
        try:
            with urlopen(request) as answer:
                return json.load(answer)
        except HTTPError as error:
            text = error.read().decode()
            try:
                raise Refused(error.code, json.loads(text)) from None
            except json.JSONDecodeError:
                raise Refused(error.code, text) from None
`;

export function pythonClient({ paths, components }: OpenApi): string {
  const types = new Map<string, string>();
  const typeOf = (schema: Schema, name: string): string => {
    if (schema.$ref) {
      const referred = schema.$ref.split('/').at(-1) ?? '';
      return typeOf(components.schemas[referred] ?? {}, referred);
    }
    if (schema.enum?.every((value) => ['string', 'number'].includes(typeof value)))
      return `Literal[${schema.enum.map((value) => JSON.stringify(value)).join(', ')}]`;
    if (schema.type === 'array') return `list[${typeOf(schema.items ?? {}, `${name}Item`)}]`;
    if (schema.type === 'object' && schema.properties) return typedDict(schema, name);
    return (
      { string: 'str', boolean: 'bool', integer: 'int', number: 'float', object: 'dict[str, Any]' }[
        schema.type ?? ''
      ] ?? 'Any'
    );
  };
  // Written as calls, because a member may be named as a keyword of Python is (`from`).
  const typedDict = ({ properties = {}, required = [], description }: Schema, name: string): string => {
    if (types.has(name)) return name;
    const members = Object.entries(properties).map(([member, schema]) => {
      const type = typeOf(schema, `${name}${member.charAt(0).toUpperCase()}${member.slice(1)}`);
      return `    "${member}": ${required.includes(member) ? type : `NotRequired[${type}]`},\n`;
    });
    const says = description === undefined ? '' : `# ${description}.\n`;
    const type = members.length > 0 ? `TypedDict("${name}", {\n${members.join('')}})` : 'dict[str, Any]';
    types.set(name, `${says}${name} = ${type}\n`);
    return name;
  };
  const methods = Object.entries(METHODS).map(([name, [method, path]]) => {
    const operation = paths[path]?.[method];
    if (!operation) throw new Error(`the gateway has no ${method} ${path}`);
    const named = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const parameters = operation.parameters ?? [];
    const query = parameters.filter((parameter) => parameter.in === 'query');
    const bodies = Object.entries(operation.requestBody?.content ?? {})
      .map(([type, { schema }]) => (type === 'application/jose' ? 'str' : typeOf(schema, `${named}Body`)))
      .join(' | ');
    const answers = Object.values(operation.responses).flatMap(
      ({ content }) => content?.['application/json']?.schema ?? [],
    );
    const answer = answers.map((schema) => typeOf(schema, `${named}Answer`)).join(' | ') || 'None';
    const takes = [
      'self',
      ...parameters
        .filter((parameter) => parameter.in === 'path')
        .map((parameter) => `${parameter.name}: str`),
      ...(bodies === '' ? [] : [`body: ${bodies}`]),
      ...query.map((parameter) => `${parameter.name}: ${typeOf(parameter.schema, '')} | None = None`),
    ];
    const asked = query.map((parameter) => `"${parameter.name}": ${parameter.name}`).join(', ');
    return `
    def ${name}(${takes.join(', ')}) -> ${answer}:
        """${operation.summary}."""
        path = f"${path.replaceAll(/\{(\w+)\}/g, "{quote($1, safe='')}")}"
        return self._send("${method}", path, {${asked}}${bodies === '' ? '' : ', body'})
`;
  });
  return `${PROLOGUE}\n\n${[...types.values()].join('')}${CLIENT}${methods.join('')}`;
}
