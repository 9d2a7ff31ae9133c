import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { serveExchange } from "../scripts/exchange.ts";
import { keyPair, messageOf } from "./_paper.ts";

const SEED_KEY = new Uint8Array(32).fill(7).toBase64();

Deno.test("the exchange can be traded against over HTTP", async () => {
  const { apiKey, privateKey } = await keyPair(7);
  const served = await serveExchange({ port: 0, seedKey: SEED_KEY });
  try {
    assertMatch(served.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assertEquals([served.apiKey, served.secret], [apiKey, SEED_KEY]);
    const timestamp = await (await fetch(`${served.url}/api/v1/time`)).text();
    const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130" };
    const body = { ...order, quantity: "1", clientId: 7 };
    const message = messageOf("orderExecute", body, { timestamp, window: "60000" });
    const bytes = new TextEncoder().encode(message);
    const signature = await crypto.subtle.sign("Ed25519", privateKey, bytes);
    const response = await fetch(`${served.url}/api/v1/order`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        "X-API-Key": apiKey,
        "X-Timestamp": timestamp,
        "X-Window": "60000",
        "X-Signature": new Uint8Array(signature).toBase64(),
      },
      body: JSON.stringify(body),
    });
    assertEquals([response.status, (await response.json()).status], [200, "New"]);
    assertEquals(served.exchange.ordersByClientId(7).length, 1);
  } finally {
    await served.close();
  }
});

Deno.test("a port that is taken is refused, with what to do", async () => {
  const served = await serveExchange({ port: 0 });
  try {
    const port = Number(new URL(served.url).port);
    await assertRejects(
      () => serveExchange({ port }),
      RangeError,
      `another program listens on ${port}; give another one, or none`,
    );
  } finally {
    await served.close();
  }
});

Deno.test("a seed key that is none is refused", async () => {
  const served = (): Promise<unknown> => serveExchange({ port: 0, seedKey: "AAAA" });
  await assertRejects(served, RangeError, "want the base64 of 32 bytes");
});
