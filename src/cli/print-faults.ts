import { type ConfigFault, faultLines } from '../config/index.ts';
import type { CliCommand } from './cli-command.ts';
import { print } from './print.ts';

/** Prints the faults of an installation's folder, and sets exit status 1. */
export function printFaults(command: CliCommand, folder: string, faults: readonly ConfigFault[]): void {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  print(command, { ok: false, faults }, () => [...faultLines(faults), `${count} in ${folder}`].join('\n'));
  command.io.exitCode = 1;
}
