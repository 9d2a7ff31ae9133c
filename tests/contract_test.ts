/**
 * Every reply of the simulated exchange against the exchange's OpenAPI document, over a session
 * that touches every endpoint and every kind of order. The document is not part of the repository:
 * where it is not at hand, the test is ignored and its name says what it wants.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { Customer, keyPair, send, START_MS } from "./_paper.ts";
import { type Schema, SchemaChecker } from "./_schema.ts";

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, ResponseOf> }>>;
  components: { schemas: Record<string, Schema> };
}
interface ResponseOf {
  content?: Record<string, { schema: Schema }>;
}
interface Exchanged {
  operation: string;
  request: string;
  status: number;
  contentType: string;
  body: string;
}

// What the exchange does although its document does not declare it (API digest, section 7).
const UNDECLARED: readonly RegExp[] = [
  /^GET \/api\/v1\/depth 404$/,
  /^\w+ \S+ 401$/,
];

const openapi = readDocument();

/** An exchange that remembers what it answered. */
class RecordedExchange extends PaperExchange {
  readonly log: Exchanged[] = [];

  override async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const response = await super.fetch(url, init);
    const { pathname, search } = new URL(url);
    const operation = `${init.method ?? "GET"} ${pathname}`;
    this.log.push({
      operation,
      request: `${operation}${search} ${init.body ?? ""}`,
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      body: await response.clone().text(),
    });
    return response;
  }
}

Deno.test({
  name: "every reply keeps to ../shared/api/openapi.json (ignored without it)",
  ignore: openapi === undefined,
  fn: async () => {
    if (openapi === undefined) return;
    const log = await playSession();
    const checker = new SchemaChecker(openapi.components.schemas);
    assertEquals(log.flatMap((exchanged) => faultsOf(exchanged, openapi, checker)), []);
  },
});

Deno.test("the schema checker finds what is missing, wrong or unknown", () => {
  const checker = new SchemaChecker({
    Side: { type: "string", enum: ["Bid", "Ask"] },
    Fill: {
      type: "object",
      required: ["price", "side"],
      properties: {
        price: { type: "string", format: "decimal" },
        side: { allOf: [{ $ref: "#/components/schemas/Side" }] },
        tradeId: { type: "integer", format: "int64" },
      },
    },
  });
  const rows = { type: "array", items: { $ref: "#/components/schemas/Fill" } };
  assertEquals(checker.faults([{ price: "1.5", side: "Bid", tradeId: null }], rows), []);
  assertEquals(checker.faults([{ price: "1e5", side: "Buy", tradeId: 1.5, fee: "1" }, {}], rows), [
    '$[0].price is "1e5", not decimal',
    '$[0].side is "Buy"',
    "$[0].tradeId is 1.5, not integer",
    "$[0].fee is not in the schema",
    "$[1].price is missing",
    "$[1].side is missing",
  ]);
});

Deno.test("the session of the contract touches every endpoint and every order status", async () => {
  const log = await playSession();
  const operations = new Set(log.filter(({ status }) => status < 300).map((row) => row.operation));
  assertEquals([...operations].sort(), ENDPOINTS.toSorted());
  const text = log.map(({ body }) => body).join();
  for (
    const status of ["New", "PartiallyFilled", "Filled", "Cancelled", "Expired", "TriggerPending"]
  ) {
    assert(text.includes(`"status":"${status}"`), status);
  }
});

function readDocument(): Document | undefined {
  try {
    const url = new URL("../../shared/api/openapi.json", import.meta.url);
    return JSON.parse(Deno.readTextFileSync(url));
  } catch {
    return undefined;
  }
}

function faultsOf(row: Exchanged, document: Document, checker: SchemaChecker): string[] {
  const [method = "", path = ""] = row.operation.split(" ");
  const about = (fault: string): string => `${row.request} -> ${row.status}: ${fault}`;
  if (UNDECLARED.some((known) => known.test(`${row.operation} ${row.status}`))) return [];
  // The framework's own refusals are text, whatever the document says.
  if (row.status === 400 && row.contentType.startsWith("text/plain")) {
    return /^(failed to parse|parse request payload error:) /.test(row.body)
      ? []
      : [about(row.body)];
  }
  const responses = document.paths[path]?.[method.toLowerCase()]?.responses;
  const response = responses?.[String(row.status)];
  if (response === undefined) return [about("undeclared status")];
  if (row.body === "" && response.content === undefined) return [];
  const schema = response.content?.[row.contentType]?.schema;
  if (schema === undefined) return [about(`undeclared content type ${row.contentType}`)];
  const value = row.contentType.startsWith("text/plain") ? row.body : JSON.parse(row.body);
  return checker.faults(value, schema).map(about);
}

