import type { Message } from '../activities/ports/channels.ts';
import { CATEGORIES, type Plan, type Reconcile } from '../domain/action/action.ts';
import { describePlan, reconcileText } from '../domain/action/plan-text.ts';
import type { Watch } from '../domain/analysis/metrics.ts';
import { decideCommand } from '../domain/approval/decide-command.ts';
import {
  ableIn,
  approversOf,
  canDecide,
  excludedFrom,
  quorumsIn,
  textOf,
} from '../domain/approval/requirement.ts';
import { besideWords } from '../domain/background/words.ts';
import { watchSightOf } from '../domain/explanation/watch-sight.ts';
import { WEIGHT_WORDS } from '../domain/findings/finding.ts';
import { nameIn } from '../domain/installation/directory.ts';
import { grantOf, limitIn, limitsOf } from '../domain/policy/ask-policy.ts';
import type { Dependents } from '../domain/risk/blast-radius.ts';
import { changeLines } from '../domain/risk/change-words.ts';
import { waitingText } from '../domain/risk/costs.ts';
import { reasonsOf } from '../domain/risk/impact.ts';
import { endText } from '../domain/risk/similar-actions.ts';
import { noticesOf } from '../domain/ruling/notices.ts';
import type { Json } from '../domain/shared/json.ts';
import type { Block, Section } from './blocks.ts';
import { headlineOf } from './headline.ts';
import { type Pages, pageOf } from './pages.ts';

import { cut, exactLine, inWords, jsonText, lookalikes, oneLine, prose, utc } from './text.ts';
import {
  asks,
  awaitsDecision,
  mayDecide,
  OUTCOME_WORDS,
  requirementOf,
  TIER_MEANS,
  type Wording,
  wordingOf,
} from './wording.ts';

/** A message in the order in which people must read it: what the machine knows first, the agent's words last. */
export interface Briefing {
  readonly subject: string;
  readonly title: string;
  readonly wording: Wording;
  readonly machine: readonly Section[];
  readonly agent: Section;
  /** The page of the action. Opening it decides nothing. */
  readonly link?: string;
}

/** Lengths in UTF-16 units. A request over 8 KB cannot be judged from a mail: the reader is told to open the action. */
const TITLE = 160;
const LINE = 2_000;
const JSON_BLOCK = 8_192;
const PROSE = 1_000;
const ITEMS = 10;
const NAMES = 20;

/**
 * The briefing of a message. INVARIANT 12: what the agent wrote comes last, under a heading that says so; before it, only findings quote it,
 * in part and as a quotation. Every text of a message
 * reaches its channel through this function, which writes hidden characters out and cuts everything to a length.
 *
 * @param recipients the people that this message goes to, by name
 */
export function briefingOf(message: Message, recipients: readonly string[], pages: Pages = {}): Briefing {
  const { action, proposal, runId } = message;
  const link = pageOf(pages, action.id, runId, message.workflowId);
  const onlyInformed = recipients.length > 0 && recipients.every((person) => !mayDecide(message, person));
  const reads = onlyInformed ? 'told' : 'decides';
  const wording = wordingOf(message, reads);
  const title = oneLine(action.title, TITLE);
  const actionBlocks = theAction(message);
  const findings = theFindings(message);
  const beside = besideWords(message.background ?? {}).map(({ label, text }) => line(label, `${text}.`));
  const requestBlocks = [
    ...whatHappened(message),
    ...(asks(message) && message.kind !== 'reviewDue' ? noticesOf(message.ruling) : []).map((notice) =>
      sentence(`${notice}.`),
    ),
    ...wording.ask.map(sentence),
    ...warnings(message, actionBlocks),
    ...(message.kind === 'settled' ? [] : [line('This went to', listed(recipients))]),
  ];
  return {
    subject: oneLine(`${wording.label}: ${title} (${action.environment})`, 2 * TITLE),
    title,
    wording,
    machine: [
      { heading: 'At a glance', blocks: headlineOf(message).map(({ label, text }) => line(label, text)) },
      { heading: 'The action', blocks: actionBlocks },
      ...(findings.length === 0 ? [] : [{ heading: 'Findings', blocks: findings }]),
      { heading: 'What is asked of you', blocks: requestBlocks },
      { heading: 'Impact', blocks: theImpact(message, pages) },
      { heading: 'What policy says', blocks: thePolicies(message) },
      ...(beside.length === 0 ? [] : [{ heading: 'Its confidence and alternatives', blocks: beside }]),
      { heading: 'Who may decide', blocks: whoMayDecide(message) },
      {
        heading: awaitsDecision(message, reads) ? 'How to decide' : 'For the record',
        blocks: howToDecide(message, reads, pages),
      },
    ],
    agent: action.takesBack
      ? {
          heading: `In the words of ${oneLine(nameIn(action.agent.owner), TITLE)}, who asks for it`,
          blocks: [proseBlock('Why', proposal.rationale.summary)],
        }
      : {
          heading: `Written by the agent ${oneLine(proposal.agent.id, TITLE)}, verified by nobody`,
          blocks: theAgentsWords(message),
        },
    ...(link === undefined ? {} : { link }),
  };
}

