/**
 * What order desks for assistants are compared by, a row each, and each shown in a few lines:
 * through a real client on the simulated exchange, or by starting the program.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { Journal } from "../lib/journal/mod.ts";
import { type Fault, type FaultedRequest, PaperExchange } from "../lib/paper/exchange.ts";
import { createRedact, Secret } from "../lib/secret.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { serverGrants } from "../scripts/grants.ts";
import { Person } from "./_cli.ts";
import { connectClient } from "./_eras.ts";
import {
  API_KEY,
  connect,
  type Connection,
  type ConnectOptions,
  SEED,
  START_MS,
  TestClock,
} from "./_helpers.ts";
import { journalFile } from "./_journal_child.ts";
import { Loopback, Server } from "./_live.ts";
import { denoCommand, denoDir, type Ended, ROOT, runToEnd, withFolder } from "./_program.ts";
import { holding } from "./_sequences.ts";

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "2" };
const MARKET = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" };
const PERP = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Market", quantity: "5" };
const EXECUTABLE = Deno.env.get("BACKPACK_MCP_EXECUTABLE") ?? "";

// deno-lint-ignore no-explicit-any
type Value = any;

/** A desk on the simulated exchange. */
interface Trial extends Connection {
  /** The bodies of all orders that were sent. */
  sent: Value[];
  /** Calls a tool that must succeed; what it answered. */
  ask(name: string, args?: Record<string, unknown>): Promise<Value>;
}

interface TrialOptions extends Partial<ConnectOptions> {
  fault?: (request: FaultedRequest) => Fault | undefined;
}

function exchangeOf({ fault, clock = new TestClock(), ...options }: TrialOptions): {
  options: ConnectOptions;
  sent: Value[];
} {
  const now = (): number => clock.now();
  const exchange = new PaperExchange({ now, apiKey: API_KEY, ...(fault && { fault }) });
  const sent: Value[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (init.method !== "POST") return await exchange.fetch(url, init);
    const body = await new Response(init.body ?? null).text();
    sent.push(JSON.parse(body));
    return await exchange.fetch(url, { ...init, body });
  };
  return { options: { mode: "paper", ...options, fetch, clock }, sent };
}

async function open(options: TrialOptions = {}): Promise<Trial> {
  const { options: full, sent } = exchangeOf(options);
  const desk = await connect(full);
  const ask = async (name: string, args = {}): Promise<Value> => {
    const answer = await desk.callTool(name, args);
    assertEquals(answer.isError, undefined, `${name}: ${answer.content[0]?.text}`);
    return answer.structuredContent;
  };
  return { ...desk, sent, ask };
}

