import { z } from 'zod';
import { duration, key, strict } from '../source/schema.ts';
import { address } from './address.ts';

const notTheAgents = (text: string) => !text.includes('${params.');
const NOT_THE_AGENTS = 'must not depend on what an agent writes';

/** A run of a workflow of GitHub Actions. */
export const github = strict({
  api: key(
    address.refine(notTheAgents, NOT_THE_AGENTS).default('https://api.github.com'),
    'Where the API is. Without it, https://api.github.com.',
    'https://github.example.com/api/v3',
  ),
  repository: key(
    z
      .string()
      .refine(notTheAgents, NOT_THE_AGENTS)
      .regex(/^([\w.-]+\/([\w.-]+|\$\{target\})|\$\{environment\.[^}]+\})$/, 'must be owner/name'),
    'The repository.',
    'example/shop',
  ),
  workflow: key(
    z.string().regex(/^[\w.-]+\.ya?ml$/, "must be the name of a workflow's file, such as deploy.yml"),
    "The name of the workflow's file.",
    'deploy.yml',
  ),
  branch: key(
    z.string().min(1).max(200).refine(notTheAgents, NOT_THE_AGENTS),
    'The branch that it runs on.',
    'main',
  ),
  inputs: key(
    z.record(z.string().min(1), z.string()).default({}),
    'The inputs of the workflow, as texts.',
    '{ version: "${params.version}" }',
  ),
  correlationInput: key(
    z.string().min(1).max(100),
    'One more input. The workflow puts it into its `run-name`, by which the run is found.',
    'correlation',
  ),
  timeout: key(duration(), 'How long the run may take.', '20m'),
});
