import './v8.ts';
import { policyToJson, type ValidationError, validate } from '@cedar-policy/cedar-wasm/nodejs';
import type {
  PolicyEngine,
  PolicyProblem,
  ValidationProblem,
  Vocabulary,
  WrittenPolicy,
} from '../../config/index.ts';
import { createAuthorize } from './authorize.ts';
import { schemaOf } from './schema.ts';
import { actionsOf, entitiesOf, readsOf } from './syntax.ts';
import { placeOf, problemIn, splitPolicies } from './text.ts';

/** Policies in Cedar (cedarpolicy.com, language 4.5), evaluated in this process. */
export const cedar: PolicyEngine = { parse, validate: check, prepare: createAuthorize };

function parse(file: string) {
  const policies: WrittenPolicy[] = [];
  const problems: PolicyProblem[] = [];
  for (const { text, offset } of splitPolicies(file)) {
    const parsed = policyToJson(text);
    if (parsed.type === 'failure') {
      const syntaxProblems = parsed.errors.map((error) => problemIn(text, error));
      problems.push(...syntaxProblems.map((problem) => ({ ...problem, offset: offset + problem.offset })));
      continue;
    }
    const { json } = parsed;
    policies.push({
      effect: json.effect,
      annotations: Object.fromEntries(
        Object.entries(json.annotations ?? {}).map(([name, value]) => [name, value ?? '']),
      ),
      text,
      offset,
      actions: actionsOf(json),
      entities: entitiesOf(json).map((uid) => ({ ...uid, offset: placeOf(text, uid) })),
      reads: readsOf(json),
    });
  }
  return { policies, problems };
}

const IMPOSSIBLE = 'can never count: no request fits its scope and its conditions';

/** Validates all policies in one call, because Cedar reads the schema anew for each call. */
function check(vocabulary: Vocabulary, texts: readonly string[]) {
  const answer = validate({
    schema: schemaOf(vocabulary),
    policies: { staticPolicies: Object.fromEntries(texts.map((text, i) => [String(i), text])) },
    validationSettings: { mode: 'strict' },
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  const problems = onePerPlace(answer.validationErrors.map((error) => inText(texts, error)));
  const warnings = answer.validationWarnings.map((error) => inText(texts, error)).map(inOurWords);
  return {
    problems,
    // For a policy with a fault, Cedar also warns that the policy can never apply.
    warnings: onePerPlace(warnings).filter(({ policy }) =>
      problems.every((fault) => fault.policy !== policy),
    ),
  };
}

function inText(texts: readonly string[], { policyId, error }: ValidationError): ValidationProblem {
  const policy = Number(policyId);
  return { policy, ...problemIn(texts[policy] ?? '', error) };
}

const inOurWords = (warning: ValidationProblem): ValidationProblem =>
  /policy is impossible|unable to find an applicable action/.test(warning.problem)
    ? { ...warning, problem: IMPOSSIBLE }
    : warning;

/** The problems in order, one for each place. Cedar has no order, and repeats a problem for each action that the policy may be about. */
const onePerPlace = (problems: readonly ValidationProblem[]) =>
  [...problems]
    .sort((a, b) => a.policy - b.policy || a.offset - b.offset || (a.problem < b.problem ? -1 : 1))
    .filter(({ policy, offset }, i, allProblems) => {
      const previous = allProblems[i - 1];
      return previous?.policy !== policy || previous.offset !== offset;
    });
