import type { EntryKind } from '../ledger/ledger.ts';

export const MET = ['met', 'partly met', 'not met'] as const;

/** One requirement of a framework, and what Countersign has to do with it. */
export interface Requirement {
  readonly framework: 'EU AI Act' | 'SOC 2' | 'ISO/IEC 42001' | 'OWASP agentic 2026';
  readonly clause: string;
  /** What is asked for, in our words. The text of the framework counts. */
  readonly asks: string;
  readonly met: (typeof MET)[number];
  /** How it is met. Absent: it is not. */
  readonly how?: string | undefined;
  /** What is missing, or is somebody else's to do. Absent: nothing that we know of. */
  readonly missing?: string | undefined;
  /** The command that shows the evidence. Absent: nothing shows it. */
  readonly command?: string | undefined;
  /** The test that holds it. Absent: none does. */
  readonly test?: { readonly file: string; readonly title: string } | undefined;
  /** The kinds of entries of the ledger that are evidence of it. */
  readonly entries: readonly EntryKind[];
}

/** The rows of the compliance sheet. A test holds that each command and each test that they name exists. */
export const REQUIREMENTS: readonly Requirement[] = [
  {
    framework: 'EU AI Act',
    clause: 'Article 12(1)',
    asks: 'Events are logged automatically, over the lifetime of the system.',
    met: 'met',
    how: 'Every step of an action is in an append-only ledger before the step that depends on it.',
    command: 'countersign ledger verify',
    test: {
      file: 'test/workflows/faults-database.test.ts',
      title:
        'INVARIANT 9: nothing runs while the database is down, and once it is back what was approved runs',
    },
    entries: ['ruled', 'admitted', 'executed', 'closed'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 12(2)',
    asks: 'The log lets people find risks, watch the market and watch the operation.',
    met: 'partly met',
    how: 'A weekly audit and a monthly account are derived from the ledger.',
    missing:
      'What happens inside the AI system itself is not logged here: only what it asks for, and what becomes of it.',
    command: 'countersign report weekly',
    test: {
      file: 'test/domain/reports/weekly.test.ts',
      title: 'a week in which all went as it must has figures, and nothing else',
    },
    entries: ['verdict', 'demoted', 'lost'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 14(4)(a)',
    asks: 'People can understand what the system can do and cannot do, and notice when something is wrong.',
    met: 'partly met',
    how: 'People see what will run, what was found to contradict the agent, and how often it was right before.',
    missing: 'How the model itself works is for its provider to document.',
    command: 'countersign standing',
    test: {
      file: 'test/workflows/standing.test.ts',
      title: 'standing tells the level, who gave it, and the record, which the grant keeps',
    },
    entries: ['enrolled', 'granted', 'demoted'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 14(4)(b)',
    asks: 'People stay aware that they tend to trust the machine too much.',
    met: 'partly met',
    how: "The machine's facts come first and the agent's words last. Decisions that are too fast or too many are anomalies.",
    missing:
      'No training of people is part of Countersign. How often people miss a bad request is measured with generated requests, not with your people.',
    command: 'countersign report weekly',
    test: {
      file: 'test/domain/explanation/explanation.test.ts',
      title: 'INVARIANT 12: what the agent wrote to explain itself is in its own place, and nowhere else',
    },
    entries: ['holdPlaced'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 14(4)(c)',
    asks: 'People can interpret what the system puts out.',
    met: 'met',
    how: 'Each ruling is explained from recorded facts: who gave the authority, what limited it, how it was decided.',
    command: 'countersign explain',
    test: {
      file: 'test/domain/reports/monthly.test.ts',
      title: 'each action that touched production has the three questions answered',
    },
    entries: ['ruled'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 14(4)(d)',
    asks: 'People can decide not to use what the system puts out, and override it.',
    met: 'met',
    how: 'A denial wins, an edit changes what runs, and silence never approves.',
    command: 'countersign decide',
    test: {
      file: 'test/domain/approval/settlement.test.ts',
      title: 'INVARIANT 4: a denial in the same batch wins, first or last',
    },
    entries: ['voted', 'settled', 'edited'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 14(4)(e)',
    asks: 'People can stop the system, in a safe state.',
    met: 'met',
    how: 'A hold stops everything that does not run yet. Revoking takes back what runs, by the rollback that was approved.',
    command: 'countersign hold',
    test: {
      file: 'test/workflows/holds.test.ts',
      title: 'a hold stops what a person approved, until it is lifted',
    },
    entries: ['holdPlaced', 'revoked', 'takenBack'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 14(5)',
    asks: 'Where persons are identified by biometrics, two people confirm it.',
    met: 'partly met',
    how: 'A rule can ask for two different people. One person counts once.',
    missing: 'Countersign does not know which of your actions rest on biometrics: your rules must say so.',
    command: 'countersign check',
    test: {
      file: 'test/workflows/counting.test.ts',
      title: 'INVARIANT 4: 50 approvals that one person signed at once are one vote',
    },
    entries: ['settled'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 26(1)',
    asks: 'The deployer uses the system as its instructions say.',
    met: 'not met',
    missing: 'Nobody compares the instructions of a provider with your action types. That is your work.',
    entries: [],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 26(2)',
    asks: 'Oversight is assigned to people with competence, training, authority and support.',
    met: 'partly met',
    how: 'The catalog and the rules say who decides on what. A decision counts only from them, with their key or a second proof.',
    missing: 'Whether they are competent and trained, Countersign cannot know.',
    command: 'countersign check --matrix',
    test: {
      file: 'test/domain/approval/verify-decision.test.ts',
      title: 'INVARIANT 3: only an entitled person, by their own key',
    },
    entries: ['settled', 'delegated'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 26(5)',
    asks: 'The deployer watches the operation, suspends it on a risk, and informs provider and authorities.',
    met: 'partly met',
    how: 'Each effect is watched and taken back when metrics get worse, and the agent loses a level.',
    missing: 'Nobody outside is informed: provider and authorities are told by you.',
    command: 'countersign report monthly',
    test: {
      file: 'test/workflows/standing.test.ts',
      title:
        'INVARIANT 9: an action that was taken back costs its agent a level at once, before the target is free',
    },
    entries: ['verdict', 'takenBack', 'demoted'],
  },
  {
    framework: 'EU AI Act',
    clause: 'Article 26(6)',
    asks: 'Logs are kept for six months at least.',
    met: 'partly met',
    how: 'Nothing deletes an entry. What an entry says can be erased, and that stays visible.',
    missing: 'Backups, and how long they are kept, are yours.',
    command: 'countersign ledger export',
    test: {
      file: 'test/e2e/ledger.test.ts',
      title: 'of the whole ledger, and of one action, also where something was erased',
    },
    entries: [],
  },
  {
    framework: 'SOC 2',
    clause: 'CC8.1 authorize',
    asks: 'Changes are authorized before they are made.',
    met: 'met',
    how: 'Nothing runs that no policy permits, and what needs people runs only with their signatures.',
    command: 'countersign report monthly',
    test: {
      file: 'test/workflows/approvals.test.ts',
      title: 'INVARIANT 1: a tier-3 action that two groups must approve runs only when both signed',
    },
    entries: ['ruled', 'settled', 'admitted'],
  },
  {
    framework: 'SOC 2',
    clause: 'CC8.1 separate duties',
    asks: 'Nobody approves a change of their own.',
    met: 'met',
    how: "The requester, the agent's owners and their delegates never count for their own action.",
    command: 'countersign explain',
    test: {
      file: 'test/domain/approval/verify-decision.test.ts',
      title: "INVARIANT 4: the requester's side is refused with the reason, whatever else it is",
    },
    entries: ['settled'],
  },
  {
    framework: 'SOC 2',
    clause: 'CC8.1 test',
    asks: 'Changes are tested before they are made.',
    met: 'partly met',
    how: 'The effect is watched, compared with the time before, and taken back. Changes of the rules can be simulated on past actions.',
    missing: 'A change of a service is not tested before it runs: that is for your pipeline.',
    command: 'countersign simulate',
    test: {
      file: 'test/workflows/faults-metrics.test.ts',
      title: 'INVARIANT 7: what metrics that are %s say is unknown, and the action is rolled back',
    },
    entries: ['verdict', 'takenBack'],
  },
  {
    framework: 'SOC 2',
    clause: 'CC8.1 implement as approved',
    asks: 'What is implemented is what was approved.',
    met: 'met',
    how: 'A digest over the action and the rules is approved, and compared again just before the effect.',
    command: 'countersign ledger prove',
    test: {
      file: 'test/workflows/faults-changed.test.ts',
      title:
        'INVARIANT 2: what the installation would send by then is not what was approved: it is not admitted',
    },
    entries: ['admitted', 'executed'],
  },
  {
    framework: 'SOC 2',
    clause: 'CC8.1 emergency changes',
    asks: 'Emergency changes have a reason, a rollback, and a review afterwards.',
    met: 'met',
    how: 'Breaking the glass names an incident and a reason, needs a second proof, and is reviewed by others.',
    command: 'countersign report weekly',
    test: {
      file: 'test/workflows/break-glass.test.ts',
      title:
        'lets it run at once, watched as tightly as can be; everybody passed over is told, and it is reviewed',
    },
    entries: ['settled', 'reviewed'],
  },
  {
    framework: 'SOC 2',
    clause: 'CC8.1 changes of the rules',
    asks: 'Changes of the configuration are recorded with who made and who approved them.',
    met: 'partly met',
    how: 'Each changed folder that a worker loads is an entry with the difference, the commit and the approvals in it.',
    missing: 'Who is the author of a commit, nobody checked. Your repository must enforce reviews.',
    command: 'countersign ledger rules',
    test: {
      file: 'test/e2e/changed-rules.test.ts',
      title: 'an auditor reads who changed the rules, and how',
    },
    entries: ['rulesChanged'],
  },
  {
    framework: 'ISO/IEC 42001',
    clause: 'A.3.2 roles',
    asks: 'Roles and responsibilities for AI are defined.',
    met: 'partly met',
    how: 'A matrix says for each action type and service who decides, who is told and who rolls back.',
    missing: 'Roles outside of actions on production are yours to define.',
    command: 'countersign check --matrix',
    entries: [],
  },
  {
    framework: 'ISO/IEC 42001',
    clause: 'A.5.2 impact assessment',
    asks: 'The impact of AI systems on people and society is assessed.',
    met: 'not met',
    missing:
      'Countersign assesses the impact of an action on services. The impact of the AI system on people is not assessed.',
    entries: [],
  },
  {
    framework: 'ISO/IEC 42001',
    clause: 'A.6.2.6 operation and monitoring',
    asks: 'The AI system is monitored in operation, and failures are repaired.',
    met: 'met',
    how: 'What an effect does is watched. A level that an agent earned is lost at once when something goes wrong.',
    command: 'countersign standing',
    test: {
      file: 'test/workflows/standing.test.ts',
      title: 'INVARIANT 1: a demotion leaves to people what waits already, at admit',
    },
    entries: ['verdict', 'demoted'],
  },
  {
    framework: 'ISO/IEC 42001',
    clause: 'A.6.2.8 event logs',
    asks: 'Event logs are recorded while the AI system is in use.',
    met: 'met',
    how: 'The ledger is chained by hashes, is a transparency log, and can be cosigned by witnesses.',
    command: 'countersign ledger verify',
    test: {
      file: 'test/e2e/ledger.test.ts',
      title: 'unanchored, then consistent but unwitnessed, then witnessed by as many as the policy knows',
    },
    entries: ['ruled', 'closed'],
  },
  {
    framework: 'ISO/IEC 42001',
    clause: 'A.9.2 responsible use',
    asks: 'Processes for the responsible use of AI are defined and kept.',
    met: 'partly met',
    how: 'Tiers, approvals, reviews and limits are written as rules, and enforced.',
    missing: 'The management system around them, and its audits, are yours.',
    command: 'countersign check',
    test: {
      file: 'test/domain/ruling/ruling-policies.test.ts',
      title: 'INVARIANT 1: nothing runs that no policy permits',
    },
    entries: ['ruled', 'reviewed'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI01 agent goal hijack',
    asks: 'An agent whose goal was bent by injected text does no harm.',
    met: 'partly met',
    how: 'Whatever an agent writes, the ruling is the same. What contradicts its words is shown beside them.',
    missing: 'That the goal was bent is not found: only what the agent asks for is judged.',
    command: 'countersign explain',
    test: {
      file: 'test/adapters/agent-text-ruling.test.ts',
      title: 'INVARIANT 10: whatever an agent writes, in any field, the ruling is the same: 10,000 proposals',
    },
    entries: ['ruled'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI02 tool misuse and exploitation',
    asks: 'Tools are not used beyond what they are for.',
    met: 'met',
    how: 'An agent names an action type and parameters. What is sent is what operators wrote, and policies see the parameters.',
    missing: 'Only for tools that go through Countersign.',
    command: 'countersign rule',
    test: {
      file: 'test/domain/proposal/unsafe-values.test.ts',
      title: 'INVARIANT 12: %j stays inside its quotes: %s',
    },
    entries: ['ruled'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI03 identity and privilege abuse',
    asks: 'An agent has an identity of its own, and no more rights than it needs.',
    met: 'partly met',
    how: 'Agents sign their proposals with keys of the catalog, and have no credentials of production.',
    missing:
      'An agent without keys in the catalog is whoever can start workflows, unless policies ask for a signature.',
    command: 'countersign keys',
    test: {
      file: 'test/domain/proposal/signed-proposal.test.ts',
      title:
        'INVARIANT 10: what is not signed is only recommended, even where every policy permits everything',
    },
    entries: ['ruled'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI04 agentic supply chain',
    asks: 'Models, tools and plug-ins of an agent are known and checked.',
    met: 'partly met',
    how: 'A new version, model or prompt of an agent begins one level below the build before it.',
    missing: 'What a build consists of is what the agent says of itself. Nobody checks its parts.',
    command: 'countersign standing',
    test: {
      file: 'test/workflows/standing.test.ts',
      title: 'a new version, model or prompt begins one level below the build before it',
    },
    entries: ['enrolled'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI05 unexpected code execution',
    asks: 'Code that an agent writes is not run unchecked.',
    met: 'met',
    how: 'Requests and commands are templates of operators. Parameters fill them in, and are never a program.',
    missing: 'Only for what goes through Countersign. What an agent runs where it lives is not seen.',
    command: 'countersign check',
    test: {
      file: 'test/domain/proposal/unsafe-values.test.ts',
      title: 'INVARIANT 12: %j stays inside its quotes: %s',
    },
    entries: ['admitted'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI06 memory and context poisoning',
    asks: 'What an agent remembers cannot be poisoned.',
    met: 'not met',
    missing: "Countersign does not see an agent's memory. What the agent then asks for is judged as always.",
    entries: [],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI07 insecure communication between agents',
    asks: 'Messages between agents are authenticated.',
    met: 'not met',
    missing: 'Agents talk to each other without Countersign. Only what they propose is authenticated.',
    entries: [],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI08 cascading failures',
    asks: 'A failure does not go on from agent to agent and service to service.',
    met: 'met',
    how: 'One action runs on a target at a time, limits count over time and beside it, and an action that failed holds its target.',
    command: 'countersign list',
    test: {
      file: 'test/domain/admission/what-stops.test.ts',
      title: 'INVARIANT 8: an action that another one is in the way of does not run',
    },
    entries: ['refusedAtAdmit', 'holdPlaced'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI09 exploited trust of people',
    asks: 'People are not talked or tired into approving.',
    met: 'partly met',
    how: 'Limits on questions, no repeated asking after a denial, findings beside the words, anomalies of approvers.',
    missing: 'Drills in the real inbox, which would measure what people miss, are not part of it.',
    command: 'countersign advise',
    test: {
      file: 'test/briefing/findings.test.ts',
      title: 'findings come right after the action, a line each, what weighs most first',
    },
    entries: ['refusedAtAdmit', 'holdPlaced'],
  },
  {
    framework: 'OWASP agentic 2026',
    clause: 'ASI10 rogue agents',
    asks: 'An agent that leaves its bounds is found and stopped.',
    met: 'partly met',
    how: 'An agent that asks for more than its limits loses a level. A hold on the agent stops all that it asks for.',
    missing: 'An agent with credentials of its own for production is not stopped by Countersign.',
    command: 'countersign hold',
    test: {
      file: 'test/attacks/foreign-worker.test.ts',
      title: 'INVARIANT 13: a workflow that only bears our name has our workers do nothing',
    },
    entries: ['demoted', 'holdPlaced'],
  },
];
