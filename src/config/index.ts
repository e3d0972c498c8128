export type { Auth, Secret } from './auth.ts';
export type { CheckQuery } from './check.ts';
export type { Connections } from './connections.ts';
export { exercisePolicies } from './exercise.ts';
export { type ConfigFault, faultLines } from './fault.ts';
export { type Loaded, loadForGateway, loadInstallation } from './load.ts';
export { type Responsibility, responsibilitiesOf, rulingsIn, undecidable } from './matrix.ts';
export type { CheckedPolicy } from './policies.ts';
export type {
  Policy,
  PolicyEngine,
  PolicyProblem,
  ValidationProblem,
  Vocabulary,
  WrittenPolicy,
} from './policy-engine.ts';
export { withSigningKey } from './signing-key.ts';