const ENDPOINTS = [
  "GET /api/v1/status",
  "GET /api/v1/ping",
  "GET /api/v1/time",
  "GET /api/v1/assets",
  "GET /api/v1/collateral",
  "GET /api/v1/markets",
  "GET /api/v1/market",
  "GET /api/v1/ticker",
  "GET /api/v1/tickers",
  "GET /api/v1/depth",
  "GET /api/v1/klines",
  "GET /api/v1/trades",
  "GET /api/v1/trades/history",
  "GET /api/v1/markPrices",
  "GET /api/v1/openInterest",
  "GET /api/v1/fundingRates",
  "GET /api/v1/account",
  "GET /api/v1/account/limits/order",
  "GET /api/v1/capital",
  "GET /api/v1/capital/collateral",
  "GET /api/v1/borrowLend/positions",
  "GET /api/v1/order",
  "POST /api/v1/order",
  "DELETE /api/v1/order",
  "GET /api/v1/orders",
  "POST /api/v1/orders",
  "DELETE /api/v1/orders",
  "GET /api/v1/position",
  "GET /wapi/v1/capital/deposits",
  "GET /wapi/v1/capital/withdrawals",
  "GET /wapi/v1/history/orders",
  "GET /wapi/v1/history/fills",
  "GET /wapi/v1/history/funding",
];

const SPOT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" };
const PERP = { ...SPOT, symbol: "SOL_USDC_PERP" };

async function playSession(): Promise<Exchanged[]> {
  let nowMs = START_MS;
  const keys = await keyPair(7);
  const exchange = new RecordedExchange({ now: () => nowMs, apiKey: keys.apiKey });
  const customer = new Customer(exchange, keys, () => nowMs);
  await placeOrders(customer);
  await readPublic(exchange);
  await readAccount(customer);
  exchange.setPrice("SOL_USDC_PERP", "120");
  await readAccount(customer);
  await endOrders(customer);
  await beRefused(customer);
  nowMs += 25 * 3_600_000;
  await send(exchange, "/api/v1/ticker?symbol=SOL_USDC");
  exchange.setMarketState("SOL_USDC", "Closed");
  await send(exchange, "/api/v1/depth?symbol=SOL_USDC");
  await customer.place({ ...SPOT, price: "100", quantity: "1" });
  return exchange.log;
}

async function placeOrders(customer: Customer): Promise<void> {
  const orders = [
    { ...SPOT, price: "130", quantity: "1", clientId: 1, postOnly: true },
    { ...SPOT, price: "139.99", quantity: "1", timeInForce: "IOC" },
    { ...SPOT, price: "140.05", quantity: "1", timeInForce: "IOC" },
    { ...SPOT, price: "140.05", quantity: "100000", timeInForce: "FOK" },
    { ...SPOT, orderType: "Market", quoteQuantity: "50" },
    { ...SPOT, orderType: "Market", side: "Ask", quantity: "0.5", clientId: 2 },
    {
      ...SPOT,
      orderType: "Market",
      quantity: "1",
      slippageTolerance: "1",
      slippageToleranceType: "Percent",
    },
    {
      ...PERP,
      price: "141",
      quantity: "2",
      stopLossTriggerPrice: "110",
      takeProfitTriggerPrice: "200",
    },
    { ...PERP, price: "139", quantity: "1", takeProfitTriggerPrice: "150" },
    { ...PERP, orderType: "Market", side: "Ask", quantity: "1", reduceOnly: true },
    { ...PERP, side: "Ask", price: "150", quantity: "1", reduceOnly: true },
    { ...PERP, orderType: "Market", quantity: "100000", symbol: "kPEPE_USDC_PERP" },
    { ...PERP, symbol: "kPEPE_USDC_PERP", price: "0.010001", quantity: "5100000" },
    { ...PERP, orderType: "Market", side: "Ask", triggerPrice: "125", triggerQuantity: "50%" },
    { ...PERP, price: "110", triggerPrice: "115", triggerQuantity: "1", triggerBy: "MarkPrice" },
    { ...PERP, side: "Ask", orderType: "Market", triggerPrice: "115", triggerQuantity: "1" },
  ];
  for (const order of orders) await customer.place(order);
  await customer.call("POST", "/api/v1/orders", [
    { ...SPOT, price: "120", quantity: "1" },
    { ...SPOT, price: "120", quantity: "100000" },
    { ...PERP, orderType: "Market", quantity: "1" },
  ]);
}

