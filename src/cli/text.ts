import { headlineIn } from '../briefing/headline.ts';
import { exactLine, inWords, prose, utc } from '../briefing/text.ts';
import { foundText } from '../domain/action/reconcile.ts';
import { peopleIn, type Requirement, textOf, type Vote } from '../domain/approval/requirement.ts';
import { tallyOf } from '../domain/approval/vote-tally.ts';
import { routeDurationOf } from '../domain/escalation/route-duration.ts';
import { type Explanation, explain } from '../domain/explanation/explanation.ts';
import { althoughLines } from '../domain/findings/confirmation.ts';
import { type Finding, WEIGHT_WORDS } from '../domain/findings/finding.ts';
import type { ActionState, ReviewState } from '../domain/record/action-state.ts';
import { reportText } from '../domain/record/report.ts';
import { takeBackText } from '../domain/record/take-back.ts';
import { changeLines } from '../domain/risk/change-words.ts';
import { noticesOf } from '../domain/ruling/notices.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';

/** What the agent may do, in one line. */
export function rulingLine(ruling: Ruling): string {
  const reasons = ruling.reasons.join('; ');
  if (ruling.kind === 'forbid') return `Forbidden: ${reasons}`;
  const tier = `Tier ${ruling.tier}`;
  switch (ruling.mode) {
    case 'execute':
      return `${tier}: runs at once, reviewed within ${inWords(ruling.review.withinMs)} (${reasons})`;
    case 'executeAfterWindow':
      return `${tier}: proceeds in ${inWords(routeDurationOf(ruling.route))} unless someone objects, on-call cannot be paged or a watched metric is not healthy (${reasons})`;
    case 'executeWithApproval':
      return `${tier}: waits for ${textOf(ruling.requirement)} (${reasons})`;
    case 'recommend':
      return `${tier}: nothing is executed, the owners are told (${reasons})`;
  }
}

/** The state of an action, for a terminal. Control characters in foreign text are written out. */
export function stateText(state: ActionState): string {
  const { action, ruling, votes, questions } = state;
  return [
    ...standing(state),
    ...(action?.takesBack ? [`It takes back ${action.takesBack.actionId}.`] : []),
    ...(state.reports ?? []).map((report) => `${utc(report.at)}: ${reportText(report)}`),
    // Once it is over, its outcome says what was found.
    ...(state.outcome
      ? []
      : (state.reconciled ?? []).map((found) => `${utc(found.at)}: ${foundText(found)}`)),
    ...(state.takeBacks ?? []).map((takeBack) => `${utc(takeBack.at)}: ${takeBackText(takeBack)}`),
    ...(state.erased === undefined ? [] : [`${state.erased}.`]),
    ...headlineLines(state),
    ...noticeLines(state),
    ...findingLines(state.findings),
    ...votes.flatMap((vote) => [
      `${vote.person} signed "${vote.verdict}" at ${utc(vote.decidedAt)}`,
      ...althoughLines(vote, state.findings),
    ]),
    ...(ruling ? [`Digest ${ruling.digest}`] : []),
    ...questionLines(questions),
    ...(action ? [`"countersign explain ${action.id}" says why.`] : []),
  ]
    .map(exactLine)
    .join('\n');
}

/** The facts that people read first; empty once the action is over. */
export const headlineLines = (state: ActionState): string[] =>
  state.outcome ? [] : headlineIn(state).map(({ label, text }) => `${label}: ${text}`);

/** What people must know before they decide; empty once the action is over. */
export function noticeLines({
  impact,
  ruling,
  outcome,
}: Pick<ActionState, 'impact' | 'ruling' | 'outcome'>): string[] {
  if (outcome) return [];
  const changes = impact ? changeLines(impact) : [];
  return [...changes, ...(ruling ? noticesOf(ruling) : [])].map(exactLine);
}

