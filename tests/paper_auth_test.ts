import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Gate } from "../lib/paper/auth.ts";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { Refusal } from "../lib/paper/refusal.ts";
import { type PaperRequest, Query } from "../lib/paper/request.ts";
import {
  anotherCustomer,
  type Answer,
  BASE_URL,
  Customer,
  keyPair,
  openExchange,
  send,
  START_MS,
} from "./_paper.ts";
import published from "./testdata/signing_vectors.json" with { type: "json" };

const CAPITAL = "/api/v1/capital";
const ORDER = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };

function refusalOf({ status, json }: Answer): unknown[] {
  return [status, json.code, json.message];
}

const BAD_SIGNATURE = [400, "INVALID_CLIENT_REQUEST", "Invalid signature"];
const EXPIRED = [400, "INVALID_CLIENT_REQUEST", "Request has expired"];

Deno.test("gate accepts every published signature, and none for another time", async () => {
  for (const { name, instruction, params, timestamp, window, signature } of published.vectors) {
    const gate = new Gate(() => timestamp);
    gate.register(published.publicKey);
    const pairs = Object.entries(params).map(([key, value]) => [key, String(value)]);
    const isRead = /Query|maxOrder/.test(instruction);
    const sentAt = (timestamp: number): PaperRequest => ({
      search: "",
      method: isRead ? "GET" : "POST",
      path: "/",
      query: new Query(new URLSearchParams(isRead ? pairs : [])),
      headers: new Headers({
        "x-api-key": published.publicKey,
        "X-TIMESTAMP": String(timestamp),
        "X-Window": String(window),
        "X-Signature": signature,
      }),
      body: isRead ? "" : JSON.stringify(params),
    });
    assertEquals(await gate.check(sentAt(timestamp), instruction), published.publicKey, name);
    await assertRejects(
      () => gate.check(sentAt(timestamp + 1), instruction),
      Refusal,
      "Invalid signature",
    );
  }
});

Deno.test("exchange refuses a signature for another instruction, body, query or key", async () => {
  const { exchange, customer, clock } = await openExchange();
  const stranger = await anotherCustomer(exchange, clock);
  const other = await customer.headers("orderQueryAll", {});
  assertEquals(refusalOf(await send(exchange, CAPITAL, { headers: other })), BAD_SIGNATURE);
  const headers = await customer.headers("orderExecute", ORDER);
  const body = JSON.stringify({ ...ORDER, quantity: "2" });
  const changed = await send(exchange, "/api/v1/order", { method: "POST", headers, body });
  assertEquals(refusalOf(changed), BAD_SIGNATURE);
  const query = await customer.headers("orderQueryAll", { symbol: "SOL_USDC" });
  const path = "/api/v1/orders?symbol=BTC_USDC";
  assertEquals(refusalOf(await send(exchange, path, { headers: query })), BAD_SIGNATURE);
  const swapped = await customer.call("GET", CAPITAL, {}, { "X-API-Key": stranger.apiKey });
  assertEquals(refusalOf(swapped), BAD_SIGNATURE);
  const unknown = new Customer(exchange, await keyPair(99), () => clock.nowMs);
  assertEquals(refusalOf(await unknown.get(CAPITAL)), BAD_SIGNATURE);
});

Deno.test("exchange wants booleans in lower case and numbers as sent", async () => {
  const { exchange, customer } = await openExchange();
  const order = { ...ORDER, postOnly: true, clientId: 4294967295 };
  const python = await customer.headers("orderExecute", { ...order, postOnly: "True" });
  const body = JSON.stringify(order);
  const init = { method: "POST", body };
  const refused = await send(exchange, "/api/v1/order", { ...init, headers: python });
  assertEquals(refusalOf(refused), BAD_SIGNATURE);
  assertEquals((await customer.place(order)).json.clientId, 4294967295);
});

