/**
 * Resident memory of the executable: idle, and after 1,000 and 10,000 calls without a picture. The
 * calls are answered by markets that were read before, since the exchange allows 2,000 requests a
 * minute.
 *
 * @module
 */

import { linesOf } from "../scripts/json_lines.ts";
import { type Executables, withExecutables } from "./_executables.ts";
import { type Figure, NotMeasuredError, type Reach, type Row, type Tell } from "./_figure.ts";
import { Program } from "./_program.ts";

const KIB_A_MIB = 1024;
const IDLE_MS = 1000;
const TOGETHER = 10;
const [FIRST, ALL] = [1000, 10_000];

/** MiB of a process; by what Linux tells. */
async function residentOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / KIB_A_MIB;
}

function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, IDLE_MS));
}

async function emptyMemory(path: string): Promise<number> {
  const command = new Deno.Command(path, { stdin: "null", stdout: "piped", stderr: "null" });
  const child = command.spawn();
  const lines = linesOf(child.stdout);
  await lines.next();
  await idle();
  const resident = await residentOf(child.pid);
  child.kill();
  for await (const _ of lines);
  await child.status;
  return resident;
}

async function callMany(program: Program, count: number, tell: Tell): Promise<void> {
  for (let done = 0; done < count; done += TOGETHER) {
    if (done % 100 === 0) tell(`memory: ${done} calls of ${count}`);
    await Promise.all(Array.from({ length: TOGETHER }, () => program.call("list_markets")));
  }
}

async function measure(
  { ours, empty, folder, env }: Executables,
  tell: Tell,
): Promise<readonly Row[]> {
  const floor = await emptyMemory(empty);
  await using program = new Program([ours], { folder, env: { ...env, BACKPACK_MODE: "paper" } });
  await program.initialize();
  await idle();
  const atRest = await residentOf(program.pid);
  await callMany(program, FIRST, tell);
  const afterFirst = await residentOf(program.pid);
  await callMany(program, ALL - FIRST, tell);
  const afterAll = await residentOf(program.pid);
  const row = (what: string, against: [string, number], resident: number, reach: Reach): Row => ({
    ...{ what: `memory ${what}`, against: against[0], unit: "MiB" },
    ...{ floor: against[1], ours: resident, reach },
  });
  const most = (bound: number, room: number): Reach => ({
    ...{ compare: "ratio", limit: "most", bound, room },
  });
  return [
    row("when idle", ["an empty program", floor], atRest, most(1.5, 0.3)),
    row("after 10,000 calls", ["an empty program", floor], afterAll, most(1.75, 0.4)),
    row("after 10,000 calls", ["after the first 1,000", afterFirst], afterAll, most(1.1, 0.3)),
  ];
}

async function run(tell: Tell): Promise<readonly Row[]> {
  if (Deno.build.os !== "linux") {
    throw new NotMeasuredError("the memory of another process is read from /proc, on Linux");
  }
  return await withExecutables((built) => measure(built, tell));
}

/** What the executable holds. */
export const memory: Figure = { name: "memory", run };
