/**
 * Governed tools: what all adapters share. Each adapter, `countersign/adapters/...`, has a `governed` for the tools of its framework.
 */
export type { Answer, Arguments } from './answer.ts';
export type { AgentExplanation } from './explanation.ts';
export {
  type AgentOptions,
  asAgent,
  askAbout,
  type Call,
  type CountersignAgent,
  type Governing,
} from './governed.ts';