/** What the machine found to contradict the request, a line each. */
export const findingLines = (findings: readonly Finding[] = []): string[] =>
  findings.map(({ weight, text }) => exactLine(`${WEIGHT_WORDS[weight]}: ${text}.`));

/** The explanation of an action, for a terminal. No line that an agent wrote can pass for one of ours. */
export function explanationText(explanation: Explanation, standingLines: readonly string[]): string {
  const { whatWasAsked, inTheAgentsWords, besideTheAgentsWords, askedBy, ...answers } = explanation;
  const { summary, confidence, alternatives } = inTheAgentsWords;
  return [
    ...standingLines,
    '',
    ...section('What was asked, and why?', whatWasAsked),
    ...(askedBy === undefined
      ? [
          `In the agent's own words, with a confidence of ${confidence} of 1:`,
          ...quoted(summary),
          'and what it says it considered instead:',
          ...alternatives.flatMap(({ option, confidence: optionConfidence, whyNot }, i) =>
            quoted(`${i + 1}. ${option} (confidence ${optionConfidence} of 1). Not chosen: ${whyNot}`),
          ),
        ]
      : [exactLine(`In the words of ${askedBy}:`), ...quoted(summary)]),
    ...(besideTheAgentsWords.length === 0 ? [] : ['The machine found beside these words:']),
    ...besideTheAgentsWords.map((text) => `  - ${exactLine(text)}`),
    '',
    ...section('Who approved the authority?', answers.whoApprovedTheAuthority),
    ...section('What limited it?', answers.whatLimitedIt),
    ...section('How was the decision reached?', answers.howTheDecisionWasReached),
  ]
    .join('\n')
    .trimEnd();
}

/** What approvers asked, and the agent's answers. The agent's own words come last, and are marked. */
export const questionLines = (questions: ActionState['questions']): string[] =>
  questions.flatMap(({ id, person, text, answer }) => [
    exactLine(`${person} asked (${id}): ${text}`),
    ...(answer ? ['the agent answered, in its own words:', ...quoted(answer.text)] : ['not answered yet']),
  ]);

/** Two lines: what the action is, and how it ended or whom it waits for. */
export function standing(state: ActionState): string[] {
  const { status, ruling, outcome, deadline, votes } = state;
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  const stands = outcome
    ? `${outcome.kind}: ${outcome.reason}`
    : waitingText(status, requirement, votes, deadline);
  return [explain(state).title, stands].map(exactLine);
}

/** The state of a review, for a terminal. */
export function reviewText({ title, outcome, requirement, votes, dueAt, result }: ReviewState): string {
  const stands = result
    ? `${result.kind}${'by' in result ? `: ${[result.by].flat().join(', ')}` : ''}`
    : waitingText('waiting', requirement, votes, dueAt);
  return [`review of: ${title}`, `it ended: ${outcome.kind}, ${outcome.reason}`, stands]
    .map(exactLine)
    .join('\n');
}

function waitingText(
  status: string,
  requirement: Requirement | undefined,
  votes: readonly Vote[],
  deadline: number | undefined,
): string {
  if (status !== 'waiting' || !requirement || deadline === undefined) return status;
  const peopleText = peopleIn(requirement).join(', ');
  const tally = tallyOf(requirement, votes);
  const progressText =
    tally.kind === 'open' && tally.by.length > 0
      ? `; ${tally.by.join(', ')} approved, still needed: ${tally.needed}`
      : '';
  return `waiting for ${textOf(requirement)} (${peopleText}) until ${utc(deadline)}${progressText}`;
}

const section = (title: string, lines: readonly string[]) => [
  title,
  ...(lines.length === 0 ? ['  -'] : lines.map((line) => `  - ${exactLine(line)}`)),
  '',
];

/** How much of an agent's text is shown, in UTF-16 units: `--json` has all of it. */
const MOST_QUOTED = 2_000;

const quoted = (text: string) =>
  prose(text, MOST_QUOTED)
    .split('\n')
    .map((line) => `  | ${line}`);
