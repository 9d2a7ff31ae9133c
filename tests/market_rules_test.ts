/**
 * What a market demands of an order, through the real client: at each bound and beside it, and the
 * nearest values that would do.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Limits } from "../lib/limit_settings.ts";
import { type Desk, open as openDesk } from "./_desk.ts";
import { json } from "./_helpers.ts";
import { market, MARKET_ROUTES } from "./_routes.ts";

const BOUNDED = market("SOL_USDC", {
  filters: {
    price: { tickSize: "0.05", minPrice: "1.02", maxPrice: "200.01" },
    quantity: { stepSize: "0.5", minQuantity: "1", maxQuantity: "10" },
  },
});
const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "140", quantity: "2" };

function open(limits: Partial<Limits> = {}): Promise<Desk> {
  const scripted = { ...MARKET_ROUTES, "GET /api/v1/markets": () => json([BOUNDED]) };
  return openDesk(scripted, { limits });
}

Deno.test("a price and a quantity keep to the market's bounds and steps, and to them exactly", async () => {
  const rows: [Record<string, string>, string | undefined][] = [
    [{ quantity: "1" }, undefined],
    [{ quantity: "10" }, undefined],
    [{ price: "200" }, undefined],
    [{ price: "1.05" }, undefined],
    [{ quantity: "0.5" }, "quantity 0.5 is below the minimum 1: use 1.0"],
    [{ quantity: "10.5" }, "quantity 10.5 is above the maximum 10: use 10.0"],
    [{ quantity: "1.25" }, "quantity 1.25 is not a multiple of 0.5: use 1.0 or 1.5"],
    [{ price: "1" }, "price 1 is below the minimum 1.02: use 1.05"],
    [{ price: "200.05" }, "price 200.05 is above the maximum 200.01: use 200.00"],
    [{ price: "1.03" }, "price 1.03 is not a multiple of 0.05: use 1.05"],
    [{ price: "200.01" }, "price 200.01 is not a multiple of 0.05: use 200.00"],
  ];
  await using desk = await open();
  for (const [changes, problem] of rows) {
    const { structuredContent } = await desk.callTool("preview_order", { ...LIMIT, ...changes });
    const [first] = structuredContent.checks;
    const told = first.ok ? undefined : first.message;
    assertEquals(told, problem, JSON.stringify(changes));
  }
});

Deno.test("suggestions are complete orders, every way of putting the nearest values in", async () => {
  await using desk = await open();
  const order = { ...LIMIT, price: "140.01", quantity: "1.25" };
  const { suggestions, hint } = await desk.callFailing("create_order", order);
  assertEquals(hint, "Nothing was sent; each of suggestions is a complete set of arguments");
  assertEquals(suggestions.map((told: typeof LIMIT) => [told.price, told.quantity]), [
    ["140.00", "1.0"],
    ["140.00", "1.5"],
    ["140.05", "1.0"],
    ["140.05", "1.5"],
  ]);
});

Deno.test("nothing is suggested where no other value would do", async () => {
  await using desk = await open();
  const order = { ...LIMIT, price: "140.01", reduceOnly: true };
  const error = await desk.callFailing("create_order", order);
  assertEquals([error.code, error.suggestions ?? []], ["invalid_input", []]);
  assertEquals(error.hint, "Nothing was sent; correct the arguments");
  // Nothing is no price, though it is a multiple of the step.
  const fromZero = market("SOL_USDC", {
    filters: {
      price: { tickSize: "0.05", minPrice: "0" },
      quantity: { stepSize: "0.5", minQuantity: "0.5" },
    },
  });
  await using low = await openDesk({
    ...MARKET_ROUTES,
    "GET /api/v1/markets": () => json([fromZero]),
  });
  const next = await low.callFailing("create_order", { ...LIMIT, price: "0.03" });
  assertMatch(next.message, /price 0\.03 is not a multiple of 0\.05: use 0\.05$/);
  // Between these bounds lies no multiple of the step.
  const filters = {
    price: { tickSize: "0.05", minPrice: "1.01", maxPrice: "1.04" },
    quantity: { stepSize: "0.5", minQuantity: "1", maxQuantity: "10" },
  };
  const scripted = { "GET /api/v1/markets": () => json([market("SOL_USDC", { filters })]) };
  await using narrow = await openDesk({ ...MARKET_ROUTES, ...scripted });
  const none = await narrow.callFailing("create_order", { ...LIMIT, price: "1.02" });
  assertMatch(none.message, /price 1\.02 is not a multiple of 0\.05$/);
  assertEquals(none.suggestions ?? [], []);
});

Deno.test("a market whose state is not known takes no orders, whatever the state is called", async () => {
  for (const state of ["Paused", "constructor", "toString"]) {
    const scripted = {
      "GET /api/v1/markets": () => json([market("SOL_USDC", { orderBookState: state })]),
    };
    await using desk = await openDesk({ ...MARKET_ROUTES, ...scripted });
    const error = await desk.callFailing("create_order", LIMIT);
    assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"], state);
    assertEquals(error.message.includes(`SOL_USDC is ${state} and takes no orders`), true, state);
  }
});

Deno.test("only what an order needs is asked: of a book as much as it may take", async () => {
  await using desk = await openDesk(MARKET_ROUTES, { limits: { priceCollarPercent: "5" } });
  const rows: [Record<string, unknown>, string, string[]][] = [
    [{ ...LIMIT }, "5", []],
    [{ ...LIMIT, symbol: "SOL_USDC_PERP" }, "5", ["SOL_USDC_PERP"]],
    [{ symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "2" }, "1000", []],
  ];
  for (const [order, levels, marks] of rows) {
    desk.exchange.received.length = 0;
    await desk.callTool("create_order", order);
    const queries = (route: string): Record<string, string>[] =>
      desk.exchange.received.filter((request) => request.route === route).map(({ query }) => query);
    const about = JSON.stringify(order);
    assertEquals(queries("GET /api/v1/depth").map(({ limit }) => limit), [levels], about);
    assertEquals(queries("GET /api/v1/markPrices").map(({ symbol }) => symbol), marks, about);
    assertEquals(queries("GET /api/v1/markets").length, order === rows[0]?.[0] ? 1 : 0, about);
  }
});

Deno.test("from the owner's sum on, and not below it, a person is asked", async () => {
  for (const [confirmAbove, isAsked] of [["280.1", true], ["280.11", false]] as const) {
    await using desk = await openDesk(MARKET_ROUTES, {
      limits: { confirmAbove, confirmBy: "terminal" },
    });
    const { isError, content } = await desk.callTool("create_order", LIMIT);
    assertEquals(isError === true, isAsked, content[0]?.text);
    if (isError) assertEquals(JSON.parse(content[0]?.text ?? "").code, "approval_needed");
  }
});