function theAction({ action, impact, ruling }: Message): Block[] {
  const { agent, environment, execute, params, reconcile, rollback, serviceTier, target, type, watch } =
    action;
  return [
    line('Type', type),
    line('Target', `${target}, a service of tier ${serviceTier}`),
    line('Environment', environment),
    ...(action.takesBack
      ? [line('Asked for by', nameIn(agent.owner)), line('Takes back', action.takesBack.actionId)]
      : [line('Agent', `${agent.id} ${agent.version}, owned by ${agent.owner}`)]),
    line('Tier', `${ruling.tier}: ${TIER_MEANS[ruling.tier]}`),
    ...changeLines(impact).map((text) => line('Change', text)),
    json('Parameters', { ...params }),
    ...thePlan('Request', execute),
    ...(rollback ? thePlan('Rollback', rollback) : [line('Rollback', 'none, this cannot be rolled back')]),
    ...(reconcile ? theReconcile(reconcile) : []),
    ...(watch ? theWatch(watch) : [line('Watched', 'nothing')]),
    line('Action id', action.id),
  ];
}

/** What the machine found to contradict the request. */
const theFindings = ({ findings = [] }: Message): Block[] =>
  findings.slice(0, NAMES).map(({ weight, text }) => line(WEIGHT_WORDS[weight], `${text}.`));

function thePlan(label: string, plan: Plan): Block[] {
  const { what, content, limits } = describePlan(plan);
  return [
    ...(what ? [verbatim(what.name === 'request' ? label : `${label} ${what.name}`, what.text)] : []),
    json(`${label} ${content.name}`, content.value),
    ...limits.map((text) => line(`${label} limit`, text)),
  ];
}

/** Shown exactly, because it is no link of the agent: the address is the operator's, and parameters are percent-encoded in it. */
function verbatim(label: string, exact: string): Block {
  const text = exactLine(exact);
  return { label, text: cut(text, LINE), verbatim: true, partial: text.length > LINE };
}

/** How the effect is looked up. */
const theReconcile = (reconcile: Reconcile): Block[] => [
  ...('by' in reconcile
    ? []
    : reconcile.ask.by === 'http'
      ? [verbatim('Look-up', `GET ${reconcile.ask.url}`)]
      : [json('Look-up command', [...reconcile.ask.argv])]),
  ...reconcileText(reconcile).map((text) => line('Look-up', text)),
];

function theWatch({ metrics }: Watch): Block[] {
  return metrics.map(({ name, count, intervalMs, failureCondition, successCondition }) => {
    const limits = [
      ...(failureCondition === undefined ? [] : [`regressed when ${failureCondition}`]),
      ...(successCondition === undefined ? [] : [`healthy when ${successCondition}`]),
    ];
    return line(
      'Watched',
      `${name}: ${limits.join(', ')}; read ${count} times, every ${inWords(intervalMs)}`,
    );
  });
}

const whatHappened = ({ kind, outcome, said: words }: Message): Block[] => [
  ...(words === undefined ? [] : [line(kind === 'anomaly' ? 'What was found' : 'What was said', words)]),
  ...(outcome ? [line('What happened', `${OUTCOME_WORDS[outcome.kind].label}: ${outcome.reason}`)] : []),
];

function warnings({ action }: Message, blocks: readonly Block[]): Block[] {
  const partial = blocks.filter((block) => block.partial).map(({ label = '' }) => label);
  const mixedWords = lookalikes(`${action.title} ${JSON.stringify(action.params)}`);
  return [
    ...(partial.length === 0
      ? []
      : [
          sentence(
            `Not all of it is shown here (${partial.join(', ')}). Read the whole action before you decide.`,
          ),
        ]),
    ...(mixedWords.length === 0
      ? []
      : [sentence(`Look closely: letters of several alphabets are mixed in ${listed(mixedWords)}.`)]),
  ];
}

function theImpact({ action, impact, ruling }: Message, pages: Pages): Block[] {
  const { blastRadius, costs, riskScore, rollbackDifficulty, severity, similar } = impact;
  const { direct, transitive } = blastRadius;
  const waiting = waitingText(costs, action.target, String);
  const beingWrong = costs.beingWrong === undefined ? 'not known' : String(costs.beingWrong);
  return [
    line('Risk', `${riskScore} of 100`),
    line(
      'Severity',
      CATEGORIES.map((category) => `${category} ${severity[category]}`)
        .join(', ')
        .concat(' (of 4)'),
    ),
    line('Needed by', `directly: ${dependentsText(direct)}; through others: ${dependentsText(transitive)}`),
    line('Rollback', `difficulty ${rollbackDifficulty} of 4`),
    line('Cost', `of being wrong: ${beingWrong}; of an hour of waiting: ${waiting}`),
    ...similar.last.map((past) => ({
      ...line(
        'Done before',
        `${utc(past.at)} on ${past.target} in ${past.environment}: ${endText(past)} (${past.actionId})`,
      ),
      link: pageOf(pages, past.actionId),
    })),
    ...reasonsOf(impact).map((reason) => line('Why', reason)),
    ...ruling.reasons.slice(0, NAMES).map((reason) => line(`Why tier ${ruling.tier}`, reason)),
  ];
}

