import { CATEGORIES, type Category, type Severity } from './action.ts';
import type { ActionType, Installation } from './installation.ts';

export interface Impact {
  readonly severity: Readonly<Record<Category, Severity>>;
  readonly blastRadius: {
    /** Components that need the target themselves. */
    readonly direct: readonly string[];
    /** Components that need it through others. */
    readonly transitive: readonly string[];
  };
  /** 0: a rehearsed rollback is part of the action; 4: it cannot be taken back. */
  readonly rollbackDifficulty: Severity;
  readonly reasons: readonly string[];
}

/** What an action may do to production, from the operator's facts alone: nothing an agent writes enters here. */
export function assessImpact(installation: Installation, type: ActionType, target: string): Impact {
  const direct = dependentsOf(installation, [target]);
  const transitive = closure(installation, direct, target).filter((name) => !direct.includes(name));
  const rollbackDifficulty = type.rollback ? 1 : 4;
  const reasons = [
    ...CATEGORIES.filter((c) => type.severity[c] > 0).map(
      (c) => `${type.name} is declared ${c} ${type.severity[c]} of 4`,
    ),
    direct.length === 0
      ? `nothing in the catalog depends on ${target}`
      : `${direct.join(', ')} depend${direct.length === 1 ? 's' : ''} on ${target}`,
    type.rollback ? 'its rollback is part of the action' : 'it has no rollback',
  ];
  return { severity: type.severity, blastRadius: { direct, transitive }, rollbackDifficulty, reasons };
}

function dependentsOf(installation: Installation, targets: readonly string[]): string[] {
  return Object.values(installation.services)
    .filter(
      ({ name, dependsOn }) =>
        !targets.includes(name) && dependsOn.some((needed) => targets.includes(needed)),
    )
    .map(({ name }) => name)
    .sort();
}

function closure(installation: Installation, start: readonly string[], target: string): string[] {
  const seen = new Set<string>([target, ...start]);
  for (let frontier = start; frontier.length > 0; ) {
    frontier = dependentsOf(installation, frontier).filter((name) => !seen.has(name));
    for (const name of frontier) seen.add(name);
  }
  seen.delete(target);
  return [...seen].sort();
}
