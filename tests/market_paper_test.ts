/**
 * The market tools on the simulated exchange, through the real client; every request and every
 * reply of them against the exchange's OpenAPI document. The document is not part of the
 * repository: where it is not at hand, that test is ignored and its name says what it wants.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { API_KEY, connect, type Connection, TestClock } from "./_helpers.ts";
import { type Schema, SchemaChecker } from "./_schema.ts";

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}
interface Operation {
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  paths: Record<string, { get: Operation }>;
  components: { schemas: Record<string, Schema> };
}
interface Exchanged {
  url: URL;
  status: number;
  contentType: string;
  body: string;
}

const openapi = readDocument();

async function open(): Promise<Connection & { exchange: PaperExchange; wire: Exchanged[] }> {
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  const wire: Exchanged[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await exchange.fetch(url, init);
    const contentType = response.headers.get("content-type") ?? "";
    const body = await response.clone().text();
    if (init.method === "GET") {
      wire.push({ url: new URL(url), status: response.status, contentType, body });
    }
    return response;
  };
  return { ...await connect({ fetch, clock, mode: "paper" }), exchange, wire };
}

const SOL = { symbol: "SOL_USDC" };
const CALLS: readonly [name: string, args: Record<string, unknown>][] = [
  ["list_markets", {}],
  ["list_markets", { search: "PEPE", status: "ALL" }],
  ["get_ticker", SOL],
  ["get_ticker", { ...SOL, interval: "1w" }],
  ["get_mark_price", {}],
  ["get_mark_price", { symbol: "SOL_USDC_PERP" }],
  ["get_depth", SOL],
  ["get_depth", { symbol: "kPEPE_USDC_PERP", limit: 7, chart: true }],
  ["list_trades", SOL],
  ["list_trades", { ...SOL, limit: 200 }],
  ["get_klines", { ...SOL, interval: "1m", chart: true }],
  ["get_klines", { ...SOL, interval: "1month", limit: 300 }],
  ["get_klines", { ...SOL, interval: "1w", limit: 300 }],
  ["get_klines", { ...SOL, interval: "1s", limit: 300, priceType: "Index" }],
  ["get_klines", { ...SOL, interval: "3d", from: "2025-12-01", to: "2026-01-01" }],
];

async function playAll(): Promise<{ wire: Exchanged[]; lines: string[] }> {
  await using desk = await open();
  const order = { ...SOL, side: "Bid", orderType: "Market", quantity: "1.5" };
  await desk.callTool("create_order", order);
  desk.clock.advance(30_000);
  const lines: string[] = [];
  for (const [name, args] of CALLS) {
    const { isError, content } = await desk.callTool(name, args);
    const line = content[0]?.text ?? "";
    assert(!isError, `${name}: ${line}`);
    lines.push(line);
  }
  desk.exchange.setMarketState("SOL_USDC", "Closed");
  const error = await desk.callFailing("get_depth", SOL);
  assertEquals(error.code, "not_found");
  assertMatch(error.message, /^There is no order book/);
  return { wire: desk.wire, lines };
}

Deno.test("the market tools answer in paper mode, and say that it is paper", async () => {
  const { lines } = await playAll();
  assertEquals(lines.filter((line) => !line.startsWith("PAPER ")), []);
  assertMatch(lines.join("\n"), /PAPER SOL_USDC last bought 1.5 SOL at 140.01 USDC/);
  assertMatch(lines.join("\n"), /PAPER SOL_USDC 100 1m candles, .*; 99 empty/);
  assertMatch(lines.join("\n"), /PAPER SOL_USDC_PERP mark 140, index 140; funding 0% an hour/);
});

Deno.test({
  name: "the market tools' requests and replies keep to ../shared/api/openapi.json (ignored " +
    "without it)",
  ignore: openapi === undefined,
  fn: async () => {
    if (openapi === undefined) return;
    const { wire } = await playAll();
    const checker = new SchemaChecker(openapi.components.schemas);
    const paths = new Set(wire.map(({ url }) => url.pathname.replace("/api/v1/", "")));
    for (const path of ["markets", "ticker", "depth", "klines", "trades", "markPrices"]) {
      assert(paths.has(path), path);
    }
    assertEquals(wire.flatMap((row) => [...requestFaults(row, openapi, checker)]), []);
    assertEquals(wire.flatMap((row) => [...replyFaults(row, openapi, checker)]), []);
  },
});

function* requestFaults(
  { url }: Exchanged,
  document: Document,
  checker: SchemaChecker,
): Generator<string> {
  const { parameters = [] } = document.paths[url.pathname]?.get ?? {};
  const query = parameters.filter((parameter) => parameter.in === "query");
  for (const { name, required } of query) {
    if (required && !url.searchParams.has(name)) yield `${url}: ${name} is missing`;
  }
  for (const [name, text] of url.searchParams) {
    const schema = query.find((parameter) => parameter.name === name)?.schema;
    if (schema === undefined) yield `${url}: ${name} is not in the document`;
    else if ([text, Number(text)].every((value) => checker.faults(value, schema).length > 0)) {
      yield `${url}: ${name} is ${text}`;
    }
  }
}

function* replyFaults(
  { url, status, contentType, body }: Exchanged,
  document: Document,
  checker: SchemaChecker,
): Generator<string> {
  // A closed market's 404 is real and not declared (API digest, 4.3).
  if (url.pathname === "/api/v1/depth" && status === 404) return;
  const response = document.paths[url.pathname]?.get.responses[String(status)];
  const schema = response?.content?.[contentType]?.schema;
  if (schema === undefined) return yield `${url}: ${status} ${contentType} is not declared`;
  const value = contentType.startsWith("text/plain") ? body : JSON.parse(body);
  for (const fault of checker.faults(value, schema)) yield `${url}: ${fault}`;
}

function readDocument(): Document | undefined {
  try {
    const url = new URL("../../shared/api/openapi.json", import.meta.url);
    return JSON.parse(Deno.readTextFileSync(url));
  } catch {
    return undefined;
  }
}
