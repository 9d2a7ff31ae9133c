/**
 * The endpoints that place, list and cancel orders (API digest, sections 4.2 and 6): `/order` and
 * `/orders`. Reads bodies and writes replies; what happens to an order is the engine's matter.
 *
 * @module
 */

import type { Account } from "./account.ts";
import { parseBody } from "./auth.ts";
import type { Engine } from "./engine.ts";
import type { PaperOrder } from "./order.ts";
import { orderToWire } from "./order_wire.ts";
import { Payload, readTerms } from "./payload.ts";
import { badPayload, badRequest, notFound, Refusal } from "./refusal.ts";
import { json, type Reply } from "./reply.ts";
import type { PaperRequest } from "./request.ts";
import { requiredMarket, type Routes, selectedMarkets, type SignedRoute } from "./routes.ts";

/** The order endpoints. */
export const ORDER_ROUTES: Routes<SignedRoute> = {
  "GET /api/v1/order": { instruction: "orderQuery", answer: getOrder },
  "POST /api/v1/order": { instruction: "orderExecute", answer: createOrder },
  "DELETE /api/v1/order": { instruction: "orderCancel", answer: cancelOrder },
  "GET /api/v1/orders": { instruction: "orderQueryAll", answer: listOrders },
  "POST /api/v1/orders": { instruction: "orderExecute", answer: createOrders },
  "DELETE /api/v1/orders": { instruction: "orderCancelAll", answer: cancelOrders },
};

function getOrder(
  { query, shownUntilMs = Infinity }: PaperRequest,
  engine: Engine,
  account: Account,
): Reply {
  const { symbol } = requiredMarket(query, engine);
  const orderId = query.text("orderId") ?? null;
  const clientId = query.count("clientId") ?? null;
  const order = findOpen(account, { symbol, orderId, clientId });
  // Only what rests on the book is found here; a pending trigger is in the list (digest, 4.3).
  if (order === undefined || order.status === "TriggerPending") throw notFound();
  if (order.createdAt > shownUntilMs) throw notFound();
  return json(orderToWire(order));
}

function createOrder({ body }: PaperRequest, engine: Engine, account: Account): Reply {
  const terms = readTerms(parseBody(body), (symbol) => engine.markets.has(symbol));
  return json(orderToWire(engine.place(account, terms)));
}

function cancelOrder({ body }: PaperRequest, engine: Engine, account: Account): Reply {
  const payload = new Payload(parseBody(body), "OrderCancelPayload");
  const order = findOpen(account, {
    symbol: payload.symbol((symbol) => engine.markets.has(symbol)),
    orderId: payload.text("orderId"),
    clientId: payload.uint32("clientId"),
  });
  if (order === undefined) throw badRequest("Order not found");
  engine.cancel(order);
  return json(orderToWire(order));
}

function listOrders(
  { query, shownUntilMs = Infinity }: PaperRequest,
  engine: Engine,
  account: Account,
): Reply {
  const markets = selectedMarkets(query, engine);
  const orders = [...account.open.values()]
    .filter(({ terms, createdAt }) =>
      markets.has(engine.market(terms.symbol)) && createdAt <= shownUntilMs
    );
  return json(orders.map(orderToWire));
}

function createOrders({ body }: PaperRequest, engine: Engine, account: Account): Reply {
  const items = parseBody(body);
  if (!Array.isArray(items)) throw badPayload('Expected input type "array".');
  // Every item is read before the first is placed: what can't be parsed fails the whole call.
  const batch = items.map((item) => readTerms(item, (symbol) => engine.markets.has(symbol)));
  return json(batch.map((terms) => {
    try {
      return { operation: "Ok", ...orderToWire(engine.place(account, terms)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { operation: "Err", code: error.code, message: error.message };
    }
  }));
}

function cancelOrders({ body }: PaperRequest, engine: Engine, account: Account): Reply {
  const payload = new Payload(parseBody(body), "OrderCancelAllPayload");
  const wanted = payload.symbol((symbol) => engine.markets.has(symbol));
  const kinds = ["RestingLimitOrder", "ConditionalOrder"] as const;
  const kind = payload.choice("orderType", "CancelOrderTypeEnum", kinds);
  const orders = [...account.open.values()].filter(({ terms, status }) =>
    terms.symbol === wanted &&
    (kind === null || (kind === "ConditionalOrder") === (status === "TriggerPending"))
  );
  for (const order of orders) engine.cancel(order);
  return json(orders.map(orderToWire));
}

function findOpen(
  account: Account,
  key: { symbol: string; orderId: string | null; clientId: number | null },
): PaperOrder | undefined {
  const { symbol, orderId, clientId } = key;
  if ((orderId === null) === (clientId === null)) {
    throw badRequest("Must specify either `clientId` or `orderId`");
  }
  const found = clientId === null
    ? account.open.get(orderId ?? "")
    : account.openByClientId(clientId);
  return found?.terms.symbol === symbol ? found : undefined;
}
