/**
 * The program itself, as a client starts it: a child process that speaks JSON-RPC over stdio.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Journal } from "../lib/journal/mod.ts";
import { Served } from "../scripts/serve.ts";
import { SEED } from "./_helpers.ts";
import { addIntent, journalFile } from "./_journal_child.ts";
import { denoCommand, denoDir, Program, ROOT, withFolder } from "./_program.ts";
import { wireOrder } from "./_routes.ts";

const PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  },
};

function start(
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
  permissions: readonly string[] = [],
): Program {
  const net = "--allow-net=127.0.0.1,api.backpack.exchange:443";
  const grants = [net, "--allow-env", `--allow-read=.env,${cwd}`, ...permissions];
  return new Program({
    command: denoCommand(grants, `${ROOT}main.ts`, ...args),
    env: { HOME: cwd, XDG_CONFIG_HOME: "", DENO_DIR: denoDir(), ...env },
    cwd,
  });
}

function programTest(name: string, work: (folder: string) => Promise<void>): void {
  Deno.test(name, () => withFolder(work));
}

programTest("the program serves paper orders and ends with its input", async (folder) => {
  const program = start([], { BACKPACK_MODE: "paper" }, folder);
  assertEquals((await program.initialize()).result.serverInfo.name, "backpack-mcp (paper)");
  const { structuredContent } = await program.call("create_order", {
    symbol: "SOL_USDC",
    side: "Bid",
    orderType: "Limit",
    price: "130.10",
    quantity: "1",
  });
  assertEquals(structuredContent.outcome, "placed");
  const closedAt = performance.now();
  const { code, rest } = await program.end();
  assertEquals([code, rest], [0, []]);
  // 100 ms are promised; the rest is for a machine that runs other tests at the same time.
  assert(performance.now() - closedAt < 2000);
});

programTest("the program answers what was asked before its input ended", async (folder) => {
  const program = start([], { BACKPACK_MODE: "paper" }, folder);
  await program.send(INITIALIZE);
  const params = { name: "list_orders", arguments: {} };
  await program.send({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const { code, rest } = await program.end();
  assertEquals([code, rest.map((line) => JSON.parse(line).id)], [0, [0, 1]]);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  programTest(`the program ends with 0 on ${signal}`, async (folder) => {
    const program = start([], { BACKPACK_MODE: "paper" }, folder);
    await program.initialize();
    program.signal(signal);
    assertEquals((await program.end()).code, 0);
  });
}

programTest("the program answers --version and --help, and refuses the rest", async (folder) => {
  const rows: [string[], number, RegExp, RegExp][] = [
    [["--version"], 0, /^backpack-mcp \d+\.\d+\.\d+$/, /^$/],
    [["--help"], 0, /mcpServers.*halt .*approve CODE/s, /^$/],
    [["--versoin"], 2, /^$/, /unknown argument "--versoin"/],
    [["--checkout", "--version"], 0, /^backpack-mcp \d+\.\d+\.\d+$/, /^$/],
    [["serve"], 2, /^$/, /unknown command "serve"/],
    [["--version", "x"], 2, /^$/, /--version takes nothing after it; see --help/],
  ];
  for (const [args, expected, stdout, stderr] of rows) {
    const ended = await start(args, {}, folder).end();
    assertEquals(ended.code, expected);
    assertMatch(ended.rest.join("\n"), stdout);
    assertMatch(ended.stderr.trim(), stderr);
  }
});

programTest("a closed desk names its problems everywhere and ends with 2", async (folder) => {
  const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
  const program = start([], { BACKPACK_PRIVATE_KEY: secret, BACKPACK_MODE: "demo" }, folder);
  const { instructions } = (await program.initialize()).result;
  assertMatch(instructions, /CLOSED.*BACKPACK_PRIVATE_KEY.*BACKPACK_MODE|BACKPACK_MODE.*PRIVATE/s);
  const { isError, content } = await program.call("list_orders", {});
  const error = JSON.parse(content[0].text);
  assertEquals([isError, error.code], [true, "config"]);
  assertMatch(error.hint, /`backpack-mcp doctor`/);
  const { code, stderr } = await program.end();
  assertEquals(code, 2);
  assertMatch(stderr, /BACKPACK_MODE/);
  assert(!`${program.lines.join("")}${stderr}`.includes(secret));
});

programTest("a closed desk offers no tools that its owner took away", async (folder) => {
  const problem = { BACKPACK_TIMEOUT: "none" };
  for (
    const [env, offered] of [
      [{ BACKPACK_READ_ONLY: "true", BACKPACK_TOOLS: "orders" }, "list_orders"],
      [{ BACKPACK_READ_ONLY: "yes please", BACKPACK_TOOLS: "orders" }, "list_orders"],
      [{ BACKPACK_TOOLS: "market" }, "get_ticker"],
    ] as const
  ) {
    const program = start([], { ...problem, ...env }, folder);
    await program.initialize();
    const { tools } = (await program.ask("tools/list")).result;
    const names = tools.map(({ name }: { name: string }) => name);
    assert(names.includes(offered) && !names.includes("create_order"), String(names));
    await program.end();
  }
});

programTest("the executable takes only what tightens from a working directory", async (folder) => {
  Deno.writeTextFileSync(`${folder}/.env`, "BACKPACK_TIMEOUT=49\nBACKPACK_MODE=paper\n");
  const closed = start([], {}, folder);
  assertMatch((await closed.initialize()).result.instructions, /BACKPACK_TIMEOUT/);
  assertEquals((await closed.end()).code, 2);
  const trusted = start(["--checkout"], {}, folder);
  assertEquals((await trusted.initialize()).result.serverInfo.name, "backpack-mcp (paper)");
  assertEquals((await trusted.end()).code, 0);
});

programTest("the owner's file wins over the working directory's", async (folder) => {
  Deno.mkdirSync(`${folder}/.config/backpack-mcp`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/.config/backpack-mcp/.env`, "BACKPACK_MODE=live\n");
  Deno.writeTextFileSync(`${folder}/.env`, "BACKPACK_MODE=paper\n");
  const program = start([], {}, folder);
  assertEquals((await program.initialize()).result.serverInfo.name, "backpack-mcp");
  assertEquals((await program.end()).code, 0);
});

programTest("an order that reappears halts by a file, which says why", async (folder) => {
  const atMs = Date.now() - 600_000;
  const order = { ...wireOrder(), createdAt: atMs };
  {
    using journal = Journal.open(journalFile(`${folder}/journal.sqlite`), () => atMs);
    const stamp = { timestampMs: atMs, windowMs: 5000 };
    const request = { side: "Bid", orderType: "Limit", price: "140.10", quantity: "1.5" };
    const seq = addIntent(journal, 7, { ...stamp, request: { symbol: "SOL_USDC", ...request } });
    const body = { state: "not_placed", by: "inference" };
    journal.transact(() => journal.append("outcome", { intent: seq, clientId: 7, body }));
  }
  await using server = new Served((request) => {
    const isTime = new URL(request.url).pathname === "/api/v1/time";
    return isTime ? new Response(String(Date.now())) : Response.json(order);
  });
  const program = start(
    [],
    {
      BACKPACK_BASE_URL: server.baseUrl,
      BACKPACK_PRIVATE_KEY: SEED,
      BACKPACK_DATA_DIR: folder,
    },
    folder,
    [`--allow-write=${folder}`],
  );
  await program.initialize();
  const { structuredContent } = await program.call("get_order_outcome", { clientId: 7 });
  assertEquals([structuredContent.outcome, structuredContent.desk], ["placed", {
    mode: "live",
    halted: true,
    reappeared: [7],
  }]);
  assertEquals((await program.end()).code, 0);
  const halt = `${folder}/HALT`;
  assertMatch(
    Deno.readTextFileSync(halt),
    /^The order with clientId 7 .* has shown up on the .*\n$/,
  );
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(halt).mode! & 0o777, 0o600);
});

programTest("no key, seed or signature leaves, whatever the exchange echoes", async (folder) => {
  const signatures: string[] = [];
  await using server = new Served((request) => {
    const path = new URL(request.url).pathname;
    if (path === "/api/v1/time") return new Response(String(Date.now()));
    const echo = [...request.headers].map(([name, value]) => `${name}: ${value}`).join(" ");
    signatures.push(request.headers.get("x-signature") ?? "");
    return Response.json({ code: "INVALID_CLIENT_REQUEST", message: echo }, { status: 400 });
  });
  const program = start([], {
    BACKPACK_BASE_URL: server.baseUrl,
    BACKPACK_PRIVATE_KEY: SEED,
    BACKPACK_LOG: "debug",
  }, folder);
  await program.initialize();
  for (const name of ["list_orders", "create_order", "cancel_order", "cancel_all_orders"]) {
    await program.call(name, {
      symbol: "SOL_USDC",
      ...(name === "cancel_order" ? { orderId: "1" } : {}),
      ...(name === "create_order"
        ? { side: "Bid", orderType: "Limit", price: "1", quantity: "1" }
        : {}),
    });
  }
  await program.ask("resources/read", { uri: "backpack://account" });
  const { code, stderr } = await program.end();
  const everything = program.lines.join("\n") + stderr;
  assertEquals(code, 0);
  assert(signatures.some((signature) => signature.length === 88));
  for (const secret of [SEED, PUBLIC_KEY, ...signatures.filter((text) => text !== "")]) {
    assert(!everything.includes(secret), secret);
  }
  assertMatch(everything, /\[redacted\]/);
  for (const line of stderr.trim().split("\n")) JSON.parse(line);
});
