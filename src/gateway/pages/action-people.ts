import { html } from 'hono/html';
import { inWords } from '../../briefing/text.ts';
import {
  excludedFrom,
  peopleIn,
  type Quorum,
  quorumsIn,
  textOf,
  type Vote,
} from '../../domain/approval/requirement.ts';
import { tallyOf } from '../../domain/approval/vote-tally.ts';
import type { RouteStep } from '../../domain/escalation/route.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import type { ActionData, Markup } from './data.ts';
import { although } from './findings.ts';
import { bullets, facts, section, table } from './parts.ts';
import { line, when, withTimes, words } from './text.ts';

/** The other people who are asked, and what they said. */
export function thePeople(data: ActionData, ruling: Ruling): Markup {
  const { state, frame } = data;
  const {
    votes,
    deliveries,
    refusedDecisions,
    questions,
    earlierRounds,
    withdrawals,
    acknowledgements = [],
  } = state;
  if (!('requirement' in ruling))
    return section(
      'people',
      'Who is asked',
      html`<div data-live="people"><p>Nobody is asked beforehand.</p>${reviewers(data)}</div>`,
    );
  const { requirement, route } = ruling;
  const tally = tallyOf(requirement, votes);
  const otherVotes = votes.filter(({ person }) => !peopleIn(requirement).includes(person));
  return section(
    'people',
    'Who is asked, and what they said',
    html`<div data-live="people">
      ${facts([
        ['Needed', html`${line(textOf(requirement))}; one denial is enough to stop it`],
        tally.kind === 'open' && tally.by.length > 0 ? ['Still needed', line(tally.needed)] : undefined,
      ])}
      ${quorumsIn(requirement).map((quorum) => quorumTable(quorum, state, frame.now))}
      ${bullets(otherVotes.map((vote) => html`${line(vote.person)}: ${voteText(vote, frame.now, state.findings)}`))}
      ${bullets(acknowledgements.map(({ person, at }) => html`${line(person)} is looking at it, ${when(at, frame.now)}`))}
      ${bullets(withdrawals.map(({ person, verdict, withdrawnAt }) => html`${line(person)} took "${verdict}" back ${when(withdrawnAt, frame.now)}`))}
      ${
        questions.length === 0
          ? ''
          : html`<h3>Questions</h3>${questions.map(
              ({ person, text, at, answer }) => html`<p>${line(person)} asked ${when(at, frame.now)},
                ${answer ? html`<a href="#words">answered below</a>` : 'not answered yet'}:</p>${words(text)}`,
            )}`
      }
      ${
        refusedDecisions.length === 0
          ? ''
          : html`<h3>Decisions that did not count</h3>${bullets(
              refusedDecisions.map(
                ({ person, reason, at }) =>
                  html`${line(person)} ${when(at, frame.now)}: ${line(withTimes(reason, frame.now), 1_000)}`,
              ),
            )}`
      }
      ${
        earlierRounds.length === 0
          ? ''
          : html`<h3>Asked before</h3>${bullets(
              earlierRounds.map(
                (
                  round,
                ) => html`${round.votes.map(({ person, verdict }) => `${person}: ${verdict}`).join(', ') || 'nobody decided'};
                then ${line(round.drift.join('; ') || 'it was edited', 1_000)}, so none of it counts any more`,
              ),
            )}`
      }
      ${exclusions(excludedFrom(requirement), frame.now)}
      <details><summary>Who is told, and when</summary>
        <ol>${route.steps.map((step) => html`<li>${onRoute(step)}</li>`)}</ol>
        ${bullets(deliveries.map(({ by, whom, delivered, detail }) => html`${by} to ${line(whom)}: <strong>${delivered ? 'delivered' : 'not delivered'}</strong>, ${line(detail)}`))}
      </details></div>`,
  );
}

/** One step of the route. Steps are numbered as they stand in the list, from 1. */
function onRoute(step: RouteStep): Markup | string {
  if ('by' in step) {
    const { by, whom, people, shifts, waitMs } = step;
    const peopleText = shifts ? 'the person on call then' : people.join(', ') || 'nobody';
    return html`${line(whom)} by ${by}: ${line(peopleText)}, then ${inWords(waitMs)} to answer`;
  }
  if ('until' in step) return html`wait until business hours, ${inWords(step.waitMs)} at most`;
  if ('waitMs' in step) return html`wait ${inWords(step.waitMs)}`;
  if ('repeatFrom' in step) return `again from ${step.repeatFrom + 1}, ${step.times} times at the most`;
  return html`if ${line(step.when.what)}: on to ${step.next + 1}, otherwise to ${step.else + 1}`;
}

const quorumTable = (
  { group, atLeast, approvers }: Quorum,
  { votes, findings }: ActionState,
  now: number,
): Markup =>
  table(
    `${atLeast} of ${group}`,
    ['Person', 'What they said'],
    approvers.slice(0, MOST).map(({ person }) => {
      const vote = votes.find((candidate) => candidate.person === person);
      return [
        line(person),
        vote ? voteText(vote, now, findings) : html`<span class="faint">nothing yet</span>`,
      ];
    }),
  );

const MOST = 50;

const voteText = (vote: Vote, now: number, findings?: ActionState['findings']): Markup =>
  html`<strong>${vote.verdict === 'approve' ? '✓ approved' : '✕ denied'}</strong> ${when(vote.decidedAt, now)}${although(vote, findings)}${vote.reason ? html`: ${line(vote.reason, 1_000)}` : ''}`;

const exclusions = (people: Quorum['excluded'], now: number): Markup | string =>
  people.length === 0
    ? ''
    : html`<details><summary>Who may not decide</summary>${bullets(people.slice(0, MOST).map(({ person, reason }) => html`${line(person)}: ${line(withTimes(reason, now))}`))}</details>`;

function reviewers({ review, frame }: ActionData): Markup | string {
  if (!review) return '';
  return html`<p>It ran, and is reviewed by ${line(textOf(review.requirement))}
    ${review.result ? html`: <strong>${REVIEWED[review.result.kind]}</strong>` : html`, due ${when(review.dueAt, frame.now)}`}.</p>
    ${bullets(review.votes.map((vote) => html`${line(vote.person)}: ${voteText(vote, frame.now)}`))}`;
}

const REVIEWED = { agreed: 'agreed', disagreed: 'disagreed', overdue: 'nobody reviewed it in time' } as const;
