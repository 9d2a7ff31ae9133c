/**
 * Paper trading at the prices of another exchange: here a second simulated one, whose market maker
 * and customers move the prices.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { PaperStore } from "../lib/paper/store.ts";
import { API_KEY, connect, TestClock, until } from "./_helpers.ts";
import { type Answer, BASE_URL, Customer, keyPair, START_MS } from "./_paper.ts";

/** The exchange that is followed, somebody who trades there, and a paper account. */
class Scene implements Disposable {
  nowMs = START_MS;
  isDown = false;
  /** What was asked of the exchange: path, and the names of the headers. */
  readonly asked: [path: string, headers: string[]][] = [];
  /** Replies instead of the exchange's own, by path. */
  readonly instead = new Map<string, (url: URL) => unknown>();
  readonly origin: PaperExchange;
  readonly mover: Customer;
  readonly store = PaperStore.open(":memory:");
  readonly paper: PaperExchange;
  readonly trader: Customer;

  private constructor(keys: Awaited<ReturnType<typeof keyPair>>[]) {
    const [mover, trader] = keys as [typeof keys[0] & object, typeof keys[0] & object];
    const now = (): number => this.nowMs;
    const rich = { USDC: "100000000", SOL: "1000000", BTC: "1000" };
    this.origin = new PaperExchange({ now, apiKey: mover.apiKey, balances: rich });
    this.mover = new Customer(this.origin, mover, now);
    this.paper = this.another(trader.apiKey);
    this.trader = new Customer(this.paper, trader, now);
  }