const dependentsText = ({ count, names }: Dependents) =>
  count === 0
    ? 'none'
    : names.join(', ').concat(count > names.length ? ` and ${count - names.length} more` : '');

/** The level of the agent, and each policy that counted. */
function thePolicies({ ruling: { modes, floor, context } }: Message): Block[] {
  const grantText = grantOf(modes);
  return [
    ...('level' in context ? [line('Level', `${context.level} of 3`)] : []),
    ...(grantText === undefined ? [] : [line('Permitted', grantText)]),
    ...limitsOf(modes, floor)
      .slice(0, NAMES)
      .map((policy) => line('Limited by', limitIn(policy))),
  ];
}

function whoMayDecide(message: Message): Block[] {
  const requirement = requirementOf(message);
  if (!requirement) return [sentence('Nobody is asked to decide on this.')];
  const approvers = approversOf(requirement);
  const keyless = approvers.filter((approver) => !canDecide(approver)).map(({ person }) => person);
  return [
    line('Needed', `${textOf(requirement)}${afterwards(message) ? '' : '; one denial is enough to stop it'}`),
    ...approvalsSoFar(message),
    ...quorumsIn(requirement).map((quorum, _, { length }) => {
      const ablePeople = ableIn(quorum);
      return line(
        'May decide',
        length === 1 ? listed(ablePeople) : `for ${quorum.group}: ${listed(ablePeople)}`,
      );
    }),
    ...(keyless.length === 0 ? [] : [line('Have no key', listed(keyless))]),
    ...excludedFrom(requirement)
      .slice(0, NAMES)
      .map(({ person, reason }) => line('May not', `${person}: ${reason}`)),
  ];
}

/** Who approved before this was sent, and who is still needed. */
function approvalsSoFar({ standing }: Message): Block[] {
  if (standing?.kind !== 'open' || standing.by.length === 0) return [];
  return [line('Approved by', listed(standing.by)), line('Still needed', standing.needed)];
}

const afterwards = ({ kind }: Message) => kind === 'reviewDue' || kind === 'reviewOverdue';

/** How to decide. A review is decided under its own workflow id: `review/` and the action's id. */
function howToDecide(message: Message, reads: 'decides' | 'told', { gatewayUrl }: Pages): Block[] {
  const { ruling, workflowId } = message;
  const digest: Block = { label: 'Digest', text: ruling.digest, verbatim: true };
  if (!awaitsDecision(message, reads)) return [digest];
  const commands = [decideCommand(workflowId, 'approve'), decideCommand(workflowId, 'deny')];
  const page = sentence('Open the action and sign in, or run one of these commands with your own key.');
  return [
    ...(gatewayUrl === undefined ? [] : [page]),
    digest,
    { label: 'Run one of', text: commands.join('\n'), verbatim: true },
  ];
}

function theAgentsWords({ action, proposal, ruling, background }: Message): Block[] {
  const { evidence, rationale, successCriteria } = proposal;
  const { criteria } = watchSightOf(action.watch, ruling.watchForMs, successCriteria);
  const confidenceText = (confidence: number) => `${Math.round(confidence * 100)} % sure`;
  return [
    proseBlock('Why', `${confidenceText(rationale.confidence)}: ${rationale.summary}`),
    ...firstItems(rationale.alternatives, ({ option, confidence, whyNot }, i) =>
      proseBlock(
        background?.alternatives ? `Not chosen, alternative ${i + 1}` : 'Not chosen',
        `${confidenceText(confidence)}: ${option}\nWhy not: ${whyNot}`,
      ),
    ),
    ...firstItems(evidence, ({ title, detail }) => proseBlock('Evidence', `${title}\n${detail}`)),
    ...firstItems(criteria, ({ criterion, measuredBy }) =>
      proseBlock(
        measuredBy.length === 0 ? 'Expects to see, not measured' : 'Expects to see, measured',
        criterion,
      ),
    ),
  ];
}

function firstItems<T>(items: readonly T[], block: (item: T, i: number) => Block): Block[] {
  const leftOut = items.length - ITEMS;
  return [
    ...items.slice(0, ITEMS).map(block),
    ...(leftOut > 0 ? [sentence(`(${leftOut} more of these)`)] : []),
  ];
}

function listed(names: readonly string[]): string {
  const leftOut = names.length - NAMES;
  return (names.slice(0, NAMES).join(', ') || 'none').concat(leftOut > 0 ? ` and ${leftOut} more` : '');
}

const sentence = (text: string): Block => ({ text: oneLine(text, LINE) });
const line = (label: string, text: string): Block => ({ label, text: oneLine(text, LINE) });
const proseBlock = (label: string, text: string): Block => ({ label, text: prose(text, PROSE) });

function json(label: string, value: Json): Block {
  const text = jsonText(value);
  return { label, text: cut(text, JSON_BLOCK), verbatim: true, partial: text.length > JSON_BLOCK };
}
