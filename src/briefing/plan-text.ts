import type { Plan, Success } from '../domain/action/action.ts';
import { inWords } from './text.ts';

/** What belongs to a request besides the request itself, each as a part of a sentence: how long, what it sees, how its result is read. */
export function planText(plan: Plan): string[] {
  const limit = `given up after ${inWords(plan.timeoutMs)}`;
  if (plan.executor === 'http') return [limit, ...(plan.success ? [doneWhen(plan.success)] : [])];
  const { environment = {}, unchanged, repeatable } = plan;
  const seen = Object.entries(environment).map(([name, variable]) =>
    name === variable ? name : `${variable} as ${name}`,
  );
  return [
    limit,
    ...(seen.length === 0 ? [] : [`sees of the worker's environment: ${seen.join(', ')}`]),
    ...(unchanged ? [`says that it changed nothing by exit status ${unchanged.join(' or ')}`] : []),
    ...(repeatable ? ['run again where its result is unknown'] : []),
  ];
}

function doneWhen({ statuses, condition }: Success): string {
  const parts = [
    ...(statuses ? [`it is answered ${statuses.join(' or ')}`] : []),
    ...(condition === undefined ? [] : [`the answer meets ${condition}`]),
  ];
  return `done when ${parts.join(' and ')}`;
}
