import { expect, test } from 'vitest';
import { explain } from '../../../src/domain/explanation/explanation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { type ActionState, NOTHING_YET } from '../../../src/domain/record/action-state.ts';
import { assessImpact } from '../../../src/domain/risk/impact.ts';
import { testInstallation } from '../../support/installation.ts';
import { ruleOn } from '../../support/policies.ts';
import { deploy } from '../../support/proposals.ts';
import { aVote, calmFacts } from '../support.ts';

const { installation } = testInstallation();

function explained(facts: Partial<ActionState>) {
  const proposal = deploy('2.5.0');
  const resolved = resolve(installation, proposal, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  const impact = assessImpact(installation, resolved, calmFacts);
  const known = { proposal, action, impact, ruling: ruleOn(installation, action) };
  return explain({
    ...NOTHING_YET,
    workflowId: 'action/a',
    runId: 'run',
    status: 'closed',
    ...known,
    ...facts,
  });
}

test('who broke the glass is who gave the authority, and for what', () => {
  const settlement = { kind: 'brokenGlass', by: 'linus', reason: 'it is down', incident: 'INC-1' } as const;
  const { whoApprovedTheAuthority, howTheDecisionWasReached } = explained({ settlement });
  expect(whoApprovedTheAuthority[0]).toBe('linus broke the glass for INC-1: it is down.');
  expect(howTheDecisionWasReached).toContain('The gate ended: brokenGlass, it is down.');
});

test('an edit, a revocation and a question are told, the question without the words of the agent', () => {
  const edit = { by: 'grace', reason: 'the fix', at: 1, digestBefore: 'd' };
  const round = { digest: 'd', votes: [aVote('linus')], deliveries: [], drift: [], edit };
  const question = { id: '0123456789ab', person: 'grace', text: 'Why now?', at: 1 };
  const { howTheDecisionWasReached: told } = explained({
    earlierRounds: [round],
    questions: [question, { ...question, answer: { text: 'AGENT TEXT', at: 2 } }],
    revocation: { by: 'linus', reason: 'orders stopped', at: 3, jws: 'j' },
  });
  expect(told).toEqual(
    expect.arrayContaining([
      'grace edited it: the fix. So it was asked again.',
      'grace asked: "Why now?" It was not answered.',
      'grace asked: "Why now?" The agent answered.',
      'linus revoked it: orders stopped.',
    ]),
  );
  expect(told.join()).not.toContain('AGENT TEXT');
});

test('what a person edited is told as theirs, and what the agent asked for as its own', () => {
  const edits = [{ by: 'grace', reason: 'the fix', at: 0, digestBefore: 'd' }];
  const { whatWasAsked } = explained({ edits, revision: 2, proposal: deploy('2.4.9') });
  expect(whatWasAsked).toEqual([
    'deploy-agent 2.0.1, owned by group:platform-ai, asked for version.deploy on checkout in production.',
    'The agent\'s parameters: {"version":"2.4.9"}.',
    'grace edited it at 1970-01-01T00:00:00.000Z: the fix.',
    'As edited it is to deploy 2.5.0 to checkout in production.',
    'Its parameters: {"version":"2.5.0"}.',
    'version: "2.5.0": now not known: nobody read it.',
  ]);
});
