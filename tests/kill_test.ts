/**
 * A real server process, killed with SIGKILL while orders are on their way, and its successor on
 * the same journal: nothing is sent twice, and what stands is found. Times are real here, so only
 * what can be known within seconds is asked.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Loopback, POINTS, type Server, withExchange } from "./_live.ts";

type Order = Record<string, unknown> & { clientId: number };

/** Never like another, so that nothing is taken for a repetition. */
function orderOf(clientId: number): Order {
  const price = `13${clientId % 10}.${String(10 + clientId % 90)}`;
  const quantity = `0.${String(100 + clientId).slice(-2)}`;
  return { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price, quantity, clientId };
}

/** What the successor says of an order agrees with the exchange, and it was sent at most once. */
async function assertKnown(server: Server, loopback: Loopback, clientId: number): Promise<string> {
  const { isError, content, structuredContent } = await server.call("get_order_outcome", {
    clientId,
  });
  const value = isError ? JSON.parse(content[0].text) : structuredContent;
  const outcome: string = value.outcome ?? value.code;
  const posts = loopback.received.filter((id) => id === clientId).length;
  assert(posts <= 1, `${clientId} was sent ${posts} times`);
  if (loopback.standing(clientId) === 1) assertEquals([clientId, outcome], [clientId, "placed"]);
  else assert(["in_flight", "unknown", "not_found"].includes(outcome), `${clientId}: ${outcome}`);
  if (outcome === "not_found") assertEquals(posts, 0);
  return outcome;
}

Deno.test("a server killed while an order is on its way leaves one that knows", async () => {
  await withExchange(async (loopback, start) => {
    let server = await start();
    for (const [index, point] of POINTS.entries()) {
      const clientId = 11 + index;
      const reached = Promise.withResolvers<void>();
      const dead = Promise.withResolvers<void>();
      loopback.onPoint = async (at): Promise<void> => {
        if (at !== point) return;
        reached.resolve();
        await dead.promise;
        // It never gets further than this.
        if (at === "received") throw new Error("lost");
      };
      void server.call("create_order", orderOf(clientId));
      await reached.promise;
      await server.kill();
      dead.resolve();
      server = await start();
      const outcome = await assertKnown(server, loopback, clientId);
      assertEquals(outcome, point === "received" ? "in_flight" : "placed", point);
      assertEquals(loopback.received.length, index + 1);
    }
    const again = await server.call("create_order", orderOf(12));
    assertEquals(again.structuredContent.isEarlier, true);
    assertEquals(loopback.received.length, POINTS.length);
    await server.end();
  });
});

Deno.test("a dozen servers killed in the middle of a burst of orders", async () => {
  await withExchange(async (loopback, start) => {
    loopback.onPoint = () => pause(20 * Math.random());
    let server = await start();
    const ids: number[] = [];
    for (let kill = 0; kill < 12; kill++) {
      const burst = Array.from({ length: 5 }, (_, index) => 100 + 10 * kill + index);
      for (const clientId of burst) void server.call("create_order", orderOf(clientId));
      await pause(200 * Math.random());
      await server.kill();
      ids.push(...burst);
      server = await start();
      for (const clientId of burst) await assertKnown(server, loopback, clientId);
    }
    for (const id of ids) assert(loopback.standing(id) <= 1);
    assertEquals(new Set(loopback.received).size, loopback.received.length);
    await server.end();
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
