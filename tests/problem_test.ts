import { assertEquals } from "@std/assert";
import { problemText, shownName } from "../lib/problem.ts";
import { KNOWN_NAMES } from "../lib/settings.ts";

Deno.test("problemText() is one line", () => {
  const problem = { variable: "BACKPACK_MODE", message: "wanted live or paper (the environment)" };
  assertEquals(problemText(problem), "BACKPACK_MODE: wanted live or paper (the environment)");
});

Deno.test("shownName() shows no name that may be a secret or a hostile text", () => {
  const names: [string, string][] = [
    ["BACKPACK_MODES", "BACKPACK_MODES"],
    ["backpack_mode", "backpack_mode"],
    ["BACKPACK_" + "X".repeat(31), "BACKPACK_" + "X".repeat(31)],
    ["BACKPACK_" + "X".repeat(32), "BACKPACK_…"],
    ["BACKPACK_PRIVATE_KEYnWGxne", "BACKPACK_PRIVATE_KEY…"],
    ["BACKPACK_KEY" + "9D61B19DEFFD5A60BA844AF492EC2CC4".repeat(2), "BACKPACK_…"],
    ["BACKPACK_\u001b[31mX", "BACKPACK_…"],
    ["BACKPACK_X\u202e", "BACKPACK_…"],
    ["", "BACKPACK_…"],
  ];
  for (const [name, shown] of names) assertEquals(shownName(name, KNOWN_NAMES), shown, name);
});
