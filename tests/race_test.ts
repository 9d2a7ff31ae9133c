/**
 * Two real server processes on one journal, as two MCP clients start them: racing for the last of
 * the day's limit, and for one client id.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Server, withExchange } from "./_live.ts";

const ORDER = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "1" };

// deno-lint-ignore no-explicit-any
type Answer = any;

function outcomeOf({ isError, content, structuredContent }: Answer): string {
  return isError ? JSON.parse(content[0].text).code : structuredContent.outcome;
}

async function endAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.end()));
}

Deno.test("two processes can't both have the last of the day's limit", async () => {
  const limits = { BACKPACK_MAX_DAILY_NOTIONAL: "500", BACKPACK_MAX_ORDERS_PER_MINUTE: "none" };
  await withExchange(async (loopback, start) => {
    loopback.exchange.setPrice("SOL_USDC", "140.00");
    const servers = await Promise.all([start(limits), start(limits)]);
    const calls = Array.from({ length: 10 }, (_, index) => {
      const price = `13${index}.00`;
      return servers[index % 2]?.call("create_order", { ...ORDER, price, clientId: index + 1 });
    });
    const outcomes = (await Promise.all(calls)).map(outcomeOf);
    // 140 each: three fit into 500, whoever sends them.
    assertEquals(outcomes.filter((outcome) => outcome === "placed").length, 3);
    assertEquals(outcomes.filter((outcome) => outcome === "limit").length, 7);
    assertEquals(loopback.exchange.openOrders().length, 3);
    await endAll(servers);
  });
});

Deno.test("two processes send one client id once", async () => {
  await withExchange(async (loopback, start) => {
    const servers = await Promise.all([start(), start()]);
    const order = { ...ORDER, price: "130.00", clientId: 7 };
    const calls = Array.from(
      { length: 8 },
      (_, index) => servers[index % 2]?.call("create_order", order),
    );
    const outcomes = (await Promise.all(calls)).map(outcomeOf);
    assertEquals(new Set(outcomes), new Set(["placed"]));
    assertEquals(loopback.received, [7]);
    await endAll(servers);
  });
});
