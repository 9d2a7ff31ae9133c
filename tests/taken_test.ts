/**
 * "Order with client ID already exists", through the real client: ours, another's, or nobody's.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type Desk, LIMIT, open, wait } from "./_desk.ts";
import { json, START_MS } from "./_helpers.ts";
import { refusal, type Route, wireOrder } from "./_routes.ts";

const EXISTS = (): Response => refusal("INVALID_ORDER", "Order with client ID already exists: 7");

async function openTaken(scripted: Record<string, Route>): Promise<Desk> {
  return await open({ "POST /api/v1/order": EXISTS, ...scripted });
}

/** An order of the kind of market that the query asks for, or of any symbol it names. */
function openAs(order: Record<string, unknown>): Route {
  const isPerp = String(order.symbol).endsWith("_PERP");
  return ({ query }) =>
    json(
      query.symbol === order.symbol || query.marketType === (isPerp ? "PERP" : "SPOT")
        ? [order]
        : [],
    );
}

Deno.test("a client id that exists is placed if the order under it is the one that was sent", async () => {
  const rows: [Record<string, Route>, string][] = [
    [{ "GET /api/v1/order": () => json(wireOrder({ price: "140.1" })) }, "open order"],
    [{ "GET /api/v1/orders": openAs(wireOrder()) }, "open orders"],
    [
      { "GET /wapi/v1/history/orders": () => json([wireOrder({ createdAt: START_MS - 5000 })]) },
      "order history",
    ],
  ];
  for (const [scripted, by] of rows) {
    await using desk = await openTaken(scripted);
    const answer = await desk.callTool("create_order", LIMIT);
    const { outcome, resolvedBy } = answer.structuredContent;
    assertEquals([outcome, resolvedBy, answer.structuredContent.desk], ["placed", by, {
      mode: "live",
    }]);
    assertEquals(desk.exchange.effects().length, 1);
  }
});

Deno.test("a client id that exists is taken if the order under it is another", async () => {
  const others = [
    { symbol: "BTC_USDC" },
    { symbol: "SOL_USDC_PERP" },
    { side: "Ask" },
    { orderType: "Market" },
    { price: "140.11" },
    { quantity: "1.6" },
    { createdAt: START_MS - 5001 },
  ];
  for (const changes of others) {
    const order = wireOrder(changes);
    const shown: Record<string, Route>[] = [
      { "GET /api/v1/orders": openAs(order) },
      {
        "GET /wapi/v1/history/orders": ({ query }) => {
          // More rows than that the exchange hands out to nobody.
          if (Number(query.limit) > 1000) return refusal("INVALID_CLIENT_REQUEST", "limit");
          return json(query.symbol === undefined || query.symbol === order.symbol ? [order] : []);
        },
      },
    ];
    for (const scripted of shown) {
      await using desk = await openTaken(scripted);
      const error = await desk.callFailing("create_order", LIMIT);
      assertEquals([error.code, error.outcome], ["client_id_taken", "not_placed"]);
      assertEquals(error.holder, { id: order.id, symbol: order.symbol, status: "New" });
      assertMatch(error.hint, /not used before/);
      assertEquals(error.desk, { mode: "live" });
    }
  }
});

Deno.test("an order whose client id was called taken is looked for again", async () => {
  await using desk = await openTaken({
    "GET /wapi/v1/history/orders": () => json([wireOrder({ side: "Ask", status: "Filled" })]),
  });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /api/v1/orders"] = openAs(wireOrder());
  await wait(desk, 400_000);
  const { structuredContent } = await desk.callTool("list_orders");
  assertEquals(structuredContent.desk, { mode: "live", halted: true, reappeared: [7] });
});

Deno.test("a client id that exists, under no order that can be found, is unknown", async () => {
  const rows: Record<string, Route>[] = [
    {},
    { "GET /wapi/v1/history/orders": () => refusal("TOO_MANY_REQUESTS", "slow down", 429) },
    {
      // Another order is found, but ours could hide behind the look that failed.
      "GET /wapi/v1/history/fills": () => new Response("<html>", { status: 502 }),
      "GET /api/v1/orders": openAs(wireOrder({ side: "Ask" })),
    },
  ];
  for (const scripted of rows) {
    await using desk = await openTaken(scripted);
    const error = await desk.callFailing("create_order", LIMIT);
    assertEquals([error.code, error.outcome, error.clientId], ["outcome_unknown", "unknown", 7]);
    assertEquals(error.desk, { mode: "live", unresolved: [7] });
    assertMatch(error.hint, /The desk goes on looking/);
    assertEquals(desk.log.events.includes("outcome_unknown"), true);
  }
});

Deno.test("the order that was sent is not taken for another's when only the second look shows it", async () => {
  let looks = 0;
  const own = wireOrder({ status: "Expired", createdAt: START_MS });
  await using desk = await openTaken({
    "GET /wapi/v1/history/orders": () => json(++looks === 1 ? [] : [own]),
  });
  const { structuredContent } = await desk.callTool("create_order", LIMIT);
  assertEquals([structuredContent?.outcome, structuredContent?.order?.id], ["placed", own.id]);
});
