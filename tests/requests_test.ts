/**
 * What the desk can ask of the exchange at all: every tool and resource is used in many ways, and
 * whatever reaches the wire must be on one short list, with parameters that the exchange's
 * document knows. Nothing on the list withdraws, transfers, borrows or changes the account.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { API_KEY, connect, TestClock } from "./_helpers.ts";

/** Every request that this program may ever make. */
const ALLOWED: ReadonlySet<string> = new Set([
  "GET /api/v1/account",
  "GET /api/v1/account/limits/order",
  "GET /api/v1/capital",
  "GET /api/v1/capital/collateral",
  "GET /api/v1/depth",
  "GET /api/v1/fundingRates",
  "GET /api/v1/klines",
  "GET /api/v1/market",
  "GET /api/v1/markPrices",
  "GET /api/v1/markets",
  "GET /api/v1/openInterest",
  "GET /api/v1/order",
  "GET /api/v1/orders",
  "GET /api/v1/position",
  "GET /api/v1/status",
  "GET /api/v1/ticker",
  "GET /api/v1/tickers",
  "GET /api/v1/time",
  "GET /api/v1/trades",
  "GET /wapi/v1/capital/deposits",
  "GET /wapi/v1/capital/withdrawals",
  "GET /wapi/v1/history/fills",
  "GET /wapi/v1/history/funding",
  "GET /wapi/v1/history/orders",
  "POST /api/v1/order",
  "POST /api/v1/orders",
  "DELETE /api/v1/order",
  "DELETE /api/v1/orders",
]);

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };
const PERP = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Market", quantity: "1" };

/** One call of each tool at least; with what it needs, and with what it only takes. */
const CALLS: readonly [name: string, args: Record<string, unknown>][] = [
  ["get_status", {}],
  ["create_order", { ...LIMIT, clientId: 1 }],
  ["create_order", { ...PERP, clientId: 2 }],
  ["create_order", { ...LIMIT, price: "131", clientId: 3, postOnly: true, timeInForce: "GTC" }],
  ["get_order_outcome", { clientId: 1 }],
  ["list_orders", {}],
  ["list_orders", { marketType: "ALL" }],
  ["get_order", { symbol: "SOL_USDC", clientId: 1 }],
  ["get_order", { symbol: "SOL_USDC_PERP", clientId: 2 }],
  ["list_order_history", {}],
  ["list_order_history", { symbol: "SOL_USDC", orderId: "1", marketType: "SPOT", limit: 5 }],
  ["list_fills", {}],
  [
    "list_fills",
    {
      ...{ symbol: "SOL_USDC_PERP", orderId: "1", marketType: "PERP" },
      ...{ from: "2026-01-01", to: 1767312000000, limit: 5 },
    },
  ],
  ["list_funding_payments", { symbol: "SOL_USDC_PERP" }],
  ["list_deposits", { from: "2026-01-01", to: "2026-02-01", limit: 5 }],
  ["list_withdrawals", { from: "2026-01-01", to: "2026-02-01", limit: 5 }],
  ["get_balances", { includeZero: true }],
  ["list_positions", {}],
  ["list_positions", { symbol: "SOL_USDC_PERP", marketType: "PERP" }],
  ["list_positions", { symbol: "BTC_USDC_PERP" }],
  ["get_account", {}],
  ["list_markets", { search: "SOL" }],
  ["list_markets", { sort: "volume" }],
  ["get_ticker", { symbol: "SOL_USDC", interval: "1w" }],
  ["get_mark_price", {}],
  ["get_mark_price", { symbol: "SOL_USDC_PERP" }],
  ["get_depth", { symbol: "SOL_USDC", limit: 7, chart: true }],
  ["list_trades", { symbol: "SOL_USDC" }],
  ["get_klines", { symbol: "SOL_USDC", interval: "1h", priceType: "Mark", chart: true }],
  ["preview_order", { ...LIMIT, price: "129" }],
  ["preview_order", PERP],
  [
    "preview_order",
    {
      ...{ ...LIMIT, side: "Ask", price: "150", autoBorrow: false, autoBorrowRepay: true },
      autoLendRedeem: true,
    },
  ],
  ["get_limits", {}],
  ["create_orders", { orders: [{ ...LIMIT, price: "128" }, { ...LIMIT, price: "127" }] }],
  ["replace_order", { symbol: "SOL_USDC", clientId: 1, price: "130.5" }],
  ["cancel_order", { symbol: "SOL_USDC", clientId: 3 }],
  ["cancel_all_orders", { symbol: "SOL_USDC" }],
];