async function readPublic(exchange: PaperExchange): Promise<void> {
  const startTime = START_MS / 1000 - 120;
  for (
    const path of [
      "status",
      "ping",
      "time",
      "assets",
      "collateral",
      "markets",
      "markets?marketType=SPOT&marketType=PERP",
      "market?symbol=kPEPE_USDC_PERP",
      "ticker?symbol=SOL_USDC&interval=1w",
      "tickers",
      "depth?symbol=BTC_USDC&limit=20",
      "depth?symbol=BTC_USDC&limit=21",
      `klines?symbol=SOL_USDC&interval=1m&startTime=${startTime}`,
      `klines?symbol=SOL_USDC&interval=1M&startTime=${startTime}`,
      "trades?symbol=SOL_USDC",
      "trades/history?symbol=SOL_USDC&limit=2&offset=1",
      "markPrices",
      "markPrices?symbol=SOL_USDC",
      "markPrices?symbol=NOPE",
      "openInterest",
      "fundingRates?symbol=SOL_USDC_PERP&limit=3",
      "market?symbol=NOPE",
      "account",
    ]
  ) await send(exchange, `/api/v1/${path}`);
}

async function readAccount(customer: Customer): Promise<void> {
  await customer.get("/api/v1/account");
  for (const symbol of ["SOL_USDC", "SOL_USDC_PERP"]) {
    await customer.get("/api/v1/account/limits/order", { symbol, side: "Ask", price: "140" });
  }
  await customer.get("/api/v1/capital");
  await customer.get("/api/v1/capital/collateral");
  await customer.get("/api/v1/borrowLend/positions");
  await customer.get("/api/v1/position");
  await customer.get("/api/v1/position", { symbol: "BTC_USDC_PERP" });
  await customer.get("/api/v1/order", { symbol: "SOL_USDC", clientId: 1 });
  await customer.get("/api/v1/order", { symbol: "SOL_USDC", clientId: 2 });
  await customer.get("/api/v1/orders", {});
  const period = { from: START_MS, to: START_MS + 1, limit: 101, offset: 0 };
  await customer.get("/wapi/v1/capital/deposits", period);
  await customer.get("/wapi/v1/capital/deposits", { limit: 1001 });
  await customer.get("/wapi/v1/capital/withdrawals", period);
  await customer.get("/wapi/v1/capital/withdrawals", { from: "soon" });
  await customer.get("/wapi/v1/history/orders", { sortDirection: "Asc", limit: 1000 });
  await customer.get("/wapi/v1/history/fills", { fillType: "User", limit: 3, offset: 1 });
  const perpetual = { symbol: "SOL_USDC_PERP", limit: 101, offset: 0, sortDirection: "Desc" };
  await customer.get("/wapi/v1/history/funding", perpetual);
  await customer.get("/wapi/v1/history/funding", { symbol: "NOPE" });
  await customer.get("/wapi/v1/history/orders", { marketType: "PERP", orderId: "1" });
}

async function endOrders(customer: Customer): Promise<void> {
  const all = "/api/v1/orders";
  await customer.cancel({ symbol: "SOL_USDC", clientId: 1 });
  await customer.call("DELETE", all, { symbol: "SOL_USDC_PERP", orderType: "ConditionalOrder" });
  await customer.call("DELETE", all, { symbol: "SOL_USDC_PERP", orderType: "RestingLimitOrder" });
  await customer.call("DELETE", all, { symbol: "SOL_USDC" });
}

async function beRefused(customer: Customer): Promise<void> {
  await customer.cancel({ symbol: "SOL_USDC", orderId: "1" });
  await customer.cancel({ symbol: "SOL_USDC" });
  for (
    const order of [
      { ...SPOT, price: "130.001", quantity: "1" },
      { ...SPOT, price: "130", quantity: "1000" },
      { ...SPOT, price: "10", quantity: "1" },
      { ...SPOT, price: "141", quantity: "1", postOnly: true },
      { ...SPOT, side: "Buy" },
      { ...SPOT, symbol: "NOPE_USDC" },
      { ...PERP, orderType: "Market", quantity: "100000" },
    ]
  ) await customer.place(order);
  await customer.call("GET", "/api/v1/capital", {}, { "X-Window": "70000" });
  await customer.call("GET", "/api/v1/capital", {}, { "X-Signature": undefined });
  await customer.call("GET", "/wapi/v1/history/orders", {}, { "X-API-Key": undefined });
}
