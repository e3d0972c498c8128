import { setTimeout as wait } from 'node:timers/promises';
import type { Effect, EffectResult } from '../../activities/ports/executor.ts';
import type { CredentialSource, CredentialSources } from '../../config/index.ts';
import { sessionName } from '../../domain/action/session-name.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { answerLine } from '../answer-text.ts';
import type { CredentialProof, Prove } from '../credentials.ts';
import { hide, mayBeSecret } from '../hide.ts';
import type { ProgramVariables } from '../program.ts';
import { byAws } from './aws-source.ts';
import { byCommand } from './command-source.ts';
import { byHttp } from './http-source.ts';
import { byKubernetes } from './kubernetes-source.ts';
import { type Mint, type Minted, type MintedFor, Unmintable } from './minted.ts';

/** How long a source may take for one answer, how often it is asked, how long in between, and how long a revocation may take. In milliseconds. */
const MINT_MS = 10_000;
const MOST_TRIES = 3;
const BETWEEN_MS = 500;
const REVOKE_MS = 5_000;
/** How long before its end a credential is replaced, in milliseconds: it must be good until a request has arrived. */
const SPARE_MS = 30_000;

/** The credentials of one attempt. They are minted when they are needed, and revoked at its end. */
export interface AttemptCredentials {
  /** What proves to an address who asks. Undefined: no source of the environment names its origin. */
  proveTo(url: URL): Prove | undefined;
  /** What a program finds, of the source with this name. Undefined is none. */
  variablesOf(name: string | undefined, timeoutMs: number): Promise<ProgramVariables>;
}

/** Gives an attempt its credentials, and revokes them when it is over. */
export type Minting = (
  effect: Pick<Effect, 'actionId' | 'authority'>,
  attempt: (credentials: AttemptCredentials) => Promise<EffectResult>,
) => Promise<EffectResult>;

interface Source extends Pick<CredentialSource, 'systems' | 'variable'> {
  readonly mint: Mint;
}

/**
 * @param written the sources of countersign.yaml, by environment, by name
 * @param now milliseconds since the epoch
 */
