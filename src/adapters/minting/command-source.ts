import { z } from 'zod';
import type { CommandSource } from '../../config/index.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import { notStarted, variablesFor } from '../program.ts';
import { runProgram } from '../run-program.ts';
import { isHeaderText, type Mint, type Minted, type MintedFor, Unmintable } from './minted.ts';

const printed = z.strictObject({
  token: z.string().refine(isHeaderText).optional(),
  variables: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)
        .refine((name) => !name.startsWith('COUNTERSIGN_') && name !== 'PATH'),
      z.string(),
    )
    .default({}),
  expiresAt: z.union([z.iso.datetime({ offset: true }).transform(Date.parse), z.int()]).optional(),
});

/** A program that prints the credential as JSON. */
export const byCommand =
  ({ argv, environment, revoke }: CommandSource): Mint =>
  async (mintedFor, timeoutMs): Promise<Minted> => {
    const output = await run(argv, environment, ownVariables(mintedFor), timeoutMs);
    const { data } = printed.safeParse(jsonIn(output));
    if (!data || (data.token === undefined && Object.keys(data.variables).length === 0))
      throw new Unmintable(`${named(argv)} did not print {"token", "variables", "expiresAt"} as JSON`);
    const { token, variables } = data;
    const own = { ...ownVariables(mintedFor), ...variables };
    return {
      ...data,
      revoke:
        revoke &&
        (async (revokeMs) => {
          await run(
            revoke,
            environment,
            token === undefined ? own : { ...own, COUNTERSIGN_CREDENTIAL: token },
            revokeMs,
          );
        }),
    };
  };

const ownVariables = ({ actionId, environment, approvedBy, session }: MintedFor) => ({
  COUNTERSIGN_ACTION_ID: actionId,
  COUNTERSIGN_ENVIRONMENT: environment,
  COUNTERSIGN_APPROVED_BY: approvedBy.join(','),
  COUNTERSIGN_SESSION: session,
});

async function run(
  argv: readonly string[],
  environment: readonly string[],
  own: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<string> {
  const variables = variablesFor(Object.fromEntries(environment.map((name) => [name, name])));
  if (variables.kind === 'missing') throw new Unmintable(notStarted(argv, variables.why));
  const programEnd = await runProgram(
    argv,
    { PATH: process.env.PATH, ...variables.values, ...own },
    timeoutMs,
  );
  switch (programEnd.kind) {
    case 'exited':
      if (programEnd.status === 0 && programEnd.complete) return programEnd.output;
      // What it complained of may contain the credential, so it is not quoted.
      throw new Unmintable(`${named(argv)} ended with exit status ${programEnd.status}`);
    case 'killed':
      throw new Unmintable(`${named(argv)} was ended by ${programEnd.signal}`);
    case 'tooLong':
      throw new Unmintable(`${named(argv)} was still running after ${timeoutMs} ms`);
    case 'notStarted':
      throw new Unmintable(notStarted(argv, programEnd.why));
  }
}

const named = ([program]: readonly string[]) => `the command ${JSON.stringify(program)}`;
