/**
 * The launcher, which most tasks of `deno.json` run: finds out which registries can be reached, and
 * does the task with them. Imports nothing remote, so that it runs anywhere. It may run any program,
 * so it gets what it wants to read; what it starts gets its own permissions, by task (`tasks.ts`).
 *
 * @module
 */

import { say } from "./child.ts";
import { type Task, TASKS } from "./tasks.ts";
import { reachableWorld } from "./world.ts";

async function main([name = "", ...extra]: readonly string[]): Promise<number> {
  const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
  if (task !== undefined) return await run(task, extra);
  say(`${name} is no task; there are: ${Object.keys(TASKS).join(", ")}`);
  return 2;
}

async function run(task: Task, extra: readonly string[]): Promise<number> {
  const world = await reachableWorld();
  try {
    return await task(extra, world);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return 2;
  }
}

Deno.exit(await main(Deno.args));
