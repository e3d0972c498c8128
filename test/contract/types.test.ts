import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { decisionStatementSchema, refusalSchema } from '../../src/contract/decision.ts';
import type {
  backgroundSchema,
  findingSchema,
  impactSchema,
  ledgerEntrySchema,
  measurementSchema,
  outcomeSchema,
  rulingSchema,
} from '../../src/contract/fact-schemas.ts';
import type { faultSchema } from '../../src/contract/json.ts';
import type { proposalSchema } from '../../src/contract/proposal.ts';
import type { Alternative, AlternativeAction, Proposal } from '../../src/domain/action/action.ts';
import type { Outcome } from '../../src/domain/action/outcome.ts';
import type { Previewed } from '../../src/domain/action/preview.ts';
import type { Measurement } from '../../src/domain/analysis/metrics.ts';
import type { DecisionStatement } from '../../src/domain/approval/decision-statement.ts';
import type { Refusal } from '../../src/domain/approval/refusal.ts';
import type { Background } from '../../src/domain/background/background.ts';
import type { Finding } from '../../src/domain/findings/finding.ts';
import type { LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import type { Impact } from '../../src/domain/risk/impact.ts';
import type { ParameterChange } from '../../src/domain/risk/parameter-change.ts';
import type { Ruling } from '../../src/domain/ruling/ruling.ts';
import type { Fault } from '../../src/domain/shared/json.ts';

/** The domain's data is read-only all through; what a schema infers is the same but for that. */
type ReadOnly<T> = T extends object ? { readonly [K in keyof T]: ReadOnly<T[K]> } : T;
type Inferred<Schema extends z.ZodType> = ReadOnly<z.infer<Schema>>;

/** Whether two types are the same to the compiler. JSON, which holds itself, is compared by itself: it would not end. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

test('what a schema lets through is exactly what the domain takes: checked by the compiler', () => {
  type Parsed = z.infer<typeof proposalSchema>;
  expectTypeOf<
    Same<ReadOnly<Omit<Parsed, 'params' | 'rationale'>>, ReadOnly<Omit<Proposal, 'params' | 'rationale'>>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Readonly<Parsed['params']>, Proposal['params']>>().toEqualTypeOf<true>();
  type AlternativeParsed = Parsed['rationale']['alternatives'][number];
  type ParsedAction = NonNullable<AlternativeParsed['action']>;
  expectTypeOf<
    Same<
      ReadOnly<Omit<Parsed['rationale'], 'alternatives'>>,
      ReadOnly<Omit<Proposal['rationale'], 'alternatives'>>
    >
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<ReadOnly<Omit<AlternativeParsed, 'action'>>, ReadOnly<Omit<Alternative, 'action'>>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<ReadOnly<Omit<ParsedAction, 'params'>>, ReadOnly<Omit<AlternativeAction, 'params'>>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Readonly<NonNullable<ParsedAction['params']>>, NonNullable<AlternativeAction['params']>>
  >().toEqualTypeOf<true>();
  type Statement = z.infer<typeof decisionStatementSchema>;
  expectTypeOf<
    Same<ReadOnly<Omit<Statement, 'params'>>, ReadOnly<Omit<DecisionStatement, 'params'>>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Readonly<NonNullable<Statement['params']>>, NonNullable<DecisionStatement['params']>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Inferred<typeof refusalSchema>, Refusal>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Inferred<typeof faultSchema>, ReadOnly<Fault>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Inferred<typeof rulingSchema>, ReadOnly<Ruling>>>().toEqualTypeOf<true>();
  type ImpactParsed = z.infer<typeof impactSchema>;
  expectTypeOf<
    Same<ReadOnly<Omit<ImpactParsed, 'changes' | 'preview'>>, ReadOnly<Omit<Impact, 'changes' | 'preview'>>>
  >().toEqualTypeOf<true>();
  type ChangeParsed = NonNullable<ImpactParsed['changes']>[number];
  type Values = 'to' | 'from' | 'default';
  expectTypeOf<
    Same<ReadOnly<Omit<ChangeParsed, Values>>, ReadOnly<Omit<ParameterChange, Values>>>
  >().toEqualTypeOf<true>();
  type PreviewParsed = NonNullable<ImpactParsed['preview']>;
  expectTypeOf<PreviewParsed['kind']>().toEqualTypeOf<Previewed['kind']>();
  expectTypeOf<Same<Inferred<typeof findingSchema>, Finding>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Inferred<typeof backgroundSchema>, ReadOnly<Background>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Inferred<typeof measurementSchema>, ReadOnly<Measurement>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Inferred<typeof outcomeSchema>, ReadOnly<Outcome>>>().toEqualTypeOf<true>();
  type Entry = z.infer<typeof ledgerEntrySchema>;
  expectTypeOf<
    Same<ReadOnly<Omit<Entry, 'body'>>, ReadOnly<Omit<LedgerEntry, 'body'>>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Entry['body'], LedgerEntry['body']>>().toEqualTypeOf<true>();
});

test('the comparison sees a member that is missing, wider, or optional in one of them', () => {
  expectTypeOf<Same<ReadOnly<Outcome>, ReadOnly<Omit<Outcome, 'reason'>>>>().toEqualTypeOf<false>();
  expectTypeOf<
    Same<ReadOnly<Outcome>, { readonly kind: string; readonly reason: string }>
  >().toEqualTypeOf<false>();
  expectTypeOf<Same<ReadOnly<Outcome>, ReadOnly<Partial<Outcome>>>>().toEqualTypeOf<false>();
});
