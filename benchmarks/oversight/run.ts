import type { ActionState } from 'countersign';
import type { Stage } from '../../examples/storefront/demo/stage.ts';
import { headlineIn } from '../../src/briefing/headline.ts';
import type { Report as Progress } from '../../src/dev/progress.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { BAD_KINDS, PHASES } from './bad-requests.ts';
import { type Case, casesOf, unseenCases } from './cases.ts';
import { Random } from './random.ts';
import { type OversightReport, type Result, reportOf, type Shown } from './report.ts';
import { type Place, Screen } from './screen.ts';
import { enter, openWorld, proposalOf } from './world.ts';

export interface Options {
  readonly seed: number;
  /** How many cases there are of each bad kind, or the bad ones for which no rule was mended. */
  readonly each: number | 'unseen';
  /** Gets each page as a file, when it is asked for. */
  readonly keepPage?: (id: string, html: string) => Promise<void>;
}

/** Proposed side by side. */
const AT_ONCE = 6;
/** On call, so all pages show the same person's view. */
const READER = 'linus';

/** Proposes every case to a Countersign on real servers, and looks at the page of each in a browser. */
export async function runOversight(
  { seed, each, keepPage }: Options,
  progress: Progress,
): Promise<OversightReport> {
  const random = new Random(seed);
  const cases = each === 'unseen' ? unseenCases(random) : casesOf(random, each);
  const stage = await openWorld();
  try {
    const browser = await launchBrowser();
    try {
      const screen = await Screen.open(browser, stage.inboxUrl, READER);
      const results: Result[] = [];
      for (const phase of PHASES) {
        const inPhase = cases.filter((one) => one.phase === phase);
        progress(`${phase}: ${inPhase.length} cases`);
        await enter(stage, phase);
        for (const ruled of await ruledOn(stage, random, inPhase)) {
          progress(ruled.one.id);
          results.push(await look(stage, screen, ruled));
          await keepPage?.(ruled.one.id, await screen.file());
        }
      }
      return reportOf({ seed, results });
    } finally {
      await browser.close();
    }
  } finally {
    await stage.close();
  }
}

interface Ruled {
  readonly one: Case;
  readonly state: ActionState;
  readonly actionId: string;
}

async function ruledOn(stage: Stage, random: Random, cases: readonly Case[]): Promise<Ruled[]> {
  const ruled: Ruled[] = [];
  while (ruled.length < cases.length) {
    const next = cases.slice(ruled.length, ruled.length + AT_ONCE);
    const now = { services: await stage.state(), at: Date.now() };
    const proposals = next.map((one) => proposalOf(one.write(random, now), one.id));
    const states = await Promise.all(
      proposals.map(async (proposal) => {
        const action = await stage.propose(proposal);
        return { actionId: action.actionId, state: await action.state() };
      }),
    );
    ruled.push(...next.flatMap((one, n) => ({ one, ...(states[n] ?? never(one)) })));
  }
  return ruled;
}

function never({ id }: Case): never {
  throw new Error(`${id} was not proposed`);
}

async function look(stage: Stage, screen: Screen, { one, state, actionId }: Ruled): Promise<Result> {
  const { action, impact, findings = [], ruling } = state;
  if (!action || !impact || !ruling)
    throw new Error(`${one.id} was not ruled on: ${JSON.stringify(state.outcome)}`);
  const headline = headlineIn(state);
  const url = `${stage.inboxUrl}/actions/${encodeURIComponent(actionId)}`;
  const places = await screen.placesOf(
    url,
    [...findings, ...headline].map(({ text }) => text),
  );
  const at = (n: number): Place => places[n] ?? 'not shown';
  const kind = BAD_KINDS.find((known) => known.kind === one.bad?.kind);
  const ofFindings = findings.map(
    ({ kind: name, weight, text }, n): Shown => ({
      name,
      weight,
      text,
      place: at(n),
      fits: kind?.findings.includes(name) === true,
    }),
  );
  const ofHeadline = headline.map(
    (fact, n): Shown => ({
      name: fact.label,
      text: fact.text,
      place: at(findings.length + n),
      fits: kind?.fact?.(fact) === true,
    }),
  );
  return {
    id: one.id,
    phase: one.phase,
    ...(one.bad ? { bad: one.bad } : {}),
    asked: action.title,
    summary: state.proposal.rationale.summary,
    tier: ruling.tier,
    risk: impact.riskScore,
    findings: ofFindings,
    facts: ofHeadline,
  };
}