export function createMinting(written: CredentialSources, now: () => number): Minting {
  const sources = Object.fromEntries(
    Object.entries(written).map(([environment, named]) => [
      environment,
      Object.fromEntries(
        Object.entries(named).map(([name, { systems, variable, by }]): [string, Source] => [
          name,
          { systems, variable, mint: mintBy(by, now) },
        ]),
      ),
    ]),
  );
  /** An origin that needs a minted credential somewhere gets no other one where nobody knows for whom to mint. */
  const origins = new Set(
    Object.values(sources).flatMap((named) => Object.values(named).flatMap(({ systems }) => systems)),
  );

  return async ({ actionId, authority }, attempt) => {
    const held: Minted[] = [];
    const current = new Map<string, { readonly minted: Minted; readonly goodUntil: number }>();
    const secrets: string[] = [];
    const named = authority && (lookup(sources, authority.environment) ?? {});
    const mintedFor: MintedFor | undefined = authority && {
      ...authority,
      actionId,
      session: sessionName(actionId, authority.approvedBy),
    };

    async function mint(name: string, { mint: ask }: Source, timeoutMs: number): Promise<Minted> {
      if (!mintedFor) throw new Unmintable('it is not known for whom');
      const minted = await tried((ms) => ask(mintedFor, ms), now, timeoutMs);
      held.push(minted);
      secrets.push(...[minted.token ?? '', ...Object.values(minted.variables)].filter(mayBeSecret));
      if (minted.expiresAt !== undefined && minted.expiresAt <= now())
        throw new Unmintable(`what ${name} gave is over already`);
      return minted;
    }

    async function credentialOf(name: string, source: Source, timeoutMs: number): Promise<Minted> {
      const last = current.get(name);
      if (last && now() < last.goodUntil) return last.minted;
      const begun = now();
      const minted = await mint(name, source, timeoutMs);
      const { expiresAt = Number.POSITIVE_INFINITY } = minted;
      current.set(name, { minted, goodUntil: expiresAt - Math.min(SPARE_MS, (expiresAt - begun) / 2) });
      return minted;
    }

    const whyNone = (name: string, error: unknown) => {
      if (!(error instanceof Unmintable)) throw error;
      const where = `${authority?.environment ?? 'an unknown environment'}/${name}`;
      return answerLine(`no credential was minted by ${where}: ${error.message}`);
    };
    const hidden = (text: string) => hide(text, secrets);

    const credentials: AttemptCredentials = {
      proveTo: ({ origin }) => {
        if (!named)
          return origins.has(origin)
            ? async () => ({
                kind: 'none',
                reason: whyNone(origin, new Unmintable('it is not known for whom')),
              })
            : undefined;
        const [name, source] =
          Object.entries(named).find(([, { systems }]) => systems.includes(origin)) ?? [];
        if (name === undefined || !source) return undefined;
        return async (timeoutMs): Promise<CredentialProof> => {
          try {
            const { token } = await credentialOf(name, source, timeoutMs);
            if (token === undefined) throw new Unmintable('it gave no token');
            return { kind: 'headers', headers: { authorization: `Bearer ${token}` }, hide: hidden };
          } catch (error) {
            return { kind: 'none', reason: whyNone(name, error) };
          }
        };
      },
      variablesOf: async (name, timeoutMs) => {
        if (name === undefined) return { kind: 'values', values: {}, secrets: [] };
        const source = named && lookup(named, name);
        try {
          if (!mintedFor) throw new Unmintable('it is not known for whom');
          if (!source) throw new Unmintable('countersign.yaml names no such source in this environment');
          const { token, variables } = await credentialOf(name, source, timeoutMs);
          const { variable } = source;
          const values =
            variable === undefined || token === undefined ? variables : { ...variables, [variable]: token };
          if (Object.keys(values).length === 0)
            throw new Unmintable('it gives programs nothing: write its variable');
          return { kind: 'values', values, secrets };
        } catch (error) {
          return { kind: 'missing', why: whyNone(name, error) };
        }
      },
    };
    const result = await attempt(credentials);
    const unrevoked = await revoked(held);
    return unrevoked === undefined ? result : withNote(result, hidden(unrevoked));
  };
}

/** No sources: every attempt proves who it is by what `governedSystems` says. */
export const NO_MINTING: Minting = createMinting({}, Date.now);

function mintBy(by: CredentialSource['by'], now: () => number): Mint {
  switch (by.kind) {
    case 'command':
      return byCommand(by);
    case 'http':
      return byHttp(by, now);
    case 'aws':
      return byAws(by);
    case 'kubernetes':
      return byKubernetes(by);
  }
}

/** Asks again where a source gave nothing: a rollback must not fail for one lost answer. @throws Unmintable */
async function tried(
  ask: (timeoutMs: number) => Promise<Minted>,
  now: () => number,
  timeoutMs: number,
): Promise<Minted> {
  const until = now() + timeoutMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(Math.max(1, Math.floor(Math.min(MINT_MS, until - now()))));
    } catch (error) {
      const isOver = tries === MOST_TRIES || until - now() <= BETWEEN_MS;
      if (!(error instanceof Unmintable) || isOver) throw error;
      await wait(BETWEEN_MS);
    }
  }
}

/** Revokes what an attempt held. Returns what of it goes on being good. */
async function revoked(held: readonly Minted[]): Promise<string | undefined> {
  const faults = await Promise.all(
    held.map(async ({ revoke }) => {
      try {
        await revoke?.(REVOKE_MS);
        return undefined;
      } catch (error) {
        if (!(error instanceof Unmintable)) throw error;
        return error.message;
      }
    }),
  );
  const [fault] = faults.filter((each) => each !== undefined);
  return fault === undefined ? undefined : `its credential could not be revoked: ${fault}`;
}

function withNote(result: EffectResult, note: string): EffectResult {
  return result.kind === 'done'
    ? { ...result, summary: answerLine(`${result.summary}; ${note}`) }
    : { ...result, reason: answerLine(`${result.reason}; ${note}`) };
}
