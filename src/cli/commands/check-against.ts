import { cedar } from '../../adapters/cedar/index.ts';
import { type Compared, type Proof, type Proofs, prove } from '../../adapters/cedar/prove.ts';
import { queryFault } from '../../adapters/index.ts';
import { faultLines, type Loaded, loadInstallation } from '../../config/index.ts';
import { visible } from '../../domain/shared/visible.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';

type Sound = Extract<Loaded, { kind: 'loaded' }>;

/** Proves that the policies of a folder permit nothing that those of an older one did not, or shows what they do. */
export async function checkAgainst(command: CliCommand, folder: string, old: string): Promise<void> {
  const { env } = standInsFor(command.io.env);
  const [after, before] = await Promise.all(
    [folder, old].map((each) => loadInstallation(each, env, cedar, queryFault)),
  );
  if (before?.kind !== 'loaded')
    throw new CommandError(`${old} is faulty:\n${faultLines(before?.faults ?? []).join('\n')}`);
  if (after?.kind !== 'loaded') return printFaults(command, folder, after?.faults ?? []);
  const proofs = await prove(comparedIn(before, after), command.io.env);
  command.io.exitCode = statusOf(proofs);
  print(command, { against: old, ...proofs }, () => proofsText(proofs, old));
}

function comparedIn(before: Sound, after: Sound): Compared {
  const namesIn = (table: 'actionTypes' | 'environments') => [
    ...new Set([before, after].flatMap(({ installation }) => Object.keys(installation[table]))),
  ];
  return {
    before: before.policies.map(({ text }) => text),
    after: after.policies.map(({ text }) => text),
    vocabulary: { actionTypes: namesIn('actionTypes'), environments: namesIn('environments') },
  };
}

function statusOf(proofs: Proofs): 0 | 4 | 5 {
  if (proofs.kind === 'noProver') return 5;
  const kinds = Object.values(proofs.proofs).map(({ kind }) => kind);
  if (kinds.includes('counterexample')) return 4;
  return kinds.every((kind) => kind === 'proved') ? 0 : 5;
}

function proofsText(proofs: Proofs, old: string): string {
  if (proofs.kind === 'noProver')
    return `Nothing is proved: ${proofs.why}. It needs cedar-policy-cli 4.11 or newer with the feature analyze, and cvc5.`;
  return [
    ...Object.entries(proofs.proofs).map(([action, proof]) => visible(`${action}: ${proofText(proof, old)}`)),
    'This is about the policies alone. Tables, approval rules, levels and calendars are compared by "countersign simulate".',
  ].join('\n');
}

function proofText(proof: Proof, old: string): string {
  switch (proof.kind) {
    case 'proved':
      return `proved: it permits nothing that ${old} does not`;
    case 'counterexample':
      return `LOOSER: it permits this, and ${old} does not:\n${proof.example}`;
    case 'notKnown':
      return `not known: ${proof.why}`;
  }
}
