/**
 * A command's arguments, read by the runtime's own parser; what is wrong with them is said here,
 * with the nearest option that exists.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { nearest } from "../nearest.ts";
import { quoted } from "../quote.ts";
import { type Command, type Given, type Option, Refusal } from "./command.ts";

/** Every command has it. */
export const HELP_OPTION: Option = { name: "help", meaning: "this text" };

/**
 * Reads `args`, which follow the command's name.
 *
 * @throws {Refusal} naming what can't be read
 */
export function parseArguments(command: Command, args: readonly string[]): Given {
  const options = [...command.options, HELP_OPTION];
  const types = options.map(({ name, value }) =>
    [name, { type: value === undefined ? "boolean" : "string" } as const] as const
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    // What is wrong is found below, and said in our own words.
    strict: false,
    tokens: true,
  });
  const switches = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const option = known(token.rawName, options);
    const fault = valueFault(option, token.value);
    if (fault !== undefined) throw new Refusal(2, fault);
    if (token.value === undefined) switches.add(option.name);
    else values.set(option.name, token.value);
  }
  if (!switches.has(HELP_OPTION.name)) checkOperands(command, operands);
  return { switches, values, operands };
}

function known(rawName: string, options: readonly Option[]): Option {
  const option = options.find(({ name }) => `--${name}` === rawName);
  if (option !== undefined) return option;
  const [closest] = nearest(rawName, options.map(({ name }) => `--${name}`), 1);
  const meant = closest === undefined ? "" : `; did you mean ${closest}?`;
  throw new Refusal(2, `there is no option ${quoted(rawName)}${meant}`);
}

function valueFault(
  { name, value: wanted }: Option,
  value: string | undefined,
): string | undefined {
  if (wanted === undefined) return value === undefined ? undefined : `--${name} takes no value`;
  const isMissing = value === undefined || value === "" || value.startsWith("--");
  return isMissing ? `--${name} needs a value: --${name} ${wanted}` : undefined;
}

function checkOperands({ operands: wanted = [] }: Command, operands: readonly string[]): void {
  const missing = wanted[operands.length];
  if (missing !== undefined && !missing.startsWith("[")) {
    throw new Refusal(2, `${missing} is missing`);
  }
  const extra = operands[wanted.length];
  if (extra !== undefined) throw new Refusal(2, `there is no use for ${quoted(extra)}`);
}
