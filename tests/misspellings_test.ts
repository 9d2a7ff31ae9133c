import { assert, assertEquals } from "@std/assert";
import { adviceFor, MISSPELLINGS } from "../lib/misspellings.ts";
import { KNOWN_NAMES } from "../lib/settings.ts";

Deno.test("misspellings hold the usual slips and guesses", () => {
  const slips: [string, string][] = [
    ["BACKPACK_PRIVATE_KE", "BACKPACK_PRIVATE_KEY"],
    ["BACKPACK_PRIAVTE_KEY", "BACKPACK_PRIVATE_KEY"],
    ["BACKPACK_PRIVATEKEY", "BACKPACK_PRIVATE_KEY"],
    ["BACKPACK_PRIVATE_KEYS", "BACKPACK_PRIVATE_KEY"],
    ["BACKPACK_PRIVATE__KEY", "BACKPACK_PRIVATE_KEY"],
    ["BACKPACK_BASEURL", "BACKPACK_BASE_URL"],
    ["BACKPACK_BASES_URL", "BACKPACK_BASE_URL"],
    ["BACKPACK_TIME_OUT", "BACKPACK_TIMEOUT"],
    ["BACKPACK_TIMMEOUT", "BACKPACK_TIMEOUT"],
    ["BACKPACK_mode", "BACKPACK_MODE"],
    ["backpack_mode", "BACKPACK_MODE"],
    ["BACKPACK__MODE", "BACKPACK_MODE"],
    ["BACKPACKMODE", "BACKPACK_MODE"],
    ["BACKPACKS_MODE", "BACKPACK_MODE"],
    ["BACKPACK_SECRET", "BACKPACK_SECRET_KEY"],
    ["BACKPACK_API_SECRET", "BACKPACK_SECRET_KEY"],
    ["BACKPACK_KEY", "BACKPACK_PRIVATE_KEY"],
    ["BACKPACK_URL", "BACKPACK_BASE_URL"],
    ["BACKPACK_PAPER", "BACKPACK_MODE"],
    ["BACKPACK_LOG_LEVEL", "BACKPACK_LOG"],
    ["BACKPACK_LOGS", "BACKPACK_LOG"],
    ["BACKPACK_TIMEOUT_MS", "BACKPACK_TIMEOUT"],
  ];
  for (const [wrong, known] of slips) assertEquals(MISSPELLINGS.get(wrong), known, wrong);
});

Deno.test("misspellings hold no known name, and few enough names to ask for", () => {
  assertEquals(KNOWN_NAMES.filter((name) => MISSPELLINGS.has(name)), []);
  assert(MISSPELLINGS.size > 500 && MISSPELLINGS.size < 2200, String(MISSPELLINGS.size));
});

Deno.test("every alias belongs to a variable that there is", () => {
  assertEquals([...MISSPELLINGS.values()].filter((name) => !KNOWN_NAMES.includes(name)), []);
});

Deno.test("adviceFor() names what was meant, or else all there is", () => {
  assertEquals(adviceFor("BACKPACK_PAPER"), "did you mean BACKPACK_MODE?");
  assertEquals(adviceFor("backpack_mode"), "did you mean BACKPACK_MODE?");
  assertEquals(adviceFor("BACKPACK_WINDWO_"), "did you mean BACKPACK_WINDOW?");
  assertEquals(
    adviceFor("BACKPACK_SOMETHING_ELSE"),
    `the known names are ${KNOWN_NAMES.join(", ")}`,
  );
});
