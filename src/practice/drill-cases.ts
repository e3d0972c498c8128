import { isAbsolute, join } from 'node:path';
import type { DrillCases } from '../activities/ports/drills.ts';
import { caseFor } from '../config/index.ts';
import { movedTo } from '../domain/drill/recast.ts';
import type { DrillSettings, Installation } from '../domain/installation/installation.ts';
import { lastOnRecord } from '../domain/record/on-record.ts';
import { castOf } from '../exercise/cast.ts';
import { prepareCase } from './prepare.ts';
import { type RulesOfCase, readCaseNamed, SHIPPED_CASES, writtenNames } from './written-cases.ts';

/**
 * The cases that drills are made of. INVARIANT 1: the step that rules is the only one that is here, with records of its own in memory. Nothing is
 * behind it that could execute, and no real metric, target or message is asked for.
 *
 * @param folder the installation's folder
 */
export function createDrillCases(
  loaded: RulesOfCase,
  folder: string,
  { cases, names }: DrillSettings,
): DrillCases {
  const where = cases === undefined ? SHIPPED_CASES : isAbsolute(cases) ? cases : join(folder, cases);
  return {
    names: () => writtenNames(where),
    ask: async (name, { at, ...question }) => {
      const none = (why: string) => ({ kind: 'none', why: `${name}: ${why}` }) as const;
      const read = await readCaseNamed(where, name, names);
      if (!read.value) return none(read.faults.map(({ problem }) => problem).join('; '));
      const fits = caseFor(read.value, loaded.installation, loaded.checkParams);
      if (!fits.value) return none(fits.faults.map(({ problem }) => problem).join('; '));
      const { is } = fits.value;
      if (is !== 'bad') return none('it is good: a drill must be denied');
      const cast = await castOf(loaded.installation);
      // People and the gateway keep their keys: a person really signs what they say about a drill. Its agent signs with a key of the drill.
      const { people, rules } = loaded.installation;
      const installation: Installation = { ...cast.installation, people, rules };
      const written = movedTo(fits.value, at);
      const result = await prepareCase(written, loaded, { installation, signed: cast.signed }, question);
      if (result.kind === 'none') return none(result.why);
      const { kind, because, facts, actionId, entries } = result.prepared;
      const record = lastOnRecord(actionId, entries);
      if (!record?.ruled) return none('its ruling is not on its record');
      const { at: _, ...ruled } = record.ruled;
      return { kind: 'asked', ruled, reveal: { kind, because, facts: facts.map(({ says }) => says) } };
    },
  };
}
