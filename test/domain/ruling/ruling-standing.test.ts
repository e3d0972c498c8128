import { describe, expect, test } from 'vitest';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { rule } from '../../../src/domain/ruling/ruling.ts';
import { testInstallation } from '../../support/installation.ts';
import { defaultAuthorize, impactOf, RULED_AT } from '../../support/policies.ts';
import { proposal } from '../../support/proposals.ts';
import { heldAt } from '../../support/standing.ts';

const { installation } = testInstallation();

function ruledAt(level: Level, given = proposal(), from = installation) {
  const resolved = resolve(from, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  const asked = { action, impact: impactOf(from, action), circumstances: {}, at: RULED_AT };
  return rule(from, defaultAuthorize, { ...asked, held: heldAt(level) });
}

describe('policy is asked with the level that the ledger says, not the one of the catalog', () => {
  test.each([
    [0, 4, 'recommend'],
    [1, 3, 'executeWithApproval'],
    [2, 2, 'executeAfterWindow'],
    [3, 1, 'execute'],
  ] as const)('level %i: what is tier 1 by its table is tier %i', (level, tier, mode) => {
    expect(ruledAt(level)).toMatchObject({ tier, mode, context: { level }, authority: { level } });
  });

  test('no more than the ceiling of the action type counts', () => {
    const flush = installation.actionTypes['cache.flush'];
    if (!flush) throw new Error('there is no cache.flush');
    const severe = { ...flush, severity: { ...flush.severity, security: 3 as const } };
    const { installation: from } = testInstallation({
      actionTypes: { ...installation.actionTypes, 'cache.flush': severe },
    });
    expect(ruledAt(3, proposal(), from)).toMatchObject({
      tier: 3,
      context: { level: 1 },
      authority: { level: 1, held: { level: 3 } },
    });
  });
});
