import { z } from 'zod';
import { proposalSchema } from '../../contract/proposal.ts';
import { ENDINGS } from '../../domain/practice/case.ts';
import { moment, name } from '../scenario/schema.ts';
import { duration, key, strict } from '../source/schema.ts';

const params = z.record(z.string(), z.json().meta({ title: 'JSON value' }));
const sentence = () => z.string().min(1).max(500);
const since = () =>
  key(duration().optional(), 'For how long, when the agent asks. Default: for two hours.', '20m');
const service = () => key(name, 'A service of the catalog.', 'checkout');
const environment = () =>
  key(
    name.optional(),
    'An environment of the folder. It may be left out where there is only one.',
    'production',
  );
const agent = () => key(name, 'An agent of the catalog.', 'deploy-agent');
const version = () => key(name.optional(), 'The build of the agent. Default 1.0.0.', '3.1.2');
const actionType = () => key(name, 'An action type of the folder.', 'version.deploy');
const { rationale, evidence, successCriteria, declaredTier } = proposalSchema.shape;
const { option, confidence, whyNot } = rationale.shape.alternatives.element.shape;
const { title, detail } = evidence.element.shape;

const alternative = strict({
  option: key(option, 'Another way.', 'wait'),
  confidence: key(confidence, 'How sure the agent is of it.', '0.2'),
  whyNot: key(whyNot, 'Why the agent did not choose it.', 'it gets worse'),
});

const pieceOfEvidence = strict({
  title: key(title, 'What it is.', 'load of cart'),
  detail: key(detail, 'What it says.', '"74 % at 2026-12-02T09:57:00Z"'),
});

const earlier = strict({
  ago: key(duration(), 'How long before the question the agent asked for it.', '72h'),
  agent: agent(),
  version: version(),
  actionType: actionType(),
  target: service(),
  environment: environment(),
  params: key(params.optional(), 'Its parameters.', '{ version: 2.4.0 }'),
  ended: key(z.enum(ENDINGS), 'How it ended.', 'rolledBack'),
  by: key(name, 'A person of the catalog: who approved or denied it.', 'grace'),
  because: key(
    sentence().optional(),
    'Why it was denied, or had to be taken back.',
    'carts are lost with it',
  ),
});

const asks = strict({
  agent: agent(),
  version: version(),
  actionType: actionType(),
  target: service(),
  environment: environment(),
  params: key(params.optional(), 'The parameters of the action.', '{ version: 2.5.0 }'),
  says: key(rationale.shape.summary, 'Why, in the words of the agent.', 'All tests have passed.'),
  confidence: key(rationale.shape.confidence.optional(), 'How sure the agent is. Default 0.9.', '0.9'),
  alternatives: key(
    z.array(alternative).min(1, 'is empty: write at least one').max(20).optional(),
    'What else the agent thought of. Default: to do nothing.',
  ),
  evidence: key(
    z.array(pieceOfEvidence).min(1, 'is empty: write at least one').max(20),
    'What the agent goes by.',
  ),
  successCriteria: key(successCriteria, 'What the agent promises.', '[the error ratio stays below 2 %]'),
  declaredTier: key(declaredTier, 'The tier that the agent asks for.', '3'),
});

const edit = strict({
  by: key(name, 'A person of the catalog who may decide on it.', 'tomas'),
  params: key(params, 'All parameters, as they are from then on.', '{ count: 20 }'),
  because: key(sentence(), 'The reason that they signed.', 'more is safer'),
});

/** A practice case as people write it. */
export const caseSchema = strict({
  kind: key(
    z.string().min(1).max(80),
    'What is right or wrong with it, in a few words. Results are counted by it.',
    'an older version',
  ),
  is: key(z.enum(['good', 'bad']), 'Whether a person should let it run.', 'bad'),
  because: key(
    z.string().min(1).max(1_000),
    'Why, for whoever has decided.',
    'It would take checkout back to a version of last month.',
  ),
  facts: key(
    z.array(sentence()).min(1, 'is empty: write at least one').max(5),
    'What the page says that shows it, word for word. The command checks that the page really says it.',
    '[older than what runs]',
  ),
  installation: key(
    z.string().min(1).optional(),
    'The folder that the case is ruled on by, seen from this file. Default: the current folder. `--installation` counts over it.',
    '../my-installation',
  ),
  env: key(
    z.record(z.string(), z.string()).optional(),
    'Values for variables of the folder, where a made-up one does not fit. No real value is read.',
    '{ STATUS_URL: https://status.invalid }',
  ),
  at: key(
    moment,
    'When the agent asks. The calendar and the schedules of the folder count at this time.',
    '2026-12-02T10:00:00Z',
  ),
  readAfter: key(duration().optional(), 'How long afterwards the page is read. Default 3m.', '3m'),
  settings: key(
    z.record(z.string(), z.union([z.number(), z.string()]).meta({ title: 'value' })).optional(),
    'What parameters are now, by `service.parameter`, where the folder reads a metric for it.',
    '{ cart.count: 3 }',
  ),
  metrics: key(
    z
      .array(
        strict({
          service: service(),
          are: key(z.enum(['regressed', 'unreadable']), 'How all metrics of the service are.', 'regressed'),
          since: since(),
        }),
      )
      .optional(),
    'Metrics that are not healthy. All others are.',
  ),
  incidents: key(
    z
      .array(
        strict({
          service: service(),
          title: key(z.string().min(1).max(200), 'What people call it.', 'carts are lost'),
          since: since(),
        }),
      )
      .optional(),
    'Incidents that are open, as `live.incidents` of the folder reads them.',
  ),
  before: key(z.array(earlier).max(20).optional(), 'What was asked for before, and how it ended.'),
  asks: key(asks, 'What the agent asks for.'),
  edit: key(edit.optional(), 'What somebody changed before the page is read.'),
});
export type WrittenCaseFile = z.infer<typeof caseSchema>;
