import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ScoreCardOrder, Unsigned } from '../../domain/orders/order.ts';
import { ANSWER_CLASSES, ENDS } from '../../domain/replay/compare.ts';
import { type ScoreCard, wrongIn } from '../../domain/replay/score-card.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

export interface Recorded extends Signing {
  readonly agentVersion: string;
  readonly model?: string;
  readonly promptDigest?: string;
}

const count = z.number().int().min(0);
/** What of a replay's result is recorded. */
const replaySchema = z.looseObject({
  replay: z.literal(1),
  build: z.string().min(1).max(200),
  only: z.string(),
  card: z.looseObject({
    coverage: z.looseObject({ asked: count }),
    counts: z.record(z.enum(ANSWER_CLASSES), z.record(z.enum(ENDS), count)),
  }),
});

/** Signs what a replay found of a build, and has it recorded. @param file what `countersign replay --json` printed */
export async function recordScoreCard(command: CliCommand, file: string, options: Recorded): Promise<void> {
  const { key, ...build } = options;
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file}: ${error.message}`);
  });
  const content = jsonIn(text);
  const parsed = replaySchema.safeParse(content);
  if (!parsed.success)
    throw new CommandError(
      `${file}: must be what "countersign replay --only AGENT --json" prints\n${z.prettifyError(parsed.error)}`,
    );
  const { only: agent, card } = parsed.data;
  const order: Unsigned<ScoreCardOrder> = {
    kind: 'scoreCard',
    agent,
    ...build,
    build: parsed.data.build,
    cases: card.coverage.asked,
    wrong: wrongIn(card as unknown as ScoreCard),
    digest: digestOf(content),
  };
  const result = await handIn(command, key, order);
  print(
    command,
    result,
    () =>
      `Recorded: ${agent} ${build.agentVersion} was asked about ${order.cases === 1 ? '1 situation' : `${order.cases} situations`}, and was wrong in ${order.wrong}.`,
  );
}
