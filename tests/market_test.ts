/**
 * The market tools, through the real client: over scripted answers for what the exchange is known
 * to do, and on the simulated exchange.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { json } from "./_helpers.ts";
import { ask, open, queries, type Value } from "./_market.ts";
import { market, refusal, type Route } from "./_routes.ts";

const LISTED: Record<string, Route> = {
  "GET /api/v1/markets": () =>
    json([
      market("SOL_USDC_PERP"),
      market("SOL_USDC"),
      market("kPEPE_USDC_PERP"),
      market("BTC_USDT", { orderBookState: "Closed" }),
      market("OLD_USDC", { visible: false }),
    ]),
};

Deno.test("list_markets sorts by symbol and shows what an order must keep to", async () => {
  const { line, value } = await ask(LISTED, "list_markets", { marketType: "SPOT" });
  assertEquals(value, {
    markets: [{
      symbol: "SOL_USDC",
      baseSymbol: "SOL",
      quoteSymbol: "USDC",
      marketType: "SPOT",
      orderBookState: "Open",
      tickSize: "0.01",
      stepSize: "0.01",
      minQuantity: "0.01",
    }],
    total: 1,
    otherStates: { Closed: 1, hidden: 1 },
    desk: { mode: "live" },
  });
  assertEquals(line, "LIVE 1 market: SOL_USDC; not shown: 1 Closed, 1 hidden");
});

Deno.test("a market that can't be read closes no other, and is named", async () => {
  const filters = (tickSize: unknown, stepSize: unknown): unknown => ({
    filters: { price: { tickSize }, quantity: { stepSize } },
  });
  const odd = [
    ...[filters("0", "1"), filters("-1", "1"), filters(null, "1"), filters("1e-8", "1")],
    ...[filters("1", "0"), { filters: null }, { quoteSymbol: null }],
  ];
  for (const changes of odd) {
    await using desk = await open({
      ...LISTED,
      "GET /api/v1/markets": () =>
        json([market("SOL_USDC"), market("ODD_USDC", changes as Record<string, unknown>)]),
    });
    const { structuredContent, content } = await desk.callTool("list_markets");
    const { markets, unreadable } = structuredContent;
    assertEquals([markets.length, unreadable], [1, ["ODD_USDC"]]);
    assertEquals(content[0]?.text, "LIVE 1 market: SOL_USDC; could not be read: ODD_USDC");
    const { code, outcome, message } = await desk.callFailing("preview_order", {
      ...{ symbol: "ODD_USDC", side: "Bid", orderType: "Limit", price: "1", quantity: "1" },
    });
    assertEquals([code, outcome], ["bad_reply", undefined]);
    assertMatch(message, /What the exchange says of ODD_USDC could not be read/);
  }
});

Deno.test("markets of which none can be read are no answer", async () => {
  for (const rows of [[market("ODD_USDC", { filters: null })], [{ ...LISTED }], [5]]) {
    await using desk = await open({ "GET /api/v1/markets": () => json(rows) });
    assertEquals((await desk.callFailing("list_markets", {})).code, "bad_reply");
  }
});

Deno.test("list_markets narrows by type, quote, search and status, in any case", async () => {
  const rows: [Record<string, string>, string[]][] = [
    [{}, ["SOL_USDC", "SOL_USDC_PERP", "kPEPE_USDC_PERP"]],
    [{ marketType: "PERP" }, ["SOL_USDC_PERP", "kPEPE_USDC_PERP"]],
    [{ search: "KPEPE" }, ["kPEPE_USDC_PERP"]],
    [{ quote: "usdt", status: "Closed" }, ["BTC_USDT"]],
    [{ status: "ALL", marketType: "SPOT" }, ["BTC_USDT", "OLD_USDC", "SOL_USDC"]],
    [{ quote: "EUR" }, []],
  ];
  for (const [args, expected] of rows) {
    const { value } = await ask(LISTED, "list_markets", args);
    assertEquals(value.markets.map(({ symbol }: Value) => symbol), expected);
  }
});

Deno.test("list_markets cuts a long answer and says how to narrow it", async () => {
  const many = Array.from({ length: 120 }, (_, index) => market(`A${index + 100}_USDC`));
  const { line, value } = await ask({ "GET /api/v1/markets": () => json(many) }, "list_markets");
  assertEquals([value.markets.length, value.total], [50, 120]);
  assertEquals(value.markets.at(-1).symbol, "A149_USDC");
  assertEquals(
    line,
    "LIVE 50 of 120 markets; Only the first 50 by symbol: narrow with search, quote or marketType",
  );
});

Deno.test("list_markets names the closest when nothing matches", async () => {
  const { value } = await ask(LISTED, "list_markets", { search: "SOLL" });
  assertEquals([value.markets, value.note], [[], "Closest known names: SOL, OLD"]);
});

/** A day's row: how the price moved, as a fraction, and the volume in the quote asset. */
const day = (symbol: string, priceChangePercent: string, quoteVolume: string): object => ({
  ...TICKER,
  ...{ symbol, priceChangePercent, quoteVolume },
});

