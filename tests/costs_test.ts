/**
 * What an order would cost, through a preview by the real client: what fills at once and what rests,
 * each with its fee, and whether the balance is enough, to the last decimal.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type Desk, open as openDesk } from "./_desk.ts";
import { json } from "./_helpers.ts";
import { MARKET_ROUTES } from "./_routes.ts";

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" };
const MARKET = { ...LIMIT, orderType: "Market" };

/** Fees of 10.25 and 8.1 basis points on spot markets, a leverage of 3. */
function open(available = "100000"): Promise<Desk> {
  const fees = { spotTakerFee: "10.25", spotMakerFee: "8.1" };
  const perpetual = { futuresTakerFee: "5", futuresMakerFee: "2", leverageLimit: "3" };
  const held = { available, locked: "0", staked: "0" };
  return openDesk({
    ...MARKET_ROUTES,
    "GET /api/v1/account": () => json({ ...fees, ...perpetual }),
    "GET /api/v1/capital": () => json({ USDC: held, SOL: held }),
    "GET /api/v1/capital/collateral": () => json({ netEquityAvailable: available, collateral: [] }),
  });
}

// deno-lint-ignore no-explicit-any
async function preview(desk: Desk, order: Record<string, unknown>): Promise<any> {
  const { structuredContent, content } = await desk.callTool("preview_order", order);
  if (structuredContent === undefined) throw new Error(content[0]?.text);
  return { ...structuredContent, line: content[0]?.text };
}

Deno.test("what crosses the book pays as taker, what rests as maker", async () => {
  const rows: [Record<string, unknown>, string | undefined, string, string][] = [
    // The order; what fills at once and at which average; the fees of that and of the rest.
    [{ price: "140.20", quantity: "150" }, "150 at 140.13333333, at worst 140.2", "21.5455", "0"],
    [{ price: "140.10", quantity: "150" }, "100 at 140.1, at worst 140.1", "14.36025", "5.67405"],
    [{ price: "140.05", quantity: "0.01" }, undefined, "0", "0.00113441"],
    [{ price: "140.10", quantity: "0.01" }, "0.01 at 140.1, at worst 140.1", "0.00143603", "0"],
    [
      { price: "140.10", quantity: "150", timeInForce: "IOC" },
      "100 at 140.1, at worst 140.1",
      ...["14.36025", "0"] as const,
    ],
    [{ price: "140.20", quantity: "10", postOnly: true }, undefined, "0", "1.13562"],
    [
      { side: "Ask", price: "139.90", quantity: "150" },
      "150 at 139.96666666, at worst 139.9",
      ...["21.519875", "0"] as const,
    ],
    [
      { side: "Ask", price: "140.00", quantity: "150" },
      "100 at 140, at worst 140",
      ...["14.35", "5.67"] as const,
    ],
  ];
  await using desk = await open();
  for (const [changes, filled, atOnce, resting] of rows) {
    const { fill, fee } = await preview(desk, { ...LIMIT, ...changes });
    const told = fill && `${fill.quantity} at ${fill.averagePrice}, at worst ${fill.worstPrice}`;
    assertEquals(
      [told, fee],
      [filled, { atOnce, resting, asset: "USDC" }],
      JSON.stringify(changes),
    );
  }
});

Deno.test("a Market order takes what a level has, and no more of the next than it must", async () => {
  const rows: [Record<string, unknown>, string, string][] = [
    [{ quantity: "100" }, "100", "140.1"],
    [{ quantity: "100.01" }, "100.01", "140.2"],
    [{ quoteQuantity: "500" }, "3.56887937", "140.1"],
    [{ quoteQuantity: "14010" }, "100", "140.1"],
  ];
  await using desk = await open();
  for (const [changes, quantity, worstPrice] of rows) {
    const { fill, fee } = await preview(desk, { ...MARKET, ...changes });
    assertEquals([fill.quantity, fill.worstPrice, fee.resting], [quantity, worstPrice, "0"]);
  }
});

Deno.test("a balance that is just enough is enough", async () => {
  const perpetual = { ...LIMIT, symbol: "SOL_USDC_PERP", price: "140.00", quantity: "2" };
  const rows: [string, Record<string, unknown>, string, boolean][] = [
    ["280", { ...LIMIT, price: "140.00", quantity: "2" }, "280", true],
    ["279.99", { ...LIMIT, price: "140.00", quantity: "2" }, "280", false],
    // Two at the last price, 140.05, by three.
    ["93.36666667", perpetual, "93.36666667", true],
    ["93.36", perpetual, "93.36666667", false],
  ];
  for (const [available, order, needed, isEnough] of rows) {
    await using desk = await open(available);
    const { balance } = await preview(desk, order);
    assertEquals([balance.needed, balance.isEnough], [needed, isEnough], available);
  }
});

Deno.test("a preview says where the exchange would refuse what the desk would send", async () => {
  const rows: [Record<string, unknown>, RegExp | undefined][] = [
    [
      { price: "140.10", postOnly: true },
      /postOnly, and 140.10 matches the best ask, 140.1, at once/,
    ],
    [{ price: "140.09", postOnly: true }, undefined],
    [{ price: "140.10" }, undefined],
    [{ side: "Ask", price: "140.00", postOnly: true }, /140.00 matches the best bid, 140, at once/],
    [{ side: "Ask", price: "140.01", postOnly: true }, undefined],
    [{ price: "140.00", quantity: "3" }, /It needs 420 USDC, and 300 is available/],
  ];
  await using desk = await open("300");
  for (const [changes, note] of rows) {
    const told = await preview(desk, { ...LIMIT, quantity: "1", ...changes });
    const { wouldSend, line } = told;
    const notes = told.notes.filter((text: string) => !text.startsWith("The largest"));
    assertEquals([wouldSend, notes.length], [true, note === undefined ? 0 : 1], line);
    if (note !== undefined) { for (const text of [notes[0], line]) assertMatch(text, note); }
  }
});