Deno.test("exchange takes the default window when the header is left out", async () => {
  const { customer, clock } = await openExchange();
  const sent = { "X-Window": undefined, "X-Timestamp": String(START_MS) };
  clock.nowMs = START_MS + 5000;
  assertEquals((await customer.call("GET", CAPITAL, {}, sent)).status, 200);
  clock.nowMs = START_MS + 5001;
  assertEquals(refusalOf(await customer.call("GET", CAPITAL, {}, sent)), EXPIRED);
});

Deno.test("exchange refuses what is older or newer than its window", async () => {
  const { customer, clock } = await openExchange();
  const sent = { "X-Window": "60000", "X-Timestamp": String(START_MS) };
  for (const [offset, status] of [[60_000, 200], [60_001, 400], [-60_000, 200], [-60_001, 400]]) {
    clock.nowMs = START_MS + (offset ?? 0);
    assertEquals((await customer.call("GET", CAPITAL, {}, sent)).status, status, `${offset}`);
  }
});

Deno.test("exchange refuses headers that are missing or malformed", async () => {
  const { customer } = await openExchange();
  const cases: [Record<string, string | undefined>, unknown[]][] = [
    [{ "X-API-Key": undefined }, [401, "UNAUTHORIZED", "Unauthorized"]],
    [{ "X-Signature": undefined }, [401, "UNAUTHORIZED", "Unauthorized"]],
    [{ "X-Signature": "AAAA" }, [400, "INVALID_CLIENT_REQUEST", "Invalid X-Signature header"]],
    [{ "X-Window": "60001" }, [400, "INVALID_CLIENT_REQUEST", "Invalid X-Window header"]],
    [{ "X-Window": "0" }, [400, "INVALID_CLIENT_REQUEST", "Invalid X-Window header"]],
    [{ "X-Timestamp": "soon" }, [400, "INVALID_CLIENT_REQUEST", "Invalid X-Timestamp header"]],
  ];
  for (const [replaced, expected] of cases) {
    assertEquals(refusalOf(await customer.call("GET", CAPITAL, {}, replaced)), expected);
  }
});

Deno.test("exchange keeps the accounts of two keys apart", async () => {
  const { exchange, customer, clock } = await openExchange();
  const other = await anotherCustomer(exchange, clock);
  await customer.place(ORDER);
  assertEquals((await other.get("/api/v1/orders")).json, []);
  assertEquals(exchange.openOrders().length, 1);
  assertEquals(exchange.openOrders(other.apiKey), []);
});

Deno.test("exchange rejects with the signal's reason and does nothing", async () => {
  const { exchange, customer } = await openExchange();
  const headers = await customer.headers("orderExecute", ORDER);
  const body = new ReadableStream({ start: () => {} });
  const controller = new AbortController();
  const { signal } = controller;
  const sent = exchange.fetch(`${BASE_URL}/api/v1/order`, {
    method: "POST",
    headers,
    body,
    signal,
  });
  controller.abort(new TypeError("enough"));
  await assertRejects(() => sent, TypeError, "enough");
  const init = { method: "POST", headers, body: JSON.stringify(ORDER), signal };
  await assertRejects(() => exchange.fetch(`${BASE_URL}/api/v1/order`, init), TypeError, "enough");
  assertEquals(exchange.openOrders(), []);
});

Deno.test("exchange reads a body in any form that fetch takes", async () => {
  const { exchange, customer } = await openExchange();
  const headers = await customer.headers("orderExecute", ORDER);
  const bytes = new TextEncoder().encode(JSON.stringify(ORDER));
  const bodies = [
    JSON.stringify(ORDER),
    bytes,
    new Blob([bytes]),
    new ReadableStream({
      start(controller): void {
        controller.enqueue(bytes.subarray(0, 9));
        controller.enqueue(bytes.subarray(9));
        controller.close();
      },
    }),
  ];
  for (const body of bodies) {
    const answer = await send(exchange, "/api/v1/order", { method: "POST", headers, body });
    assertEquals(answer.status, 200);
  }
  assertEquals(exchange.openOrders().length, bodies.length);
});

Deno.test("exchange refuses to register what is no public key", () => {
  assertThrows(
    () => new PaperExchange({ now: () => 0, apiKey: "AAAA" }),
    RangeError,
    "want base64 of 32 bytes",
  );
});
