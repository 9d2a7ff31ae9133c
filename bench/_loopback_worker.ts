/**
 * The other side of `_loopback.ts`: on a thread of its own, with answers that were made
 * beforehand, so that what is measured is the server and not an exchange.
 *
 * @module
 */

import { PaperExchange } from "../lib/paper/exchange.ts";

/** Deno compresses what it serves unless told otherwise, which takes longer than all the rest. */
const PLAIN = { "cache-control": "no-transform" };
const HEADERS = { "content-type": "application/json; charset=utf-8", ...PLAIN };
const START_MS = Date.now();

/** An order with every member that the exchange writes, those without a value as `null`. */
function order(index: number, given: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    clientId: index + 1,
    createdAt: START_MS - index,
    executedQuantity: "0",
    executedQuoteQuantity: "0",
    id: String(4_228_978_331 + index),
    orderType: "Limit",
    postOnly: true,
    price: `${100 + index % 1000}.25`,
    quantity: "1.5",
    reduceOnly: null,
    selfTradePrevention: "RejectTaker",
    side: "Bid",
    status: "New",
    symbol: "SOL_USDC",
    timeInForce: "GTC",
    relatedOrderId: null,
    stopLossLimitPrice: null,
    stopLossTriggerBy: null,
    stopLossTriggerPrice: null,
    strategyId: null,
    takeProfitLimitPrice: null,
    takeProfitTriggerBy: null,
    takeProfitTriggerPrice: null,
    triggerBy: null,
    triggerPrice: null,
    triggerQuantity: null,
    triggeredAt: null,
    ...given,
  };
}

let openOrders = "[]";
let placed = 0;
const others = new PaperExchange({ now: Date.now, apiKey: btoa("\0".repeat(32)) });

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === "GET" && pathname === "/api/v1/orders") {
    const isSpot = searchParams.get("marketType") !== "PERP";
    return new Response(isSpot ? openOrders : "[]", { headers: HEADERS });
  }
  if (request.method === "POST" && pathname === "/api/v1/order") {
    const { clientId, price, quantity, side, symbol } = await request.json();
    const given = { clientId, price, quantity, side, symbol, postOnly: false };
    return new Response(JSON.stringify(order(++placed, given)), { headers: HEADERS });
  }
  const { status, headers, body } = await others.fetch(request.url);
  return new Response(body, { status, headers: { ...Object.fromEntries(headers), ...PLAIN } });
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);

// Both ends of a worker send and receive alike; the types of a window do not know this end.
const parent = self as unknown as Worker;

parent.onmessage = ({ data }: MessageEvent<number>): void => {
  openOrders = JSON.stringify(Array.from({ length: data }, (_, index) => order(index)));
  parent.postMessage(`http://127.0.0.1:${server.addr.port}`);
};
