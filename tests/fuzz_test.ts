/**
 * A few hundred generated arguments, replies and inputs, the same for everybody; `deno task fuzz`
 * makes as many as asked, from a fresh seed unless it is given one.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { fuzzInputs, fuzzReplies, fuzzWire, noTotals } from "./_fuzz.ts";
import { FuzzDesk } from "./_fuzz_desk.ts";
import { Program, type ProgramOptions } from "./_fuzz_program.ts";
import { ReplyWorld } from "./_fuzz_replies.ts";
import { faultsOf } from "./_fuzz_truth.ts";
import { longLine, WireProgram } from "./_fuzz_wire.ts";
import tools from "./testdata/tools.json" with { type: "json" };

const MEGABYTE = 1024 * 1024;

Deno.test("no arguments break anything, and what is sent is what was asked", async () => {
  const totals = noTotals();
  assertEquals(await fuzzInputs(400, 1, totals), undefined);
  assertEquals(totals.tools.size, tools.length);
  assert(totals.orders > 5, `${totals.orders} orders`);
});

Deno.test("no reply breaks anything, and none that can't be read becomes a figure", async () => {
  assertEquals(await fuzzReplies(250, 1), undefined);
});

Deno.test("every reply that the program reads can be one of the bad ones", async () => {
  const sources = ["exchange.ts", "effects.ts"].map((name) =>
    Deno.readTextFileSync(new URL(`../lib/${name}`, import.meta.url))
  );
  const read = sources.join("").matchAll(/"(\/w?api\/v1\/[^"]+)"/g).map(([, path = ""]) => path);
  const changed = await new ReplyWorld().pathsOf(tools.map(({ name }) => name));
  assertEquals([...new Set(read).difference(changed)], []);
});

/** The real program in paper mode, in a folder of its own. */
async function inFolder(work: (options: ProgramOptions) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await work({ folder, env: { BACKPACK_MODE: "paper", BACKPACK_LOG: "error" } });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("nothing on its input stops the program from serving a sound request", async () => {
  await inFolder(async (options) => {
    assertEquals(await fuzzWire(100, 1, options), undefined);
  });
});

Deno.test("the program reads lines of 9 MB, refuses longer ones and goes on", async () => {
  await inFolder(async (options) => {
    const program = new Program(options);
    for (const size of [9, 11, 30]) await program.write(longLine(size * MEGABYTE));
    assertEquals((await program.ask("tools/list")).result.tools.length, tools.length);
    const answers = program.lines?.map((line) => JSON.parse(line)).slice(0, 3) ?? [];
    assertEquals(answers.map(({ id, error }) => [id, error?.code]), [
      ["long", undefined],
      [null, -32600],
      [null, -32600],
    ]);
    assertEquals(await program.end(), { code: 0, stderr: "" });
  });
});

Deno.test("the program ends tidily when its input ends in the middle of a line", async () => {
  await inFolder(async (options) => {
    const wire = new WireProgram(options);
    assertEquals(await wire.faultsOf([]), []);
    await wire.write(longLine(MEGABYTE).slice(0, -2));
    assertEquals(await wire.end(), []);
  });
});

Deno.test("replace_order refuses a quantity that is no amount, and changes nothing", async () => {
  await using desk = await FuzzDesk.open();
  for (const quantity of ["NaN", "", "1e3", "-1", "0", "x".repeat(1000)]) {
    const args = { symbol: "SOL_USDC", clientId: 7, quantity };
    assertEquals(await faultsOf(desk, "replace_order", args), [], quantity.slice(0, 20));
  }
  assertEquals(desk.exchange.openOrders().length, 3);
});

Deno.test("a call that JSON-RPC has an error for does not pass for a result", async () => {
  await inFolder(async (options) => {
    const program = new Program(options);
    await assertRejects(() => program.call("no_such_tool"), Error, "Unknown tool");
    assertEquals(await program.end(), { code: 0, stderr: "" });
  });
});
