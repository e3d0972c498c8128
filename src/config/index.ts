export type { CheckQuery } from './check.ts';
export type { Connections } from './connections.ts';
export { type ConfigFault, faultLines } from './fault.ts';
export { type Loaded, loadInstallation } from './load.ts';
export { withSigningKey } from './signing-key.ts';