Deno.test("list_markets ranks what was traded, rose or fell within 24 hours, narrowed like the rest", async () => {
  const markets = ["A_USDC", "B_USDC", "C_USDC", "D_USDC_PERP", "E_USDC", "F_EUR"];
  const scripted = {
    "GET /api/v1/markets": () => json(markets.map((symbol) => market(symbol))),
    "GET /api/v1/tickers": () =>
      json([
        day("A_USDC", "-0.05", "9.5"),
        day("B_USDC", "0.021", "100"),
        day("D_USDC_PERP", "0.3", "20"),
        // No trade, and a change that is no number.
        { ...day("E_USDC", "N/A", "0"), lastPrice: "0" },
        day("F_EUR", "0", "50"),
        day("GONE_USDC", "0.9", "1000"),
      ]),
  };
  const rows: [Record<string, string>, readonly string[]][] = [
    [{ sort: "volume" }, ["B_USDC", "F_EUR", "D_USDC_PERP", "A_USDC"]],
    [{ sort: "volume", quote: "USDC", marketType: "SPOT" }, ["B_USDC", "A_USDC"]],
    [{ sort: "gainers" }, ["D_USDC_PERP", "B_USDC"]],
    [{ sort: "losers" }, ["A_USDC"]],
  ];
  for (const [args, wanted] of rows) {
    const { value } = await ask(scripted, "list_markets", args);
    const symbols = value.markets.map(({ symbol }: { symbol: string }) => symbol);
    assertEquals([symbols, value.total], [wanted, wanted.length], JSON.stringify(args));
  }
  const { line, value } = await ask(scripted, "list_markets", { sort: "volume" });
  assertEquals(value.markets[3].changePercent, "-5");
  assertEquals(
    line,
    "LIVE 4 markets: B_USDC 101.04 +2.10%, F_EUR 101.04 0.00%, D_USDC_PERP 101.04 +30.00%, " +
      "A_USDC 101.04 -5.00%; quoteVolume is in each market's own quoteSymbol",
  );
});

Deno.test("list_markets shows the first 20 of a ranking, and says of how many", async () => {
  const symbols = Array.from({ length: 30 }, (_, index) => `A${index + 10}_USDC`);
  const scripted = {
    "GET /api/v1/markets": () => json(symbols.map((symbol) => market(symbol))),
    "GET /api/v1/tickers": () =>
      json(symbols.map((symbol, index) => day(symbol, "0.01", `${index + 1}`))),
  };
  const { line, value } = await ask(scripted, "list_markets", { sort: "volume" });
  assertEquals([value.markets.length, value.total, value.markets[0].symbol], [20, 30, "A39_USDC"]);
  assertMatch(line ?? "", /^LIVE 20 of 30 markets: A39_USDC 101.04 \+1.00%, /);
});

const TICKER = {
  symbol: "SOL_USDC",
  firstPrice: "102.67",
  high: "104.96",
  lastPrice: "101.04",
  low: "100.57",
  priceChange: "-1.63",
  priceChangePercent: "-0.015876",
  quoteVolume: "1175485.13",
  trades: "3858",
  volume: "11469.17",
};

