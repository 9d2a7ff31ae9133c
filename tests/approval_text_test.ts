/**
 * What a person reads before saying yes, to the word: asked through the real client, read from the
 * journal, where the terminal gets it from.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { openQuestions } from "../lib/journal/approvals.ts";
import { Journal } from "../lib/journal/mod.ts";
import { open } from "./_desk.ts";
import { json, MEMORY, TestClock } from "./_helpers.ts";
import { MARKET_ROUTES, type Route } from "./_routes.ts";

const PERP = {
  ...{ symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Limit", price: "140.00" },
  ...{ quantity: "2", clientId: 7 },
};
const MARKET = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", clientId: 7 };
const NO_PRICES: Record<string, Route> = {
  "GET /api/v1/ticker": () => new Response(null, { status: 204 }),
  "GET /api/v1/depth": () => json({ asks: [], bids: [], lastUpdateId: "1", timestamp: 1 }),
};

/** The lines of the question about an order, without the reason at their end. */
async function question(
  order: Record<string, unknown>,
  scripted: Record<string, Route> = {},
): Promise<readonly string[]> {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const limits = { confirmAbove: "1", confirmBy: "terminal" } as const;
  await using desk = await open({ ...MARKET_ROUTES, ...scripted }, { clock, journal, limits });
  const { code, message } = await desk.callFailing("create_order", order);
  assertEquals(code, "approval_needed", message);
  return openQuestions(journal, clock.now())[0]?.lines.slice(0, -1) ?? [];
}

Deno.test("a question about a batch begins with how many orders its one yes is for", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const limits = { confirmAbove: "1", confirmBy: "terminal" } as const;
  await using desk = await open(MARKET_ROUTES, { clock, journal, limits });
  await desk.callFailing("create_orders", { orders: [PERP, { ...PERP, clientId: 8 }] });
  const order = [
    "LIVE BUY 2 SOL_USDC_PERP at a limit of 140.00",
    "140 is 0.03 % below the mark, 140.04",
  ];
  assertEquals(openQuestions(journal, clock.now())[0]?.lines.slice(0, -1), [
    "LIVE 2 orders at once: one yes is for all of them",
    ...[...order, "Counts as 280.1 USD; client id 7"],
    ...[...order, "Counts as 280.1 USD; client id 8"],
  ]);
});

Deno.test("a question tells the order, its distance from the mark price and its worth", async () => {
  const worth = "Counts as 280.1 USD; client id 7";
  const rows: [Record<string, unknown>, readonly string[]][] = [
    [PERP, [
      "LIVE BUY 2 SOL_USDC_PERP at a limit of 140.00",
      "140 is 0.03 % below the mark, 140.04",
      worth,
    ]],
    [{ ...PERP, price: "140.04" }, [
      "LIVE BUY 2 SOL_USDC_PERP at a limit of 140.04",
      "140.04 is exactly at the mark, 140.04",
      worth,
    ]],
    [{ ...PERP, side: "Ask", price: "140.10" }, [
      "LIVE SELL 2 SOL_USDC_PERP at a limit of 140.10",
      "140.1 is 0.05 % above the mark, 140.04",
      "Counts as 280.2 USD; client id 7",
    ]],
    [{ ...PERP, symbol: "SOL_USDC" }, [
      "LIVE BUY 2 SOL_USDC at a limit of 140.00",
      "140 is 0.08 % below the best ask, 140.1",
      worth,
    ]],
  ];
  for (const [order, wanted] of rows) {
    assertEquals(await question(order), wanted, JSON.stringify(order));
  }
});

Deno.test("a price beside another is not called exactly at it, however near", async () => {
  const depth = { asks: [["200000.1", "1"]], bids: [], lastUpdateId: "1", timestamp: 1 };
  const order = { ...PERP, symbol: "BTC_USDC", price: "200000.0", quantity: "0.001" };
  const [, distance] = await question(order, { "GET /api/v1/depth": () => json(depth) });
  assertEquals(distance, "200000 is 0.01 % below the best ask, 200000.1");
});

Deno.test("a question about a Market order tells what it would fill at", async () => {
  assertEquals(await question({ ...MARKET, quantity: "200" }), [
    "LIVE BUY 200 SOL_USDC at the market's price",
    // Half at 140.10, half at 140.20.
    "140.15 is 0.04 % above the best ask, 140.1",
    "Counts as 28030 USD; client id 7",
  ]);
  const [, third] = await question({ ...MARKET, quantity: "300" });
  assertEquals(third, "140.16666666 is 0.05 % above the best ask, 140.1");
  assertEquals(await question({ ...MARKET, side: "Ask", quoteQuantity: "500" }), [
    "LIVE SELL 500 USDC of SOL_USDC at the market's price",
    "140 is exactly at the best bid, 140",
    "Counts as 500.18 USD; client id 7",
  ]);
});

Deno.test("a question about a trigger tells what it waits for", async () => {
  const stop = {
    ...{ symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market", clientId: 7 },
    ...{ triggerPrice: "120.00", triggerQuantity: "2" },
  };
  assertEquals(await question(stop), [
    "LIVE SELL 2 SOL_USDC_PERP at the market's price, once MarkPrice reaches 120.00",
    "The mark is 140.04",
    "Counts as 280.1 USD; client id 7",
  ]);
  const limit = { ...stop, orderType: "Limit", price: "119.00", triggerBy: "LastPrice" };
  assertEquals(
    (await question(limit))[0],
    "LIVE SELL 2 SOL_USDC_PERP at a limit of 119.00, once " +
      "LastPrice reaches 120.00",
  );
  assertEquals(
    (await question({ ...stop, symbol: "SOL_USDC" }, NO_PRICES))[1],
    "The market tells no price to compare it with",
  );
});

Deno.test("a question tells every flag of the order, and at what its exits leave", async () => {
  const flags = { postOnly: true, reduceOnly: true, timeInForce: "GTC" };
  const exits = { takeProfitTriggerPrice: "150.00", stopLossTriggerPrice: "130.00" };
  const told = "GTC, post-only, reduce-only, takes profit at 150.00 (MarkPrice; at market), " +
    "stops at 130.00 (LastPrice; limit 129.00)";
  const legs = { stopLossLimitPrice: "129.00", stopLossTriggerBy: "LastPrice" };
  assertEquals((await question({ ...PERP, ...flags, ...exits, ...legs })).slice(3), [told]);
  const spot = { ...PERP, symbol: "SOL_USDC" };
  const lending = { autoBorrowRepay: true, autoLend: true, autoLendRedeem: true };
  assertEquals((await question({ ...spot, autoBorrow: true, ...lending })).slice(3), [
    "BORROWS if needed, repays debt, lends what is bought, takes back what is lent",
  ]);
  const slipping = { slippageTolerance: "0.5", slippageToleranceType: "Percent" };
  const own = { selfTradePrevention: "RejectMaker" };
  assertEquals((await question({ ...MARKET, quantity: "2", ...slipping, ...own })).slice(3), [
    "slips at most 0.5 %, cancels own orders that it meets",
  ]);
  assertEquals((await question({ ...spot, selfTradePrevention: "RejectTaker" })).slice(3), []);
});
