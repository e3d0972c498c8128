import { expect, test } from 'vitest';
import { type CpuReading, cpuMs, foreignBetween, foreignCpu, readCpu } from '../../benchmarks/cpu.ts';

const OTHERS = 1;
const CHILD = 4_000_001;
const GRANDCHILD = 4_000_002;

/** In ticks: what the machine was busy with, and how much of it was this process, what it started, and somebody else. */
const reading = (busy: number, used: { self: number; child: number; grandchild: number }): CpuReading => ({
  machine: { busy, all: 10_000 + busy },
  processes: [
    { pid: GRANDCHILD, parent: CHILD, ticks: used.grandchild },
    { pid: process.pid, parent: OTHERS, ticks: used.self },
    { pid: CHILD, parent: process.pid, ticks: used.child },
    { pid: OTHERS, parent: 0, ticks: 77 },
  ],
});

test('what this process and those that it started used, at any remove, is not foreign', () => {
  const before = reading(1_000, { self: 10, child: 20, grandchild: 30 });
  const after = reading(1_900, { self: 110, child: 220, grandchild: 330 });
  expect(foreignBetween(before, after)).toEqual({ foreign: 300, all: 900 });
});

test('less than nothing, as it is read while time goes on, is nothing', () => {
  const before = reading(1_000, { self: 10, child: 20, grandchild: 30 });
  const after = reading(1_002, { self: 13, child: 20, grandchild: 30 });
  expect(foreignBetween(before, after).foreign).toBe(0);
});

test('a row of several measurements has the share of all of them', () => {
  const parts = [
    { foreign: 100, all: 1_000 },
    { foreign: 0, all: 3_000 },
  ];
  expect(foreignCpu(parts)).toEqual({ seconds: 1, share: 0.025 });
});

test('this machine is read: its own ticks, and this process among the others', async () => {
  const before = await readCpu();
  for (const until = performance.now() + 200; performance.now() < until; );
  const after = await readCpu();
  expect(after.machine.all).toBeGreaterThan(before.machine.all);
  expect(after.machine.busy).toBeGreaterThan(before.machine.busy);
  expect(cpuMs(after, [process.pid])).toBeGreaterThan(cpuMs(before, [process.pid]));
});
