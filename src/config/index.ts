export { type ImportedWatch, importArgo } from './argo/import-argo.ts';
export { withSigningKey } from './catalog/signing-key.ts';
export type { CheckQuery } from './checks/check-metrics.ts';
export { type Responsibility, responsibilitiesOf, rulingsIn, undecidable } from './checks/matrix.ts';
export { differencesBetween } from './differences.ts';
export { type Loaded, loadForGateway, loadInstallation } from './load.ts';
export { checkMappings } from './mcp/check-mappings.ts';
export { type McpMapping, readMapping, type ToolTarget } from './mcp/mapping.ts';
export { suggestMapping } from './mcp/suggest.ts';
export { exercisePolicies } from './policies/exercise.ts';
export type { CheckedPolicy } from './policies/policies.ts';
export type {
  Policy,
  PolicyEngine,
  PolicyProblem,
  ValidationProblem,
  Vocabulary,
  WrittenPolicy,
} from './policies/policy-engine.ts';
export { caseFor, readCase } from './practice/case.ts';
export type { AlertReceiver } from './rules/alerts.ts';
export type { Auth, Secret } from './rules/auth.ts';
export type { Connections, DatabaseConnection } from './rules/connections.ts';
export type {
  AwsSource,
  CommandSource,
  CredentialSource,
  CredentialSources,
  HttpSource,
  KubernetesSource,
} from './rules/credential-sources.ts';
export type { JsonSource } from './rules/metric-sources.ts';
export { readScenario, scenarioFor } from './scenario/scenario.ts';
export { parseDuration } from './source/duration.ts';
export { type ConfigFault, faultLines } from './source/fault.ts';
export { plainAddress } from './source/schema.ts';
export { type Tuning, tuneFolder } from './tune-folder.ts';
