import type { Installation, PlanTemplate, UndoTemplate } from '../../domain/installation/installation.ts';
import type { WrittenAction } from '../action-types/actions.ts';
import type { Connections } from '../rules/connections.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { Path, Source } from '../source/yaml-files.ts';
import { originsAsked } from './check-metrics.ts';

/**
 * Checks that each source of credentials is of an environment that there is, that some action type sends something where its token goes, and
 * that each source that a program wants is there in some environment.
 */
export function checkCredentialSources(
  rules: Source,
  { credentialSources }: Pick<Connections, 'credentialSources'>,
  environments: Installation['environments'],
  actions: readonly WrittenAction[],
): ConfigFault[] {
  const origins = originsAsked(environments, actions);
  const known = Object.keys(environments);
  const named = [...new Set(Object.values(credentialSources).flatMap((sources) => Object.keys(sources)))];
  return [
    ...Object.entries(credentialSources).flatMap(([environment, sources]) => [
      ...(known.includes(environment)
        ? []
        : [
            rules.fault(['credentialSources', environment], `is no environment; ${hint(environment, known)}`),
          ]),
      ...Object.entries(sources).flatMap(([name, { systems }]) =>
        systems.flatMap((system, i) =>
          origins.has(system)
            ? []
            : [
                rules.fault(
                  ['credentialSources', environment, name, 'systems', i],
                  'no action type sends anything there: write the origin of an address that one does',
                ),
              ],
        ),
      ),
    ]),
    ...actions.flatMap(({ type, source }) =>
      (['execute', 'rollback'] as const).flatMap((step) =>
        wantedBy(type[step]).flatMap(({ path, name }) =>
          named.includes(name)
            ? []
            : [
                source.fault(
                  [step, ...path],
                  `is among no credentialSources of countersign.yaml; ${hint(name, named)}`,
                ),
              ],
        ),
      ),
    ),
  ];
}

/** The sources whose credentials programs of a plan find, with where it says so. */
function wantedBy(
  plan: PlanTemplate | UndoTemplate | undefined,
): { readonly path: Path; readonly name: string }[] {
  if (!plan || 'undo' in plan) return [];
  if (plan.executor === 'command' && plan.credentials !== undefined)
    return [{ path: ['command', 'credentials'], name: plan.credentials }];
  return plan.executor === 'mcp' && 'argv' in plan.server && plan.server.credentials !== undefined
    ? [{ path: ['mcp', 'command', 'credentials'], name: plan.server.credentials }]
    : [];
}
