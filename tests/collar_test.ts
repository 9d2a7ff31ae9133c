/**
 * The owner's price collar, through the real client: what passes by how little, and the whole
 * sentence that says by how much an order is worse than the market.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Desk, open as openDesk } from "./_desk.ts";
import { json } from "./_helpers.ts";
import { market, MARKET_ROUTES, type Route } from "./_routes.ts";

const VARIABLE = "BACKPACK_PRICE_COLLAR_PERCENT";
const ORDER = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "2" };
const MARKET = { symbol: "SOL_USDC", orderType: "Market", quantity: "200" };

function open(scripted: Record<string, Route> = {}): Promise<Desk> {
  return openDesk({ ...MARKET_ROUTES, ...scripted }, { limits: { priceCollarPercent: "5" } });
}

/** The collar's check in a preview: whether it passes, its sentence and its value. */
async function collar(desk: Desk, order: Record<string, unknown>): Promise<unknown[]> {
  const { structuredContent, content } = await desk.callTool("preview_order", order);
  const { checks } = structuredContent ?? { checks: [] };
  const check = checks.find((check: { check: string }) => check.check === VARIABLE);
  return check === undefined ? [content[0]?.text] : [check.ok, check.message, check.value];
}

Deno.test("the collar tells how much worse than the market a price is, on either side", async () => {
  const last = "the last, 140.05";
  const rows: [Record<string, unknown>, boolean, string, string][] = [
    [
      { side: "Bid", price: "147.06" },
      false,
      `price 147.06 is 5.01 % worse than ${last}; at most 147.05 passes the collar of 5 %`,
      "5.01 %",
    ],
    [
      { side: "Ask", price: "133.04" },
      false,
      `price 133.04 is 5.01 % worse than ${last}; at least 133.05 passes the collar of 5 %`,
      "5.01 %",
    ],
    [
      { side: "Ask", price: "138.00" },
      true,
      `price 138 is 1.47 % worse than ${last}; at least 133.05 passes the collar of 5 %`,
      "1.47 %",
    ],
    [
      { side: "Bid", price: "140.05" },
      true,
      `price 140.05 is not worse than ${last}; at most 147.05 passes the collar of 5 %`,
      "0 %",
    ],
    [
      { side: "Ask", price: "150.00" },
      true,
      `price 150 is not worse than ${last}; at least 133.05 passes the collar of 5 %`,
      "-7.11 %",
    ],
  ];
  await using desk = await open();
  for (const [changes, ...wanted] of rows) {
    assertEquals(await collar(desk, { ...ORDER, ...changes }), wanted, JSON.stringify(changes));
  }
});

Deno.test("a price that is worse by however little is not told as one that passes", async () => {
  const last = "the last, 140.05; at most 147.0525 passes the collar of 5 %";
  const rows: [string, boolean, string, string][] = [
    ["147.052501", false, `price 147.052501 is 5.01 % worse than ${last}`, "5.01 %"],
    ["140.050001", true, `price 140.050001 is 0.01 % worse than ${last}`, "0.01 %"],
  ];
  const filters = {
    price: { tickSize: "0.000001", minPrice: "0.000001" },
    quantity: { stepSize: "0.01", minQuantity: "0.01" },
  };
  await using desk = await open({
    "GET /api/v1/markets": () => json([market("SOL_USDC", { filters })]),
  });
  for (const [price, ...wanted] of rows) {
    assertEquals(await collar(desk, { ...ORDER, side: "Bid", price }), wanted);
  }
});

Deno.test("a Market order is held against how far it would go", async () => {
  await using desk = await open();
  assertEquals(await collar(desk, { ...MARKET, side: "Bid" }), [
    true,
    "it would fill up to 140.2, which is 0.11 % worse than the last, 140.05; " +
    "at most 147.05 passes the collar of 5 %",
    "0.11 %",
  ]);
  assertEquals(await collar(desk, { ...MARKET, side: "Ask" }), [
    true,
    "it would fill down to 139.9, which is 0.11 % worse than the last, 140.05; " +
    "at least 133.05 passes the collar of 5 %",
    "0.11 %",
  ]);
  assertEquals(await collar(desk, { ...MARKET, side: "Ask", quantity: "2000" }), [
    false,
    "it would fill down to 130, which is 7.18 % worse than the last, 140.05; " +
    "at least 133.05 passes the collar of 5 %",
    "7.18 %",
  ]);
});

Deno.test("a price that is on the bound passes", async () => {
  const ticker: Route = ({ query }) =>
    json({
      ...{ symbol: query.symbol, firstPrice: "139", lastPrice: "140", high: "141", low: "138" },
      ...{ priceChange: "1", priceChangePercent: "0.0072", volume: "10", quoteVolume: "1400" },
      trades: "5",
    });
  const depth: Route = () => json({ asks: [], bids: [], lastUpdateId: "1", timestamp: 1 });
  await using desk = await open({ "GET /api/v1/ticker": ticker, "GET /api/v1/depth": depth });
  const rows: [string, string, boolean][] = [
    ["Bid", "147.00", true],
    ["Bid", "147.01", false],
    ["Ask", "133.00", true],
    ["Ask", "132.99", false],
  ];
  for (const [side, price, isAllowed] of rows) {
    const [ok] = await collar(desk, { ...ORDER, side, price });
    assertEquals(ok, isAllowed, `${side} ${price}`);
  }
});
