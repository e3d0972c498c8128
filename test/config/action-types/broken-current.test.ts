import { describe } from 'vitest';
import { testBroken } from '../broken.ts';

const deploy = 'actions/version-deploy.yaml';
const NOW = '  version: { http: { url: "${environment.adminUrl}/${target}", value: answer.version } }';

/** The example's action type with another rule for the value now. */
const written = (rule: string, problem: string) => ({
  rule: problem,
  file: deploy,
  replace: NOW,
  by: `  ${rule}`,
  problem,
});

describe('where the value now of a parameter is read', () => {
  testBroken([
    written(
      'verison: { selects: true }',
      'current.verison: is not among parameters.properties; did you mean "version"?',
    ),
    written(
      'version: { http: { url: "http://a/b" }, command: { argv: ["true"] } }',
      'current.version: needs exactly one of metric, http, command, or selects alone',
    ),
    written('version: {}', 'current.version: says nothing: write metric, http, command, selects or riskier'),
    written(
      'version: { http: { url: "http://a/b", value: "answer." } }',
      'current.version.http.value: must be a CEL expression over answer, target and params, such as answer.version: Expected IDENTIFIER, got EOF',
    ),
    written(
      'version: { http: { url: "http://a/b", timeout: 6s } }',
      'current.version.http.timeout: must be at most 5s: people wait for the ruling meanwhile',
    ),
    written(
      'version: { http: { url: "${params.host}/b" } }',
      'current.version.http.url: must start with ${environment.NAME}/ or with http:// or https:// and a host',
    ),
    written(
      'version: { http: { url: "http://a/${params.verison}" } }',
      'current.version.http.url: ${params.verison} names nothing; did you mean "params.version"?',
    ),
    written(
      'version: { metric: { source: storefront, query: up } }',
      'current.version.metric: gives a number, and the parameter is none: write http or command',
    ),
    written(
      'version: { selects: true, riskier: up }',
      'current.version: needs exactly one of metric, http, command, or selects alone',
    ),
    written(
      'version: { riskier: up }',
      'current.version.riskier: is for parameters of type integer or number',
    ),
    written(
      'version: { command: { argv: ["true"], environment: [NO_SUCH_VARIABLE] } }',
      'current.version.command.environment: the environment variable NO_SUCH_VARIABLE is not set: set it, or do not name it',
    ),
  ]);
});
