/**
 * `doctor`: everything that must hold before an order can leave, a line each. It reads, and makes
 * the journal where there is none; it places nothing.
 *
 * @module
 */

import { counted } from "../tools/line.ts";
import {
  type Command,
  DATA_DIR_OPTION,
  type ExitCode,
  type Given,
  JSON_OPTION,
} from "./command.ts";
import { checkExchange } from "./exchange_check.ts";
import type { Finding, FindingState } from "./finding.ts";
import { checkLimits } from "./limits_check.ts";
import { checkClient, checkData, checkProgram } from "./local_check.ts";
import { checkSettings } from "./settings_check.ts";
import type { Terminal, World } from "./world.ts";

/** The command. */
export const doctor: Command = {
  name: "doctor",
  summary: "Checks everything that must hold before an order can leave, and says what to do",
  details:
    "Settings and where they come from (never a value), files, keys, permissions, journal,\n" +
    "exchange, clock, halt. It ends with 1 where something is wrong.",
  example: "backpack-mcp doctor",
  options: [JSON_OPTION, DATA_DIR_OPTION],
  run,
};

const MARKS: Readonly<Record<FindingState, readonly [mark: string, colour: number]>> = {
  ok: ["✓", 32],
  note: ["·", 2],
  warning: ["!", 33],
  problem: ["✗", 31],
};

async function run(given: Given, world: World): Promise<ExitCode> {
  const findings = [
    ...checkProgram(world),
    ...await checkSettings(world),
    ...limitFindings(world),
    ...checkData(given, world),
    ...await checkExchange(world),
    checkClient(world),
  ];
  const count = (wanted: FindingState): number =>
    findings.filter(({ state }) => state === wanted).length;
  const problems = count("problem");
  if (given.switches.has("json")) {
    world.terminal.print(`${JSON.stringify({ ok: problems === 0, findings })}\n`);
  } else {
    for (const finding of findings) world.terminal.print(lineOf(finding, world.terminal));
    world.terminal.print(`\n${endText(problems, count("warning"))}\n`);
  }
  return problems === 0 ? 0 : 1;
}

function limitFindings({ configuration }: World): Finding[] {
  return configuration.ok ? checkLimits(configuration.config.limits) : [];
}

function lineOf({ check, state, text, todo }: Finding, { hasColours }: Terminal): string {
  const [mark, colour] = MARKS[state];
  const shown = hasColours ? `\u001b[${colour}m${mark}\u001b[0m` : mark;
  const advice = todo === undefined ? "" : `            → ${todo}\n`;
  return `${shown} ${check.padEnd(10)}${text}\n${advice}`;
}

function endText(problems: number, warnings: number): string {
  if (problems + warnings === 0) return "Nothing stands in the way of an order.";
  const warned = warnings === 0 ? "" : `, ${counted(warnings, "warning")}`;
  return `${problems === 0 ? "No problem" : counted(problems, "problem")}${warned}.`;
}
