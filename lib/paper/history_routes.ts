/**
 * The histories: orders, fills and funding payments, filtered, sorted and paged (API digest,
 * sections 4.3 and 8). Newest first unless asked otherwise (the digest presumes it).
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Engine } from "./engine.ts";
import { fillToWire } from "./fill.ts";
import type { PaperOrder } from "./order.ts";
import { orderToHistory } from "./order_wire.ts";
import { page, type Reply } from "./reply.ts";
import type { PaperRequest, Query } from "./request.ts";
import { type Routes, selectedMarkets, type SignedRoute, windowOf } from "./routes.ts";

/** The history endpoints. */
export const HISTORY_ROUTES: Routes<SignedRoute> = {
  "GET /wapi/v1/history/orders": { instruction: "orderHistoryQueryAll", answer: listOrders },
  "GET /wapi/v1/history/fills": { instruction: "fillHistoryQueryAll", answer: listFills },
  "GET /wapi/v1/history/funding": {
    instruction: "fundingHistoryQueryAll",
    answer: listFunding,
  },
};

const FILL_TYPES = [
  "User",
  "BookLiquidation",
  "Adl",
  "Backstop",
  "Liquidation",
  "AllLiquidation",
  "CollateralConversion",
  "CollateralConversionAndSpotLiquidation",
] as const;

function listOrders(request: PaperRequest, engine: Engine, account: Account): Reply {
  const { query } = request;
  const isAsked = orderFilter(request, engine);
  const rows = account.orders.filter((order) => isAsked(order, order.createdAt));
  return page(sorted(rows, query), windowOf(query), orderToHistory);
}

function listFills(request: PaperRequest, engine: Engine, account: Account): Reply {
  const { query } = request;
  const isAsked = orderFilter(request, engine);
  const from = query.integer("from") ?? -Infinity;
  const to = query.integer("to") ?? Infinity;
  const fillType = query.choice("fillType", "FillType", FILL_TYPES) ?? "User";
  const rows = account.fills.filter(({ order, timestamp }) =>
    isAsked(order, timestamp) && timestamp >= from && timestamp <= to && fillType === "User"
  );
  return page(sorted(rows, query), windowOf(query), fillToWire);
}

/** Whether what happened to an order then, Unix ms, is asked for. No order is of a strategy here. */
function orderFilter(
  { query, shownUntilMs = Infinity }: PaperRequest,
  engine: Engine,
): (order: PaperOrder, atMs: number) => boolean {
  const markets = selectedMarkets(query, engine);
  const orderId = query.text("orderId");
  const isOfStrategy = query.text("strategyId") !== undefined;
  return ({ id, terms }, atMs) =>
    !isOfStrategy && (orderId ?? id) === id && atMs <= shownUntilMs &&
    markets.has(engine.market(terms.symbol));
}

function listFunding({ query }: PaperRequest, engine: Engine, account: Account): Reply {
  selectedMarkets(query, engine);
  const symbol = query.text("symbol");
  const rows = account.funding.filter((row) => (symbol ?? row.symbol) === row.symbol);
  return page(sorted(rows, query), windowOf(query), (row) => row);
}

function sorted<T>(oldestFirst: readonly T[], query: Query): readonly T[] {
  const direction = query.choice("sortDirection", "SortDirection", ["Asc", "Desc"]);
  return direction === "Asc" ? oldestFirst : oldestFirst.toReversed();
}
