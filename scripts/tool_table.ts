/**
 * The README's table of tools, made from their definitions: between two comments, and nowhere else.
 *
 * @module
 */

import { TOOLS } from "../lib/tools/mod.ts";
import type { Effect, Tool } from "../lib/tools/tool.ts";

const BEGIN = "<!-- tools: written by `deno task tools` -->";
const END = "<!-- /tools -->";
const EFFECTS: Readonly<Record<Effect, string>> = {
  none: "reads",
  places: "places",
  cancels: "cancels",
};

/** The table, in the order in which clients list the tools. */
export function toolTable(): string {
  const rows = TOOLS.map(({ name, description, effect, group }) => {
    const cells = [`\`${name}\``, firstSentence(description), EFFECTS[effect], groupCell(group)];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| tool | does | effect | group |", "|---|---|---|---|", ...rows].join("\n");
}

/**
 * The text with the table as it is now.
 *
 * @throws {RangeError} if the two comments are not there
 */
export function withToolTable(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new RangeError(`README.md must hold the lines ${BEGIN} and ${END}`);
  }
  return `${readme.slice(0, begin)}${BEGIN}\n${toolTable()}\n${readme.slice(end)}`;
}

function groupCell(group: Tool["group"]): string {
  return group === "desk" ? "always there" : `\`${group}\``;
}

/** Up to the first period that ends one; without it, as cells have none. */
function firstSentence(text: string): string {
  const [sentence = text] = text.split(/\.(?:\s|$)/, 1);
  return sentence.replaceAll("|", "\\|");
}