Deno.test("get_ticker turns the exchange's fraction into percent", async () => {
  const { line, value } = await ask({ "GET /api/v1/ticker": () => json(TICKER) }, "get_ticker", {
    symbol: "SOL_USDC",
  });
  assertEquals(value, {
    symbol: "SOL_USDC",
    interval: "1d",
    hasTraded: true,
    lastPrice: "101.04",
    firstPrice: "102.67",
    high: "104.96",
    low: "100.57",
    change: "-1.63",
    changePercent: "-1.5876",
    volume: "11469.17",
    quoteVolume: "1175485.13",
    trades: "3858",
    desk: { mode: "live" },
  });
  assertEquals(
    line,
    "LIVE SOL_USDC 101.04 USDC, -1.59% in 24 h; low 100.57, high 104.96; " +
      "volume 11469.17 SOL = 1175485.13 USDC",
  );
});

Deno.test("get_ticker shows no price of another market", async () => {
  const other = { ...TICKER, symbol: "BTC_USDC" };
  await using desk = await open({ "GET /api/v1/ticker": () => json(other) });
  assertEquals((await desk.callFailing("get_ticker", { symbol: "SOL_USDC" })).code, "bad_reply");
});

Deno.test("get_ticker asks for the week, and works without a key", async () => {
  const args = { symbol: "SOL_USDC", interval: "1w" };
  const { line, routes } = await ask(
    { "GET /api/v1/ticker": () => json(TICKER) },
    "get_ticker",
    args,
  );
  assertEquals(queries(routes, "GET /api/v1/ticker"), [args]);
  assertMatch(line ?? "", /-1.59% in 7 days/);
});

Deno.test("get_ticker computes the change where the exchange writes N/A", async () => {
  const scripted = {
    "GET /api/v1/ticker": () => json({ ...TICKER, priceChangePercent: "N/A" }),
  };
  const { value } = await ask(scripted, "get_ticker", { symbol: "SOL_USDC" });
  assertEquals(value.changePercent, "-1.5876");
});

Deno.test("get_ticker shows no price where nothing was traded: 204 or a row of zeros", async () => {
  const silent = Object.fromEntries(Object.keys(TICKER).map((key) => [key, "0"]));
  const replies: Route[] = [
    () => new Response(null, { status: 204 }),
    () => json({ ...silent, symbol: "SOL_USDC", priceChangePercent: "N/A" }),
  ];
  for (const reply of replies) {
    const { line, value } = await ask({ "GET /api/v1/ticker": reply }, "get_ticker", {
      symbol: "SOL_USDC",
    });
    assertEquals(value, {
      symbol: "SOL_USDC",
      interval: "1d",
      hasTraded: false,
      volume: "0",
      quoteVolume: "0",
      trades: "0",
      desk: { mode: "live" },
    });
    assertEquals(line, "LIVE SOL_USDC: no trade in the last 24 h");
  }
});

Deno.test("get_ticker takes an empty 200 or a JSON null for no answer at all", async () => {
  for (const body of ["", "null", "<html>"]) {
    await using desk = await open({ "GET /api/v1/ticker": () => new Response(body) });
    const error = await desk.callFailing("get_ticker", { symbol: "SOL_USDC" });
    assertEquals(error.code, "bad_reply", body);
  }
});

Deno.test("get_ticker answers an unknown symbol with the closest known ones", async () => {
  await using desk = await open({});
  const error = await desk.callFailing("get_ticker", { symbol: "KPEPE_USDC_PERP" });
  assertEquals([error.code, error.closest[0]], ["invalid_input", "kPEPE_USDC_PERP"]);
  assertMatch(error.hint, /Upper and lower case matter/);
});

const PERP = market("SOL_USDC_PERP", { fundingInterval: 3600000 });
const MARKED: Record<string, Route> = {
  "GET /api/v1/markets": () => json([PERP, market("BTC_USDC_PERP"), market("SOL_USDC")]),
  "GET /api/v1/markPrices": ({ query }) =>
    json([
      {
        symbol: "SOL_USDC_PERP",
        markPrice: "140.10",
        indexPrice: "140.0625",
        fundingRate: "0.0000125",
        nextFundingTimestamp: 1767229200000,
      },
      { symbol: "BTC_USDC_PERP", markPrice: "86646", indexPrice: null, fundingRate: null },
    ].filter(({ symbol }) => query.symbol === undefined || query.symbol === symbol)),
};

