/**
 * The commands that a person types: one table, and the one place where a failure becomes a line
 * on stderr and an exit code.
 *
 * @module
 */

import { DeskError, messageOf } from "../errors.ts";
import { helpText } from "../help.ts";
import { nearest } from "../nearest.ts";
import { quoted } from "../quote.ts";
import { approve } from "./approve.ts";
import { HELP_OPTION, parseArguments } from "./arguments.ts";
import { audit } from "./audit.ts";
import { balances } from "./balances.ts";
import { type Command, type ExitCode, Refusal } from "./command.ts";
import { config } from "./config.ts";
import { doctor } from "./doctor.ts";
import { halt } from "./halt.ts";
import { keygen } from "./keygen.ts";
import { orders } from "./orders.ts";
import { paper } from "./paper.ts";
import { pending } from "./pending.ts";
import { positions } from "./positions.ts";
import { resolve } from "./resolve.ts";
import { resume } from "./resume.ts";
import { summaries, usage } from "./usage.ts";
import type { World } from "./world.ts";

/** Every command there is, in the order in which `--help` lists them. */
export const COMMANDS: readonly Command[] = [
  ...[halt, resume, pending, approve, resolve, audit],
  ...[orders, balances, positions],
  ...[doctor, keygen, config, paper],
];

/** Runs one command line without the program's name; `args` is not empty. */
export async function runCommand(args: readonly string[], world: World): Promise<ExitCode> {
  const [name = "", ...rest] = args;
  if (rest.length === 0 && Object.hasOwn(ANSWERS, name)) {
    world.terminal.print(ANSWERS[name]?.(world) ?? "");
    return 0;
  }
  const command = COMMANDS.find((command) => command.name === name);
  if (command === undefined) {
    world.terminal.say(`backpack-mcp: ${unknown(name)}; see --help\n`);
    return 2;
  }
  try {
    const given = parseArguments(command, rest);
    if (!given.switches.has(HELP_OPTION.name)) return await command.run(given, world);
    world.terminal.print(usage(command));
    return 0;
  } catch (error) {
    return explain(error, command, world);
  }
}

const ANSWERS: Readonly<Record<string, (world: World) => string>> = {
  "--help": () => helpText(summaries(COMMANDS)),
  "--version": ({ version }) => `backpack-mcp ${version}\n`,
};

function unknown(name: string): string {
  if (Object.hasOwn(ANSWERS, name)) return `${name} takes nothing after it`;
  const what = name.startsWith("-") ? "argument" : "command";
  const known = [...COMMANDS.map((command) => command.name), ...Object.keys(ANSWERS)];
  const [closest] = nearest(name, known, 1);
  const meant = closest === undefined ? "" : `, did you mean ${closest}?`;
  return `unknown ${what} ${quoted(name)}${meant}`;
}

function explain(error: unknown, command: Command, { terminal }: World): ExitCode {
  const say = (text: string): void => terminal.say(`backpack-mcp ${command.name}: ${text}\n`);
  if (error instanceof Refusal) {
    say(error.exitCode === 2 ? `${error.message} (see ${command.name} --help)` : error.message);
    return error.exitCode;
  }
  if (error instanceof DeskError) {
    say(`${error.message}. ${error.hint}`);
    return error.code === "config" ? 2 : 1;
  }
  // A journal's error says what to do; the system's (no space, no permission) what went wrong.
  say(messageOf(error));
  return 1;
}
