import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { standingText } from '../standing-text.ts';

/** Shows what each agent, or one of them, may do by itself. */
export async function showStanding(command: CliCommand, agent?: string): Promise<void> {
  const reports = await connected(command, (countersign) =>
    answered(countersign, () => countersign.standing(agent)),
  );
  print(command, reports, () =>
    reports.length === 0 ? 'No agent has proposed anything yet.' : standingText(reports),
  );
}