Deno.test("get_mark_price writes funding in percent, with its interval and a year of it", async () => {
  const { line, value, routes } = await ask(MARKED, "get_mark_price", { symbol: "SOL_USDC_PERP" });
  assertEquals(value.markets, [{
    symbol: "SOL_USDC_PERP",
    markPrice: "140.10",
    indexPrice: "140.0625",
    fundingPercent: "0.00125",
    fundingPercentPerYear: "10.95",
    fundingIntervalMs: 3600000,
    nextFundingMs: 1767229200000,
    nextFunding: "2026-01-01T01:00:00Z",
  }]);
  assertEquals(
    line,
    "LIVE SOL_USDC_PERP mark 140.10, index 140.0625; funding 0.00125% an hour, +10.95% a year; " +
      "next 2026-01-01T01:00:00Z",
  );
  assertEquals(queries(routes, "GET /api/v1/markPrices"), [{ symbol: "SOL_USDC_PERP" }]);
});

Deno.test("get_mark_price lists all by symbol, and makes up no funding", async () => {
  const { line, value } = await ask(MARKED, "get_mark_price");
  assertEquals(value.markets[0], { symbol: "BTC_USDC_PERP", markPrice: "86646" });
  assertEquals(value.markets.map(({ symbol }: Value) => symbol), [
    "BTC_USDC_PERP",
    "SOL_USDC_PERP",
  ]);
  assertEquals(line, "LIVE 2 mark prices");
});

Deno.test("get_mark_price answers about the symbol asked for, whatever else arrives", async () => {
  const rows = ["BTC_USDC_PERP", "SOL_USDC_PERP"].map((symbol) => ({ symbol, markPrice: "1" }));
  const scripted = { ...MARKED, "GET /api/v1/markPrices": () => json(rows) };
  const one = await ask(scripted, "get_mark_price", { symbol: "SOL_USDC_PERP" });
  assertEquals(one.value.markets.map(({ symbol }: Value) => symbol), ["SOL_USDC_PERP"]);
  const none = { ...MARKED, "GET /api/v1/markPrices": () => json([]) };
  const { line } = await ask(none, "get_mark_price", { symbol: "SOL_USDC_PERP" });
  assertEquals(line, "LIVE no mark price");
});

Deno.test("get_mark_price gives no yearly rate without a funding interval", async () => {
  const row = { symbol: "BTC_USDC_PERP", markPrice: "1", fundingRate: "-0.0001" };
  const scripted = { ...MARKED, "GET /api/v1/markPrices": () => json([row]) };
  const { line, value } = await ask(scripted, "get_mark_price", { symbol: "BTC_USDC_PERP" });
  assertEquals(value.markets, [{
    symbol: "BTC_USDC_PERP",
    markPrice: "1",
    fundingPercent: "-0.01",
  }]);
  assertEquals(line, "LIVE BTC_USDC_PERP mark 1; funding -0.01% an interval");
});

Deno.test("get_mark_price says what to use for a spot market", async () => {
  await using desk = await open(MARKED);
  const error = await desk.callFailing("get_mark_price", { symbol: "SOL_USDC" });
  assertEquals(error.code, "invalid_input");
  assertEquals(error.message, "SOL_USDC is a spot market: it has no mark price and no funding");
  assertMatch(error.hint, /get_ticker.*get_depth.*SOL_USDC_PERP for the perpetual/);
  assertEquals(queries(desk.exchange, "GET /api/v1/markPrices"), []);
});

Deno.test("get_mark_price tells the state of a market that the exchange refuses", async () => {
  await using desk = await open({
    "GET /api/v1/markets": () => json([market("OLD_USDC_PERP", { orderBookState: "Closed" })]),
    "GET /api/v1/markPrices": () => refusal("INVALID_CLIENT_REQUEST", "Symbol not found"),
  });
  const error = await desk.callFailing("get_mark_price", { symbol: "OLD_USDC_PERP" });
  assertEquals([error.code, error.hint], [
    "rejected",
    "The market is Closed; list_markets lists open ones",
  ]);
});

Deno.test("the market tools ask about a symbol even when the list of markets can't be had", async () => {
  const scripted = {
    "GET /api/v1/markets": () => json({ code: "SERVER_ERROR", message: "No" }, 500),
    "GET /api/v1/ticker": () => json(TICKER),
  };
  const { value } = await ask(scripted, "get_ticker", { symbol: "SOL_USDC" });
  assertEquals(value.lastPrice, "101.04");
});