interface Operation {
  parameters?: { name: string; in: string; required?: boolean }[];
}

const openapi = readDocument();

Deno.test("every tool works in paper mode, and nothing but the allowed requests is made", async () => {
  const { requests, failed, tools } = await playAll();
  assertEquals(failed, []);
  const operations = new Set(requests.map(({ operation }) => operation));
  assertEquals([...operations].filter((operation) => !ALLOWED.has(operation)), []);
  const untried = TOOLS.map(({ name }) => name).filter((name) => !tools.has(name));
  // A tool that is not in the table above must be put there.
  assertEquals(untried, []);
});

Deno.test("the sources name no endpoint beyond the allowed requests", () => {
  const paths = new Set([...ALLOWED].map((operation) => operation.split(" ")[1]));
  const unlisted: string[] = [];
  for (const { path, text } of librarySources()) {
    for (const [endpoint] of text.matchAll(/\/w?api\/v\d\/[\w/]+/g)) {
      if (!paths.has(endpoint) && !COUNTED_ONLY.has(endpoint)) {
        unlisted.push(`${path}: ${endpoint}`);
      }
    }
  }
  assertEquals(unlisted, []);
});

/** Paths that the budget counts and nothing asks for. */
const COUNTED_ONLY: ReadonlySet<string> = new Set([
  "/api/v1/trades/history",
  "/api/v1/borrowLend/markets/history",
]);

Deno.test({
  name: "every request's parameters are in ../shared/api/openapi.json (ignored without it)",
  ignore: openapi === undefined,
  fn: async () => {
    const { requests } = await playAll();
    for (const { operation, query } of requests) {
      const [method = "", path = ""] = operation.split(" ");
      const { parameters = [] } = openapi?.paths[path]?.[method.toLowerCase()] ?? {};
      const inQuery = parameters.filter((parameter) => parameter.in === "query");
      const known = inQuery.map(({ name }) => name);
      assertEquals(query.filter((name) => !known.includes(name)), [], operation);
      assertEquals(new Set(query).size, query.length, `${operation} repeats a parameter`);
      const missing = inQuery.filter(({ required, name }) => required && !query.includes(name));
      assertEquals(missing, [], operation);
    }
  },
});

/** Uses everything once, on the simulated exchange. */
async function playAll(): Promise<{
  requests: { operation: string; query: string[] }[];
  failed: string[];
  tools: Set<string>;
}> {
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  const requests: { operation: string; query: string[] }[] = [];
  await using desk = await connect({
    clock,
    mode: "paper",
    fetch: (url, init) => {
      const { pathname, searchParams } = new URL(url);
      requests.push({ operation: `${init.method} ${pathname}`, query: [...searchParams.keys()] });
      return exchange.fetch(url, init);
    },
  });
  const failed: string[] = [];
  for (const [name, args] of CALLS) {
    const { isError, content } = await desk.callTool(name, args);
    if (isError) failed.push(`${name}: ${content[0]?.text}`);
  }
  const { resources } = await desk.client.listResources();
  assert(resources.length > 3);
  for (const { uri } of resources) await desk.client.readResource({ uri });
  return { requests, failed, tools: new Set(CALLS.map(([name]) => name)) };
}

/** `lib/` without the simulated exchange, which has both ends of every request. */
function librarySources(folder = "lib"): { path: string; text: string }[] {
  const root = new URL(`../${folder}/`, import.meta.url);
  return [...Deno.readDirSync(root)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return path === "lib/paper" ? [] : librarySources(path);
    return [{ path, text: Deno.readTextFileSync(new URL(name, root)) }];
  });
}

function readDocument(): { paths: Record<string, Record<string, Operation>> } | undefined {
  try {
    const url = new URL("../../shared/api/openapi.json", import.meta.url);
    return JSON.parse(Deno.readTextFileSync(url));
  } catch {
    return undefined;
  }
}
