import { z } from 'zod';
import { OUTCOMES } from '../../domain/action/outcome.ts';
import { ANSWERS } from '../../domain/exercise/scenario.ts';
import { duration, either, key, strict } from '../source/schema.ts';

const TIME_PROBLEM = 'must be a time with its zone, such as 2026-12-18T22:00:00Z';

export const moment = z
  .string(TIME_PROBLEM)
  .refine(
    (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
    TIME_PROBLEM,
  )
  .meta({ title: 'time with its zone' });

export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, {
    error: 'must be 1 to 80 letters, digits, ".", "_" or "-", with a letter or a digit first',
  })
  .meta({ title: 'name' });

/** After the beginning of the scenario. */
const after = () => duration({ zero: true });

const stretch = {
  from: key(after(), 'When it begins, after the beginning of the scenario.', '1h'),
  until: key(duration(), 'When it ends, after the beginning of the scenario.', '2h'),
};

const isAfter = { error: 'must be after "from"', path: ['until'] };
const ordered = <Schema extends z.ZodType<{ from: number; until: number }>>(schema: Schema) =>
  schema.refine(({ from, until }) => until > from, isAfter);
const stretches = () => z.array(ordered(strict(stretch))).optional();

const part = strict({
  answers: key(
    z.enum(ANSWERS),
    'What the person says. `right` approves what is good and denies what is bad, `wrong` does the opposite, `never` reads nothing.',
    'right',
  ),
  after: key(duration().optional(), 'How long after a message the person looks. Default 5m.', '4m'),
  away: key(stretches(), 'When the person is away. What came meanwhile is read afterwards.'),
});

const answer = z.enum(['done', 'refused', 'lost']);

const ENDS = [...OUTCOMES, 'open', 'refused'] as const;
const end = z.enum(ENDS);

const expectedOfAction = strict({
  outcome: key(
    either(
      Array.isArray,
      z.array(end).min(1, 'is empty: write at least one'),
      end.transform((one) => [one]),
    ).optional(),
    'How it should end: an outcome, or a list of which any one is right. `open`: it still waits at the end. `refused`: it is no valid proposal.',
    'rolledBack',
  ),
  withoutPeople: key(
    z.boolean().optional(),
    'Whether it should have an effect that no person approved.',
    'false',
  ),
  answeredWithin: key(duration().optional(), 'How long an answer may take at most.', '15m'),
});

const proposal = strict({
  name: key(name, 'Names the proposal in the report.', 'deploy-2.5.0'),
  at: key(after(), 'When the agent asks, after the beginning of the scenario.', '47m'),
  times: key(
    z.number().int().min(2).max(2_000).optional(),
    'How often it asks. `${n}` in `params` is 1, 2, 3 ...',
    '40',
  ),
  every: key(duration().optional(), 'How long after each other, with `times`.', '15s'),
  agent: key(name, 'An agent of the catalog.', 'deploy-agent'),
  version: key(name.optional(), 'The build of the agent. Default 1.0.0.', '3.1.2'),
  actionType: key(name, 'An action type of the folder.', 'version.deploy'),
  target: key(
    either(
      Array.isArray,
      z.array(name).min(1, 'is empty: write at least one'),
      name.transform((one) => [one]),
    ),
    'A service of the catalog. Of a list, each next time asks for the next one.',
    'checkout',
  ),
  environment: key(
    name.optional(),
    'An environment of the folder. It may be left out where there is only one.',
    'production',
  ),
  params: key(
    z.record(z.string(), z.json().meta({ title: 'JSON value' })).optional(),
    'The parameters of the action.',
    '{ version: 2.5.0 }',
  ),
  says: key(
    z.string().min(1).max(4_000).optional(),
    'Why, in the words of the agent.',
    'All tests have passed.',
  ),
  confidence: key(
    z.number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1').optional(),
    'How sure the agent is. Default 0.9.',
    '0.9',
  ),
  is: key(
    z.enum(['good', 'bad']),
    'Whether somebody who knows everything would want it. The report measures by it what went wrong.',
    'bad',
  ),
  breaksAfter: key(
    after().optional(),
    'How long after the effect the metrics of the target get worse, until it is taken back. Default: never.',
    '1m',
  ),
  answer: key(answer.optional(), 'What the governed system answers. Default `done`.', 'lost'),
  rollbackAnswer: key(answer.optional(), 'What it answers to a rollback. Default `done`.', 'refused'),
  unsigned: key(
    z.boolean().optional(),
    'Somebody else sends it in the name of the agent. Default false.',
    'true',
  ),
  expect: key(expectedOfAction.optional(), 'How it should go.'),
});

/** A scenario as people write it. */
export const scenarioSchema = strict({
  title: key(z.string().min(1).max(200), 'What is exercised, for the report.', 'A silent night'),
  installation: key(
    z.string().min(1).optional(),
    'The folder that is exercised, seen from this file. Default: the current folder. `--installation` counts over it.',
    '../installation',
  ),
  env: key(
    z.record(z.string(), z.string()).optional(),
    'Values for variables of the folder, where a made-up one does not fit. No real value is read.',
    '{ STATUS_URL: https://status.invalid }',
  ),
  begins: key(
    moment,
    'When the scenario begins. The calendar and the schedules of the folder count at this time.',
    '2026-12-18T22:00:00Z',
  ),
  lasts: key(duration(), 'How long it lasts.', '9h'),
  people: key(z.record(z.string(), part).optional(), 'How people behave, by their names in the catalog.'),
  everybodyElse: key(part.optional(), 'How everybody else behaves. Default: `answers: never`.'),
  pagerDown: key(stretches(), 'When the pager takes no messages.'),
  mailDown: key(stretches(), 'When the mail server takes no messages.'),
  metrics: key(
    z
      .array(
        ordered(
          strict({
            ...stretch,
            service: key(name, 'A service of the catalog.', 'checkout'),
            are: key(
              z.enum(['regressed', 'unreadable']),
              'How all metrics of the service are.',
              'unreadable',
            ),
          }),
        ),
      )
      .optional(),
    'When metrics are not healthy, whatever agents do.',
  ),
  incidents: key(
    z
      .array(
        ordered(
          strict({
            ...stretch,
            service: key(name, 'A service of the catalog.', 'cart'),
            title: key(z.string().min(1).max(200), 'What people call it.', 'carts are lost'),
          }),
        ),
      )
      .optional(),
    'When people have declared an incident, as `live.incidents` of the folder reads it.',
  ),
  settings: key(
    z.record(z.string(), z.union([z.number(), z.string()]).meta({ title: 'value' })).optional(),
    'What parameters are at the beginning, by `service.parameter`. What an action sets is known from then on.',
    '{ cart.count: 3 }',
  ),
  proposals: key(z.array(proposal).min(1, 'is empty: write at least one'), 'What agents ask for.'),
  expect: key(
    strict({
      wrong: key(
        z.number().int().min(0).optional(),
        'The most wrong outcomes: bad changes that stand, good ones that do not.',
        '0',
      ),
      unheard: key(z.number().int().min(0).optional(), 'The most requests that nobody answered.', '0'),
      messagesPerPerson: key(
        z.number().int().min(0).optional(),
        'The most messages that one person gets.',
        '20',
      ),
      withoutPeople: key(
        z.number().int().min(0).optional(),
        'The most effects that no person approved.',
        '3',
      ),
    }).optional(),
    'What should hold of the whole exercise.',
  ),
});
export type WrittenScenario = z.infer<typeof scenarioSchema>;
