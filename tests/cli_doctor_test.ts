/**
 * `doctor` on a set-up that is in order, and how it says what it found.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { JournalError } from "../lib/journal/mod.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { PUBLIC, SEED, USER } from "./_config.ts";
import { file, KEY, sound } from "./_doctor.ts";
import { json } from "./_helpers.ts";
import { MARKET_ROUTES } from "./_routes.ts";

Deno.test("doctor says of a sound set-up what it found, and no value", async () => {
  const user = `BACKPACK_PRIVATE_KEY=${SEED}\nBACKPACK_PUBLIC_KEY=${PUBLIC}\n`;
  const person = sound({ ...file(user), env: { BACKPACK_TIMEOUT: "20" } });
  const { code, stdout, stderr } = await person.run("doctor");
  assertEquals(
    stdout,
    `✓ program   backpack-mcp 1.2.3 on linux: /opt/backpack-mcp
✓ sandbox   permissions are limited to what it needs
✓ settings  BACKPACK_PRIVATE_KEY from ${USER}, line 1
✓ settings  BACKPACK_PUBLIC_KEY from ${USER}, line 2
✓ settings  BACKPACK_TIMEOUT from the environment
✓ files     ${USER}, for you alone
✓ keys      private and public key belong together (ff73a0647bbc29aa)
✓ halt      not halted
✓ journal   the journal in /data is sound (\`audit --verify\` checks all of it)
✓ orders    the outcome of every order is known
· starts    no server has started with /data yet
✓ exchange  https://api.backpack.exchange answers
✓ clock     0 s off
✓ account   the exchange accepts the key
· account   whether the key may trade can't be told without an order: Backpack's list of API keys says which are Read Only
✓ client    a client sees backpack-mcp with ${TOOLS.length} tools

Nothing stands in the way of an order.
`,
  );
  assertEquals([code, stderr], [0, "Asking https://api.backpack.exchange …\n"]);
  assertEquals(person.exchange.effects(), []);
});

Deno.test("doctor --json is one value, with nothing on stderr where no person looks", async () => {
  const { code, stdout, stderr } = await sound({ piped: true }).run("doctor", "--json");
  const { ok, findings } = JSON.parse(stdout);
  assertEquals([code, ok, stderr], [0, true, ""]);
  assertEquals(findings[0], {
    check: "program",
    state: "ok",
    text: "backpack-mcp 1.2.3 on linux: /opt/backpack-mcp",
  });
});

Deno.test("doctor minds no file that holds no key", async () => {
  const text = "BACKPACK_LOG=debug\n# BACKPACK_PRIVATE_KEY=\n";
  const machine = { modeOf: () => 0o100644 };
  const { code, stdout } = await sound({ ...file(text), env: KEY, machine }).run("doctor");
  assertEquals(code, 0);
  assertStringIncludes(stdout, `✓ files     ${USER}, without a key`);
});

Deno.test("doctor sees a key in a line that is refused, too", async () => {
  const utf16 = [...`BACKPACK_PRIVATE_KEY=${SEED}`].join("\0");
  const lines = [
    "export BACKPACK_PRIVATE_KEY=",
    "  BACKPACK_PRIVATE_KEY=",
    "backpack_private_key: ",
  ];
  const machine = { modeOf: () => 0o100644 };
  for (const text of [...lines.map((line) => `# ours\n${line}${SEED}\n`), utf16]) {
    const { stdout } = await sound({ ...file(text), machine }).run("doctor");
    assertStringIncludes(stdout, `✗ files     ${USER} holds a key, and others`, text);
  }
});

Deno.test("doctor does not call a file private where the system has no modes", async () => {
  const machine = { os: "windows", modeOf: () => undefined };
  const { stdout } = await sound({ ...file(`BACKPACK_PRIVATE_KEY=${SEED}\n`), machine }).run(
    "doctor",
  );
  assertStringIncludes(
    stdout,
    `· files     ${USER} holds a key; who else may read it can't be told`,
  );
});

Deno.test("doctor needs neither keys nor network for paper", async () => {
  const { code, stdout } = await sound({ env: { BACKPACK_MODE: "paper" } }).run("doctor");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "✓ keys      paper trading needs none");
  assertStringIncludes(stdout, "✓ journal   the journal in /data is sound");
  assertStringIncludes(stdout, "✓ exchange  simulated in this program");
});

Deno.test("doctor does not say that nothing stands in the way beside what it warns of", async () => {
  const limit = { BACKPACK_MAX_ORDERS_PER_MINUTE: "0" };
  const rows: [Record<string, string>, string][] = [
    [{ ...KEY }, "\nNothing stands in the way of an order.\n"],
    [{ ...KEY, ...limit }, "\nNo problem, 1 warning.\n"],
    [{ ...KEY, ...limit, BACKPACK_MAX_ORDER_NOTIONAL: "9000" }, "\nNo problem, 3 warnings.\n"],
    [limit, "\n1 problem, 1 warning.\n"],
  ];
  for (const [env, end] of rows) {
    const { stdout } = await sound({ env }).run("doctor");
    assertStringIncludes(stdout, end);
  }
});

Deno.test("doctor asks for the prices of paper mode where they are the exchange's own", async () => {
  const env = { BACKPACK_MODE: "paper", BACKPACK_PAPER_PRICES: "live" };
  const { code, stdout } = await sound({ env, routes: MARKET_ROUTES }).run("doctor");
  assertStringIncludes(stdout, "✓ exchange  simulated in this program, at the prices of https://");
  assertEquals(code, 0);
  const away = sound({ env, routes: { "GET /api/v1/markets": () => json({}, 503) } });
  const missed = await away.run("doctor");
  assertStringIncludes(missed.stdout, "✗ exchange  https://api.backpack.exchange ");
  assertEquals(missed.code, 1);
});

Deno.test("doctor knows that paper goes on where its account can't be kept, and live does not", async () => {
  const journal = new JournalError("unwritable", "/data/j", "Permission denied");
  for (
    const [env, effect] of [
      [KEY, "no order can leave"],
      [{ BACKPACK_MODE: "paper" }, "what is traded on paper ends with its server"],
    ] as const
  ) {
    const { code, stdout } = await sound({ env, journal }).run("doctor");
    assertStringIncludes(stdout, `✗ journal   the journal in /data can't be used, so ${effect}: `);
    assertEquals(code, 1);
  }
});

Deno.test("doctor counts the tools of the groups that the owner left in", async () => {
  const rows: [Record<string, string>, string][] = [
    [{ BACKPACK_TOOLS: "market" }, "with 7 tools of market"],
    [{ BACKPACK_TOOLS: "orders,market" }, "with 19 tools of market and orders"],
    [{ BACKPACK_TOOLS: "orders", BACKPACK_READ_ONLY: "true" }, "with 8 tools of orders, none"],
    [{ BACKPACK_TOOLS: "orders,account,market" }, `with ${TOOLS.length} tools\n`],
  ];
  for (const [env, wanted] of rows) {
    const { stdout } = await sound({ env: { ...KEY, ...env } }).run("doctor");
    assertStringIncludes(stdout, `a client sees backpack-mcp ${wanted}`);
  }
});

Deno.test("doctor asks nobody while the settings have problems, and says what a client sees", async () => {
  const person = sound({ env: { BACKPACK_MODE: "demo", BACKPACK_WINDOW: "0" } });
  const { stdout } = await person.run("doctor");
  assertEquals(person.exchange.received, []);
  assertStringIncludes(stdout, "· exchange  not asked: the settings have problems");
  assertStringIncludes(stdout, "✗ client    a client sees a closed desk: BACKPACK_");
  assertStringIncludes(stdout, "(and 1 more)");
});

Deno.test("doctor colours its marks where colours are wanted", async () => {
  const person = sound();
  const world = await person.world();
  let out = "";
  const { doctor } = await import("../lib/cli/doctor.ts");
  const terminal = {
    ...world.terminal,
    hasColours: true,
    print: (text: string) => void (out += text),
  };
  const given = { switches: new Set<string>(), values: new Map<string, string>(), operands: [] };
  await person.clock.run(Promise.resolve(doctor.run(given, { ...world, terminal })));
  assertStringIncludes(out, "\u001b[32m✓\u001b[0m program");
});
