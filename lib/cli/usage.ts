/**
 * The answers to `--help`, made from the table of commands.
 *
 * @module
 */

import { HELP_OPTION } from "./arguments.ts";
import type { Command, Option } from "./command.ts";

/** One line for each command. */
export function summaries(commands: readonly Command[]): string {
  const lines = commands.map((command) => [invocation(command), command.summary] as const);
  return columns(lines);
}

/** How one command is used. */
export function usage(command: Command): string {
  const options = [...command.options, HELP_OPTION].map((option) =>
    [flag(option), option.meaning] as const
  );
  const synopsis = [invocation(command), ...command.options.map((option) => `[${flag(option)}]`)];
  return [
    `backpack-mcp ${synopsis.join(" ")}`,
    `${command.summary}.`,
    ...(command.details === undefined ? [] : [command.details]),
    columns(options).trimEnd(),
    `Example: ${command.example}`,
  ].join("\n\n") + "\n";
}

function invocation({ name, operands = [] }: Command): string {
  return [name, ...operands].join(" ");
}

function flag({ name, value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join("");
}
