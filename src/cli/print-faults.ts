import type { Command } from 'commander';
import { type ConfigFault, faultLines } from '../config/index.ts';
import { print } from './print.ts';

/** The command's answer where the installation's folder is faulty, with exit status 1. */
export function printFaults(command: Command, folder: string, faults: readonly ConfigFault[]): void {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  print(command, { ok: false, faults }, () => [...faultLines(faults), `${count} in ${folder}`].join('\n'));
  process.exitCode = 1;
}
