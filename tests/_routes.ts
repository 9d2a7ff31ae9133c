/**
 * An exchange made of scripted answers, for what the simulated one would never say: lost replies,
 * HTML, 202s, histories that lag.
 *
 * @module
 */

import { json, START_MS } from "./_helpers.ts";

/** A request that reached the exchange. */
export interface Received {
  /** Such as `POST /api/v1/order`. */
  route: string;
  query: Record<string, string>;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** Answers one route. */
export type Route = (request: Received) => Promise<Response> | Response;

/** The scripted exchange: hand its `fetch` to `connect()`. */
export interface Routes {
  fetch(url: string, init: RequestInit): Promise<Response> | Response;
  received: Received[];
  /** The bodies of every POST and DELETE that was received. */
  effects(): Received[];
}

const FILTERS = {
  price: { tickSize: "0.01", minPrice: "0.01", maxPrice: null },
  quantity: { stepSize: "0.01", minQuantity: "0.01", maxQuantity: null },
};

/** A market as the exchange describes it. */
export function market(symbol: string, changes: Record<string, unknown> = {}): unknown {
  const [baseSymbol, quoteSymbol, perp] = symbol.split("_");
  const marketType = perp === undefined ? "SPOT" : "PERP";
  const base = { symbol, baseSymbol, quoteSymbol, marketType, orderBookState: "Open" };
  return { ...base, filters: FILTERS, visible: true, ...changes };
}

/** Markets with the real ones' quirks. */
export const MARKETS: readonly unknown[] = [
  market("SOL_USDC"),
  market("SOL_USDC_PERP"),
  market("BTC_USDC", {
    filters: {
      price: { tickSize: "0.1", minPrice: "0.1", maxPrice: "1000000" },
      quantity: { stepSize: "0.00001", minQuantity: "0.00001", maxQuantity: null },
    },
  }),
  market("kPEPE_USDC_PERP", {
    filters: {
      price: { tickSize: "0.000001", minPrice: "0.000001" },
      quantity: { stepSize: "100", minQuantity: "100" },
    },
  }),
];

/** An order as the exchange describes it. */
export function wireOrder(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: "28563670003",
    clientId: 7,
    createdAt: 1767225600000,
    symbol: "SOL_USDC",
    side: "Bid",
    orderType: "Limit",
    status: "New",
    price: "140.10",
    quantity: "1.5",
    executedQuantity: "0",
    executedQuoteQuantity: "0",
    timeInForce: "GTC",
    postOnly: false,
    reduceOnly: null,
    selfTradePrevention: "RejectTaker",
    triggerPrice: null,
    ...changes,
  };
}

/** A fill of 1 SOL at 140.00 of the order 100, at the start of the test clock. */
export function wireFill(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ orderId: "100", clientId: null, tradeId: "1", symbol: "SOL_USDC", side: "Bid" },
    ...{ price: "140.00", quantity: "1", fee: "0", feeSymbol: "USDC", isMaker: true },
    timestamp: naiveIso(START_MS),
    ...changes,
  };
}

/** Time in a history, as the exchange writes it: UTC without a zone. */
export function naiveIso(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, -1);
}

/** The book, last price and mark of every market: 140.00 to 140.10, last 140.05, mark 140.04. */
export const MARKET_ROUTES: Record<string, Route> = {
  "GET /api/v1/depth": () =>
    json({
      asks: [["140.10", "100"], ["140.20", "1000"], ["150", "100000"]],
      bids: [["130", "100000"], ["139.90", "1000"], ["140.00", "100"]],
      lastUpdateId: "1",
      timestamp: 1767225600000000,
    }),
  "GET /api/v1/ticker": ({ query }) =>
    json({
      symbol: query.symbol,
      ...{ firstPrice: "139", lastPrice: "140.05", high: "141", low: "138", priceChange: "1.05" },
      ...{ priceChangePercent: "0.0075", volume: "10", quoteVolume: "1400", trades: "5" },
    }),
  "GET /api/v1/markPrices": ({ query }) => json([{ symbol: query.symbol, markPrice: "140.04" }]),
  "GET /api/v1/position": () => json([]),
};

/** No order is open, and there is none in the past. */
export const NO_ORDERS: Record<string, Route> = {
  "GET /api/v1/orders": () => json([]),
  "GET /wapi/v1/history/orders": () => json([]),
  "GET /wapi/v1/history/fills": () => json([]),
};

/** Takes every order, alone or with others, and gives it an id of its own from 100 on. */
export function takesOrders(): Record<string, Route> {
  let id = 100;
  const take = (order: Record<string, unknown>): Record<string, unknown> =>
    wireOrder({ ...order, id: String(id++) });
  return {
    "POST /api/v1/order": ({ body }) => json(take(body)),
    "POST /api/v1/orders": ({ body }) =>
      json(body.map((order: Record<string, unknown>) => ({ operation: "Ok", ...take(order) }))),
  };
}

/** The exchange's refusal. */
export function refusal(code: string, message: string, status = 400): Response {
  return json({ code, message }, status);
}

/**
 * An exchange with these routes, which may be changed while it is asked; it tells the time and its
 * markets unless told otherwise.
 */
export function routes(scripted: Record<string, Route>, now: () => number): Routes {
  const received: Received[] = [];
  const always: Record<string, Route> = {
    "GET /api/v1/time": () => new Response(String(now())),
    "GET /api/v1/markets": () => json(MARKETS),
  };
  const answer = (route: string, url: URL, text: string): Promise<Response> | Response => {
    const body = text === "" ? undefined : JSON.parse(text);
    const request = { route, query: Object.fromEntries(url.searchParams), body };
    received.push(request);
    const answered = (scripted[route] ?? always[route])?.(request);
    return answered ?? new Response("not found", { status: 404 });
  };
  return {
    received,
    effects: () => received.filter(({ route }) => !route.startsWith("GET")),
    fetch: (url, init) => {
      const parsed = new URL(url);
      const route = `${init.method} ${parsed.pathname}`;
      if (!(init.body instanceof ReadableStream)) return answer(route, parsed, "");
      return new Response(init.body).text().then((text) => answer(route, parsed, text));
    },
  };
}