const ROWS: Readonly<Record<string, () => Promise<void>>> = {
  "open orders, of spot and of perpetuals": async () => {
    await using desk = await open();
    await desk.ask("create_order", LIMIT);
    await desk.ask("create_order", { ...LIMIT, symbol: "SOL_USDC_PERP" });
    const { orders } = await desk.ask("list_orders", { marketType: "ALL" });
    assertEquals(orders.map(({ symbol }: Value) => symbol).sort(), ["SOL_USDC", "SOL_USDC_PERP"]);
  },
  "a single order, by either id": async () => {
    await using desk = await open();
    const { order } = await desk.ask("create_order", { ...LIMIT, clientId: 7 });
    const byClientId = await desk.ask("get_order", { symbol: "SOL_USDC", clientId: 7 });
    assertEquals(
      await desk.ask("get_order", { symbol: "SOL_USDC", orderId: order.id }),
      byClientId,
    );
  },
  "limit and market": async () => {
    await using desk = await open();
    assertEquals((await desk.ask("create_order", LIMIT)).order.status, "New");
    assertEquals((await desk.ask("create_order", MARKET)).order.status, "Filled");
  },
  "stop and take-profit, checked": async () => {
    await using desk = await open();
    const exits = { ...PERP, stopLossTriggerPrice: "130", takeProfitTriggerPrice: "155" };
    const wrong = await desk.callFailing("create_order", { ...exits, stopLossTriggerPrice: "150" });
    assertMatch(wrong.message, /150.*140/);
    assertEquals(desk.sent, []);
    const { order } = await desk.ask("create_order", exits);
    assertEquals([order.stopLossTriggerPrice, order.takeProfitTriggerPrice], ["130", "155"]);
    const stop = { symbol: PERP.symbol, side: "Ask", orderType: "Market", reduceOnly: true };
    await desk.ask("create_order", { ...stop, triggerPrice: "133", triggerQuantity: "5" });
  },
  "post-only and reduce-only": async () => {
    await using desk = await open();
    const crossing = { ...LIMIT, price: "141", postOnly: true };
    assertEquals((await desk.callFailing("create_order", crossing)).outcome, "not_placed");
    await desk.ask("create_order", PERP);
    await desk.ask("create_order", { ...PERP, side: "Ask", quantity: "9", reduceOnly: true });
    assertEquals((await desk.ask("list_positions")).positions, []);
  },
  "immediate or cancel, fill or kill": async () => {
    await using desk = await open();
    const status = async (timeInForce: string, price: string): Promise<string> =>
      (await desk.ask("create_order", { ...LIMIT, price, timeInForce })).order.status;
    assertEquals([await status("IOC", "120"), await status("FOK", "141")], ["Expired", "Filled"]);
  },
  "a batch, and limits over all of it": async () => {
    await using desk = await open({ limits: { maxDailyNotional: "500" } });
    const two = { orders: [LIMIT, { ...LIMIT, price: "131" }] };
    assertEquals((await desk.callFailing("create_orders", two)).outcome, "not_placed");
    assertEquals(desk.sent, []);
    const fewer = { orders: two.orders.map((order) => ({ ...order, quantity: "1" })) };
    assertEquals((await desk.ask("create_orders", fewer)).results.length, 2);
    assertEquals(desk.sent.length, 1);
  },
  "cancel one, cancel all": async () => {
    await using desk = await open();
    await desk.ask("create_orders", {
      orders: ["128", "129", "130"].map((price) => ({ ...LIMIT, price })),
    });
    const { orders: [first] } = await desk.ask("list_orders");
    const key = { symbol: "SOL_USDC", orderId: first.id };
    assertEquals((await desk.ask("cancel_order", key)).outcome, "cancelled");
    assertEquals((await desk.ask("cancel_all_orders", { symbol: "SOL_USDC" })).count, 2);
  },
  "history and fills, paged": async () => {
    await using desk = await open();
    for (const quantity of ["1", "2", "3"]) await desk.ask("create_order", { ...MARKET, quantity });
    for (
      const [tool, rows] of [["list_fills", "fills"], ["list_order_history", "orders"]] as const
    ) {
      const quantities: string[] = [];
      for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
        const answer = await desk.ask(tool, { limit: 1, ...(cursor && { cursor }) });
        quantities.push(...answer[rows].map(({ quantity }: Value) => quantity));
        cursor = answer.nextCursor;
      }
      assertEquals(quantities.sort(), ["1", "2", "3"], tool);
    }
  },
  "balances, positions, account": async () => {
    await using desk = await open();
    await desk.ask("create_order", PERP);
    assertEquals((await desk.ask("list_positions")).positions[0].quantity, "5");
    assert((await desk.ask("get_balances")).balances.some(({ asset }: Value) => asset === "USDC"));
    assertEquals((await desk.ask("get_account")).fees.spotTaker.basisPoints, "10");
  },
  "market data": async () => {
    await using desk = await open();
    await desk.ask("create_order", MARKET);
    const SOL = { symbol: "SOL_USDC" };
    assert((await desk.ask("list_markets")).total >= 5);
    assertEquals((await desk.ask("get_ticker", SOL)).lastPrice, "140.01");
    assertEquals((await desk.ask("get_depth", SOL)).bids[0].price, "139.99");
    assertEquals((await desk.ask("list_trades", SOL)).trades[0].side, "Bid");
    assertEquals((await desk.ask("get_klines", { ...SOL, interval: "1h" })).candles.length, 100);
    assertEquals((await desk.ask("get_mark_price")).markets.length, 3);
  },
  "read-only mode: what acts does not exist": async () => {
    await using desk = await open({ limits: { readOnly: true } });
    const { tools } = await desk.client.listTools();
    assert(tools.length > 10 && tools.every(({ annotations }) => annotations?.readOnlyHint));
  },
  "paper trading: the same tools, the same code, verified signatures": async () => {
    await using live = await open({ mode: "live" });
    await using paper = await open();
    assertEquals(await paper.client.listTools(), await live.client.listTools());
    assertEquals((await paper.ask("create_order", LIMIT)).desk, { mode: "paper" });
    await using unsigned = await open({ hasKey: false });
    assertEquals((await unsigned.callFailing("list_orders")).code, "auth");
  },
  "limits hold before anything is sent": async () => {
    await using desk = await open({ limits: { maxOpenOrders: "1" } });
    await desk.ask("create_order", LIMIT);
    const { limits } = await desk.ask("get_limits");
    const [own] = limits.filter(({ variable }: Value) => variable === "BACKPACK_MAX_OPEN_ORDERS");
    assertEquals([own.limit, own.used, own.left], ["1", "1", "0"]);
    await desk.callFailing("create_order", { ...LIMIT, price: "131" });
    assertEquals(desk.sent.length, 1);
  },
  "a dry run says what the order will be told": async () => {
    await using desk = await open({ limits: { maxOrderNotional: "100" } });
    const { wouldSend, checks } = await desk.ask("preview_order", LIMIT);
    const { message } = checks.find(({ ok }: Value) => !ok);
    assertEquals(wouldSend, false);
    assertStringIncludes((await desk.callFailing("create_order", LIMIT)).message, message);
    assertEquals(desk.sent, []);
  },
  "a person's yes, which the model can't give": async () => {
    const limits = { confirmAbove: "0" };
    await using alone = await open({ limits });
    assertEquals((await alone.callFailing("create_order", LIMIT)).outcome, "not_placed");
    const pretended = { ...LIMIT, approve: true };
    assertEquals((await alone.callFailing("create_order", pretended)).code, "invalid_input");
    const { options, sent } = exchangeOf({ limits });
    const onForm = (): Promise<unknown> =>
      Promise.resolve({ action: "accept", content: { approve: true } });
    await using asked = await connectClient("SDK 1", { ...options, onForm });
    assertEquals((await asked.callTool("create_order", LIMIT)).structuredContent.outcome, "placed");
    assertEquals([alone.sent.length, sent.length], [0, 1]);
  },
  "a cap on one order, and a list of markets": async () => {
    await using desk = await open({ limits: { maxOrderNotional: "100", symbols: ["BTC_USDC"] } });
    const refused = await desk.ask("preview_order", LIMIT);
    const failed = refused.checks.filter(({ ok }: Value) => !ok).map(({ check }: Value) => check);
    assertEquals(failed.sort(), ["BACKPACK_MAX_ORDER_NOTIONAL", "BACKPACK_SYMBOLS"]);
    const spent = { symbol: "BTC_USDC", side: "Bid", orderType: "Market", quoteQuantity: "101" };
    await desk.callFailing("create_order", spent);
    assertEquals(desk.sent, []);
  },
  "tick and step: refused, and the nearest named": async () => {
    await using desk = await open();
    const wrong = { ...LIMIT, price: "130.123", quantity: "1.005" };
    const told = JSON.stringify(await desk.callFailing("create_order", wrong));
    for (const nearest of ["130.12", "130.13", "1.00", "1.01"]) assertStringIncludes(told, nearest);
    assertEquals(desk.sent, []);
  },
  "a client id on every order": async () => {
    await using desk = await open();
    await desk.ask("create_order", LIMIT);
    await desk.ask("create_orders", { orders: [{ ...LIMIT, price: "129" }] });
    await desk.ask("replace_order", {
      symbol: "SOL_USDC",
      clientId: desk.sent[0].clientId,
      price: "128",
    });
    const ids = desk.sent.flat().map(({ clientId }: Value) => clientId);
    assertEquals([new Set(ids).size, ids.every(Number.isInteger)], [3, true]);
  },
  "a lost reply: the desk finds out": async () => {
    const lost = { kind: "reset", when: "after" } as const;
    await using desk = await open({ fault: ({ method }) => method === "POST" ? lost : undefined });
    const { outcome, resolvedBy } = await desk.ask("create_order", LIMIT);
    assertEquals([outcome, typeof resolvedBy, desk.sent.length], ["placed", "string", 1]);
  },
  "rate limiting": async () => {
    await using desk = await open({ limits: { maxOrdersPerMinute: "1" } });
    // The exchange allows 30 requests for history a minute, and never sees a 31st.
    const candles = { symbol: "SOL_USDC", interval: "1h" };
    for (let asked = 0; asked < 30; asked++) await desk.ask("get_klines", candles);
    assertEquals((await desk.callFailing("get_klines", candles)).code, "rate_limited");
    await desk.ask("create_order", LIMIT);
    const { outcome } = await desk.callFailing("create_order", { ...LIMIT, price: "131" });
    assertEquals(outcome, "not_placed");
  },
  "a clock that is wrong": async () => {
    const clock = new TestClock();
    const exchange = new PaperExchange({
      now: () => START_MS + clock.monotonic(),
      apiKey: API_KEY,
    });
    clock.setWall(START_MS - 3_600_000);
    const fetch = (url: string, init: RequestInit): Promise<Response> => exchange.fetch(url, init);
    await using desk = await connect({ fetch, clock, mode: "paper" });
    const { structuredContent } = await desk.callTool("create_order", LIMIT);
    assertEquals(structuredContent?.outcome, "placed");
  },
  "a chained record that outlives kill -9": () =>
    withFolder(async (folder) => {
      await using loopback = new Loopback();
      const path = `${folder}/data/journal.sqlite`;
      const server = await Server.start(loopback.baseUrl, folder);
      await server.call("create_order", { ...LIMIT, clientId: 7 });
      await server.kill();
      const heir = await Server.start(loopback.baseUrl, folder);
      const { structuredContent } = await heir.call("get_order_outcome", { clientId: 7 });
      await heir.end();
      assertEquals([structuredContent.outcome, loopback.received], ["placed", [7]]);
      using journal = Journal.open(journalFile(path), Date.now);
      assert(journal.verify().ok);
      using db = new DatabaseSync(path);
      const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
      for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
      db.exec("UPDATE entries SET client_id = 8 WHERE client_id = 7");
      assert(!journal.verify().ok);
    }),
  "a kill switch that no tool can clear": () =>
    withFolder(async (folder) => {
      await using loopback = new Loopback();
      const server = await Server.start(loopback.baseUrl, folder);
      Deno.writeTextFileSync(`${folder}/data/HALT`, "");
      for (const { name } of TOOLS) await server.call(name, { symbol: "SOL_USDC" });
      const { isError, content } = await server.call("create_order", LIMIT);
      await server.end();
      const { code, desk } = JSON.parse(content[0].text);
      assertEquals([isError, code, desk.halted, loopback.received], [true, "halted", true, []]);
      assert(Deno.statSync(`${folder}/data/HALT`).isFile);
    }),
  "secrets are taken out, by type and by value": () => {
    const secret = new Secret(SEED);
    assertEquals([`${secret}`, JSON.stringify({ secret })], [
      "[redacted]",
      '{"secret":"[redacted]"}',
    ]);
    const echoed = createRedact([secret])(`refused: ${SEED}, ${encodeURIComponent(SEED)}`);
    assertEquals(echoed, "refused: [redacted], [redacted]");
    return withFolder(async (folder) => {
      const { stdout, stderr } = await run(["doctor"], folder, {
        BACKPACK_PRIVATE_KEY: `${SEED}x`,
      });
      assertStringIncludes(stdout + stderr, "BACKPACK_PRIVATE_KEY");
      assert(!(stdout + stderr).includes(SEED));
    });
  },
  "structured answers, and their schemas": async () => {
    await using desk = await open();
    const { tools } = await desk.client.listTools();
    assert(tools.every(({ outputSchema }) => outputSchema?.type === "object"));
    // The client holds each answer against the schema by itself.
    const { structuredContent, content } = await desk.callTool("get_balances");
    assertEquals(JSON.parse(content[1]?.text ?? ""), structuredContent);
  },
  "all four hints": async () => {
    await using desk = await open();
    const { tools } = await desk.client.listTools();
    for (const { name, annotations } of tools) {
      const hints = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];
      assertEquals(Object.keys(annotations ?? {}).sort(), hints.sort(), name);
    }
  },
  "resources": async () => {
    await using desk = await open();
    const { resources } = await desk.client.listResources();
    assert(resources.length >= 5);
    for (const { uri } of resources) {
      const { contents } = await desk.client.readResource({ uri });
      assertEquals(contents.length, 1, uri);
    }
  },
  "commands that set up and that examine": async () => {
    const { stdout } = await new Person({ piped: true }).run("keygen");
    assertMatch(stdout, /^BACKPACK_PRIVATE_KEY=/m);
    const config = await new Person().run("config", "claude-desktop", "--paper");
    assertEquals(Object.keys(JSON.parse(config.stdout).mcpServers), ["backpack"]);
    const doctor = await new Person({ env: { BACKPACK_MODE: "paper" } }).run("doctor");
    assertEquals(doctor.code, 0);
  },
  "one program in a sandbox": () =>
    withFolder(async (folder) => {
      assertMatch((await run(["--version"], folder)).stdout, /^backpack-mcp \d/);
      const elsewhere = await run(["pending", "--data-dir", `${folder}/elsewhere`], folder);
      assertNotEquals(elsewhere.code, 0);
      const kinds = grantsFor(folder).map((grant) => grant.replace(/=.*/, ""));
      const allowed = [
        "--allow-env",
        "--allow-net",
        "--allow-read",
        "--allow-write",
        "--no-prompt",
      ];
      assertEquals([...new Set(kinds)].sort(), allowed);
    }),
  "tests: a simulator, faults, and sequences that nobody thought of": async () => {
    await fc.assert(holding(), { seed: 1, numRuns: 5 });
  },
};

for (const [row, show] of Object.entries(ROWS)) Deno.test(`has: ${row}`, show);

function grantsFor(folder: string): string[] {
  const userFilePath = `${folder}/backpack-mcp/.env`;
  return serverGrants({ userFilePath, baseUrl: undefined, dataDirectory: `${folder}/data` });
}

/** Runs the executable if there is one, or else the program with the same permissions. */
async function run(
  args: readonly string[],
  folder: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  const program = denoCommand(grantsFor(folder), `${ROOT}main.ts`);
  const own = { HOME: folder, XDG_CONFIG_HOME: folder, BACKPACK_DATA_DIR: `${folder}/data` };
  return await runToEnd({
    command: [...(EXECUTABLE === "" ? program : [EXECUTABLE]), ...args],
    cwd: folder,
    env: { ...own, DENO_DIR: denoDir(), ...env },
  });
}