  /** A process more, with the same account. */
  another(apiKey: string): PaperExchange {
    const after = (): () => void => () => {};
    const live = { baseUrl: BASE_URL, timeoutMs: 1000, after, fetch: this.#fetch.bind(this) };
    return new PaperExchange({ now: () => this.nowMs, apiKey, store: this.store, live });
  }

  static async open(): Promise<Scene> {
    return new Scene(await Promise.all([keyPair(21), keyPair(22)]));
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    this.asked.push([pathname, [...new Headers(init.headers).keys()]]);
    if (this.isDown) throw new TypeError("error sending request: client error (Connect): refused");
    const instead = this.instead.get(pathname);
    if (instead !== undefined) return Response.json(instead(new URL(url)));
    return await this.origin.fetch(url, init);
  }

  /** Lets more than a second pass, so that the next question looks again. */
  async look(path = "/api/v1/orders"): Promise<Answer> {
    this.nowMs += 1500;
    return await this.trader.call("GET", path);
  }

  async order(members: Record<string, unknown>): Promise<Answer> {
    return await this.trader.call("POST", "/api/v1/order", { ...LIMIT, ...members });
  }

  /** Somebody else's order on the exchange itself. */
  async move(members: Record<string, unknown>): Promise<void> {
    const answer = await this.mover.call("POST", "/api/v1/order", { ...LIMIT, ...members });
    assertEquals(answer.status, 200, answer.text);
  }

  async depth(
    symbol = "SOL_USDC",
  ): Promise<{ asks: [string, string][]; bids: [string, string][] }> {
    return (await this.mover.call("GET", "/api/v1/depth", { symbol, limit: 20 })).json;
  }

  [Symbol.dispose](): void {
    this.store.close();
  }
}

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" };
const MARKET = { orderType: "Market" };

/** A decimal in cents, for sums without rounding. */
function cents(text: string): number {
  return Math.round(Number(text) * 100);
}

Deno.test("a market order walks the live book level by level, at the fees of the exchange", async () => {
  using scene = await Scene.open();
  const { asks } = await scene.depth();
  const [[price1, size1], [price2]] = asks as [[string, string], [string, string]];
  const quantity = ((cents(size1) + 100) / 100).toFixed(2);
  const big = await scene.order({ ...MARKET, quantity });
  assertEquals([big.json.status, big.json.executedQuantity], ["Filled", String(Number(quantity))]);
  const fills = (await scene.look("/wapi/v1/history/fills")).json;
  assertEquals(
    fills.map((fill: Record<string, string>) => [fill.price, fill.quantity, fill.fee]),
    [[price2, "1", "0.001"], [price1, size1, String(cents(size1) / 100_000)]],
  );
  // What was taken of the second level is not there again; the exchange's own book is untouched.
  const next = await scene.order({ ...MARKET, quantity: "1" });
  assertEquals(next.json.executedQuoteQuantity, price2);
  assertEquals((await scene.depth()).asks, asks);
  // Once the book has changed, everything that it shows is there.
  await scene.move({ price: "130", quantity: "1" });
  const fresh = await scene.order({ ...MARKET, quantity: "1" });
  assertEquals(fresh.json.executedQuoteQuantity, price1);
});

Deno.test("what one process took of the book is taken for another one of the account", async () => {
  using scene = await Scene.open();
  const [[price1, size1], [price2]] = (await scene.depth()).asks as [
    [string, string],
    [string, string],
  ];
  await scene.order({ ...MARKET, quantity: size1 });
  const keys = await keyPair(24);
  const other = new Customer(scene.another(keys.apiKey), keys, () => scene.nowMs);
  const next = await other.call("POST", "/api/v1/order", { ...LIMIT, ...MARKET, quantity: "1" });
  assertEquals([next.json.status, next.json.executedQuoteQuantity], ["Filled", price2]);
  assertEquals(price1 === price2, false);
});

Deno.test("a level that crossed a resting order crosses it once, whoever looks", async () => {
  using scene = await Scene.open();
  await scene.order({ price: "139.5", quantity: "70" });
  await scene.move({ side: "Bid", orderType: "Market", quantity: "1" });
  const depth = await scene.depth();
  const book = { ...depth, asks: [["139.4", "3"]], bids: [["139", "5"]], lastUpdateId: "x1" };
  scene.instead.set("/api/v1/depth", () => book);
  const executed = async (customer: Customer): Promise<string> => {
    scene.nowMs += 1500;
    return (await customer.call("GET", "/api/v1/orders")).json[0].executedQuantity;
  };
  assertEquals(await executed(scene.trader), "3");
  const keys = await keyPair(25);
  const other = new Customer(scene.another(keys.apiKey), keys, () => scene.nowMs);
  assertEquals([await executed(other), await executed(scene.trader)], ["3", "3"]);
  scene.instead.set("/api/v1/depth", () => ({ ...book, lastUpdateId: "x2" }));
  assertEquals([await executed(other), await executed(scene.trader)], ["6", "6"]);
});

Deno.test("what the market did stands, even if the order that looked is refused", async () => {
  using scene = await Scene.open();
  await scene.order({ price: "138", quantity: "2" });
  scene.origin.setPrice("SOL_USDC", "137");
  assertEquals((await scene.order({ price: "136", quantity: "0.001" })).status, 400);
  assertEquals(scene.paper.openOrders(), []);
});

Deno.test("a resting order fills at its own price when the opposite best price crosses it", async () => {
  using scene = await Scene.open();
  const order = await scene.order({ price: "138", quantity: "2" });
  assertEquals(order.json.status, "New");
  assertEquals((await scene.look()).json.length, 1);
  scene.origin.setPrice("SOL_USDC", "137");
  assertEquals((await scene.look()).json, []);
  const [fill] = (await scene.look("/wapi/v1/history/fills")).json;
  assertEquals([fill.price, fill.quantity, fill.isMaker, fill.fee], ["138", "2", true, "0.0016"]);
});

Deno.test("a resting order fills by what traded through it, and no more", async () => {
  using scene = await Scene.open();
  await scene.order({ price: "139.99", quantity: "5" });
  const trade = (price: string, quantity: string, id: number): unknown => ({
    ...{ id, price, quantity, quoteQuantity: "0", timestamp: scene.nowMs, isBuyerMaker: true },
  });
  const first = await scene.trader.call("GET", "/api/v1/trades", { symbol: "SOL_USDC" });
  const trades = first.json;
  scene.instead.set("/api/v1/trades", () => trades);
  const newest = trades[0].id;
  trades.unshift(trade("139.99", "9", newest + 1));
  assertEquals(
    (await scene.look()).json[0].executedQuantity,
    "0",
    "at its price: a queue is there",
  );
  trades.unshift(trade("139.98", "2", newest + 2));
  assertEquals((await scene.look()).json[0].executedQuantity, "2");
  assertEquals((await scene.look()).json[0].executedQuantity, "2", "each trade counts once");
  trades.unshift(trade("139", "9", newest + 3));
  assertEquals((await scene.look()).json, []);
  const fills = (await scene.look("/wapi/v1/history/fills")).json;
  assertEquals(
    fills.map(({ price, quantity }: Record<string, string>) => [price, quantity]),
    [["139.99", "3"], ["139.99", "2"]],
  );
});

Deno.test("what traded while nobody looked counts by the candles between, and only once", async () => {
  using scene = await Scene.open();
  const trade = (id: number, timestamp: number): unknown => ({
    ...{ id, price: "140", quantity: "1", quoteQuantity: "140", timestamp, isBuyerMaker: true },
  });
  scene.instead.set("/api/v1/trades", () => [trade(1, START_MS)]);
  await scene.order({ price: "139", quantity: "5" });
  scene.nowMs += 10 * 60_000;
  const later = Array.from({ length: 1000 }, (_, index) => trade(9000 - index, scene.nowMs));
  scene.instead.set("/api/v1/trades", () => later);
  scene.instead.set("/api/v1/klines", ({ searchParams }) => {
    const times = ["startTime", "endTime"].map((name) => Number(searchParams.get(name)) * 1000);
    assertEquals([times, searchParams.get("interval"), searchParams.get("priceType")], [
      ...[[START_MS, START_MS + 9 * 60_000], "1m", "Last"],
    ]);
    const candle = { high: "141", low: "138.5", open: "140", close: "140", trades: "9" };
    const at = (time: string): unknown => ({ start: time, end: time, quoteVolume: "1" });
    return [
      { ...at("2026-09-23 12:03:00") as object, ...candle, volume: "2" },
      { ...at("2026-09-23 12:04:00") as object, ...candle, low: "139", volume: "2" },
      { ...at("2026-09-23 12:10:00") as object, ...candle, volume: "2" },
      {
        ...at("2026-09-23 12:05:00") as object,
        ...{ open: null, high: null, low: null, close: null, volume: "0", trades: "0" },
      },
    ];
  });
  assertEquals((await scene.look()).json[0].executedQuantity, "2");
  assertEquals((await scene.look()).json[0].executedQuantity, "2");
});

Deno.test("a perpetual has entry price, unrealised and realised profit at the live mark", async () => {
  using scene = await Scene.open();
  const symbol = "SOL_USDC_PERP";
  const { asks } = await scene.depth(symbol);
  await scene.order({ ...MARKET, symbol, quantity: "2" });
  const entry = asks[0]?.[0] ?? "";
  scene.origin.setPrice(symbol, "150");
  const [position] = (await scene.look("/api/v1/position")).json;
  const profit = String((15_000 - cents(entry)) * 2 / 100);
  assertEquals([position.entryPrice, position.markPrice, position.pnlUnrealized], [
    ...[entry, "150", profit],
  ]);
  const bid = (await scene.depth(symbol)).bids.at(-1)?.[0] ?? "";
  await scene.order({ ...MARKET, symbol, side: "Ask", quantity: "1", reduceOnly: true });
  const [left] = (await scene.look("/api/v1/position")).json;
  assertEquals([left.netQuantity, left.pnlRealized], [
    "1",
    String((cents(bid) - cents(entry)) / 100),
  ]);
});

Deno.test("funding is paid once at the exchange's times, by its rates", async () => {
  using scene = await Scene.open();
  const symbol = "SOL_USDC_PERP";
  await scene.order({ ...MARKET, symbol, quantity: "2" });
  const { available } = scene.paper.balance("USDC");
  const rates = [
    { symbol, fundingRate: "0.5", intervalEndTimestamp: "2026-09-23T15:00:00" },
    { symbol, fundingRate: "-0.0001", intervalEndTimestamp: "2026-09-23T14:00:00" },
    { symbol, fundingRate: "0.0003", intervalEndTimestamp: "2026-09-23T13:00:00" },
    { symbol, fundingRate: "0.5", intervalEndTimestamp: "2026-09-23T12:00:00" },
  ];
  scene.instead.set("/api/v1/fundingRates", () => rates);
  scene.instead.set("/api/v1/klines", ({ searchParams }) => {
    assertEquals([searchParams.get("priceType"), searchParams.get("interval")], ["Mark", "1m"]);
    const atMs = (Number(searchParams.get("endTime")) - 60) * 1000;
    const start = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
    const prices = { open: "140", high: "141", low: "139", close: "140" };
    return [{ start, end: start, ...prices, volume: "1", quoteVolume: "1", trades: "1" }];
  });
  scene.nowMs += 2 * 3_600_000 + 30_000;
  const expected = [
    ["SOL_USDC_PERP", "0.028", "2026-09-23T14:00:00", "-0.0001"],
    ["SOL_USDC_PERP", "-0.084", "2026-09-23T13:00:00", "0.0003"],
  ];
  for (let round = 0; round < 2; round++) {
    const { json } = await scene.look("/wapi/v1/history/funding");
    assertEquals(
      json.map((row: Record<string, string>) => [
        ...[row.symbol, row.quantity, row.intervalEndTimestamp, row.fundingRate],
      ]),
      expected,
    );
  }
  // Another process finds it paid.
  assertEquals(scene.store.load()?.funding.length, 2);
  const [position] = (await scene.look("/api/v1/position")).json;
  assertEquals(position.cumulativeFundingPayment, "-0.056");
  assertEquals(
    (Number(scene.paper.balance("USDC").available) - Number(available)).toFixed(3),
    "-0.056",
  );
});

Deno.test("a stop fires when the live price has been there, even if it came back", async () => {
  using scene = await Scene.open();
  const trigger = { triggerPrice: "139", triggerQuantity: "1", triggerBy: "LastPrice" };
  const stop = await scene.order({ ...MARKET, side: "Ask", ...trigger });
  assertEquals(stop.json.status, "TriggerPending", stop.text);
  const trades = (await scene.trader.call("GET", "/api/v1/trades", { symbol: "SOL_USDC" })).json;
  const trade = { quantity: "1", quoteQuantity: "0", timestamp: scene.nowMs, isBuyerMaker: true };
  trades.unshift({ id: trades[0].id + 1, price: "138.5", ...trade });
  trades.unshift({ id: trades[0].id + 1, price: "140", ...trade });
  scene.instead.set("/api/v1/trades", () => trades);
  assertEquals((await scene.look()).json, []);
  const [fill] = (await scene.look("/wapi/v1/history/fills")).json;
  assertEquals([fill.orderId, fill.quantity], [stop.json.id, "1"]);
});

for (
  const [triggerBy, prices] of [
    ["MarkPrice", { markPrice: "130", indexPrice: "150" }],
    ["IndexPrice", { markPrice: "150", indexPrice: "130" }],
  ] as const
) {
  Deno.test(`a stop watches the ${triggerBy} and no other`, async () => {
    using scene = await Scene.open();
    const symbol = "SOL_USDC_PERP";
    const marks = (row: Record<string, string>) => (): unknown => [{ symbol, ...row }];
    scene.instead.set("/api/v1/markPrices", marks({ markPrice: "140", indexPrice: "140" }));
    await scene.order({ ...MARKET, symbol, quantity: "1" });
    const trigger = { triggerPrice: "135", triggerQuantity: "100%", triggerBy };
    const stop = { ...MARKET, symbol, side: "Ask", reduceOnly: true, ...trigger };
    assertEquals((await scene.order(stop)).json.status, "TriggerPending");
    const other = { markPrice: prices.indexPrice, indexPrice: prices.markPrice };
    scene.instead.set("/api/v1/markPrices", marks(other));
    assertEquals((await scene.look()).json.length, 1);
    scene.instead.set(
      "/api/v1/markPrices",
      marks(prices),
    );
    await scene.look();
    scene.instead.set("/api/v1/markPrices", marks({ markPrice: "140", indexPrice: "140" }));
    assertEquals((await scene.look()).json, []);
  });
}

Deno.test("without the exchange there is no answer, no order and no made-up price", async () => {
  using scene = await Scene.open();
  await scene.order({ price: "130", quantity: "1" });
  scene.isDown = true;
  scene.nowMs += 1500;
  const order = (): Promise<unknown> => scene.order({ price: "131", quantity: "1" });
  await assertRejects(order, TypeError, "client error (Connect): no live prices");
  await assertRejects(() => scene.look(), TypeError, "no live prices for paper trading");
  scene.isDown = false;
  assertEquals((await scene.look()).json.length, 1);
  scene.instead.set("/api/v1/depth", () => ({ asks: "none" }));
  await assertRejects(order, TypeError, "its reply could not be read");
});

Deno.test("one odd market, or one that is closed, stops nothing else", async () => {
  using scene = await Scene.open();
  const read = async (path: string): Promise<unknown[]> =>
    (await scene.mover.call("GET", path)).json;
  for (const path of ["/api/v1/markets", "/api/v1/markPrices", "/api/v1/tickers"]) {
    const rows = await read(path);
    scene.instead.set(path, () => [{ symbol: "ODD", lastPrice: null }, ...rows]);
  }
  await scene.order({ price: "130", quantity: "1" });
  await scene.order({ symbol: "BTC_USDC", price: "50000", quantity: "0.01" });
  scene.origin.setMarketState("SOL_USDC", "Closed");
  assertEquals((await scene.look()).json.length, 2);
  scene.origin.setPrice("BTC_USDC", "49990");
  assertEquals((await scene.look()).json.length, 1);
});

Deno.test("the desk says that nothing was sent when there are no live prices", async () => {
  using scene = await Scene.open();
  const now = (): number => clock.now();
  const clock = new TestClock();
  scene.nowMs = clock.now();
  const live = {
    baseUrl: BASE_URL,
    timeoutMs: 1000,
    after: (): () => void => () => {},
    fetch: (url: string, init: RequestInit): Promise<Response> => {
      if (isDown && /depth/.test(url)) throw new TypeError("client error (Connect): tcp refused");
      return scene.origin.fetch(url, init);
    },
  };
  let isDown = false;
  const paper = new PaperExchange({ now, apiKey: API_KEY, store: scene.store, live });
  await using desk = await connect({ fetch: paper.fetch.bind(paper), clock, mode: "paper" });
  const limit = { ...LIMIT, price: "138.00", quantity: "1.00", clientId: 7 };
  const placed = await desk.callTool("create_order", limit);
  assertEquals(
    placed.content[0]?.text,
    "PAPER BUY 1.00 SOL_USDC @ 138.00 GTC: New, 0/1.00 filled",
  );
  isDown = true;
  const error = await desk.callFailing("create_order", { ...limit, quantity: "2.00", clientId: 8 });
  assertEquals([error.code, error.outcome], ["unavailable", "not_placed"]);
  assertMatch(error.message, /no live prices for paper trading/);
});

Deno.test("nothing signed leaves: no header, and no path of the account's", async () => {
  using scene = await Scene.open();
  await scene.order({ price: "130", quantity: "1" });
  await scene.look("/api/v1/capital");
  await scene.trader.call("GET", "/api/v1/markets");
  assertEquals(scene.asked.filter(([, headers]) => headers.length > 0), []);
  assertEquals([...new Set(scene.asked.map(([path]) => path))].sort(), [
    "/api/v1/collateral",
    "/api/v1/depth",
    "/api/v1/markPrices",
    "/api/v1/markets",
    "/api/v1/tickers",
    "/api/v1/trades",
  ]);
});

Deno.test("public data is the exchange's own, byte for byte", async () => {
  using scene = await Scene.open();
  for (const path of ["markets", "tickers", "depth?symbol=SOL_USDC&limit=5", "nowhere"]) {
    const url = `${BASE_URL}/api/v1/${path}`;
    const [mine, theirs] = [await scene.paper.fetch(url), await scene.origin.fetch(url)];
    assertEquals([mine.status, await mine.text()], [theirs.status, await theirs.text()]);
  }
});

Deno.test("open orders are looked after without a request", async () => {
  using scene = await Scene.open();
  const timers: (() => void)[] = [];
  scene.paper.watch((_delayMs, callback) => timers.push(callback));
  const tick = async (): Promise<void> => {
    scene.nowMs += 2000;
    timers.shift()?.();
    await until(() => timers.length > 0);
  };
  await tick();
  assertEquals(scene.asked, []);
  await scene.order({ price: "138", quantity: "2" });
  scene.origin.setPrice("SOL_USDC", "137");
  scene.isDown = true;
  await tick();
  scene.isDown = false;
  await tick();
  assertEquals(scene.paper.openOrders(), []);
  assertMatch(scene.paper.balance("SOL").available, /^26\.99/);
});
