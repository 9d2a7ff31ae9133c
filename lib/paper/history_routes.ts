/**
 * The histories: orders, fills and funding payments, filtered, sorted and paged (API digest,
 * sections 4.3 and 8). Newest first unless asked otherwise (the digest presumes it).
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Engine } from "./engine.ts";
import { fillToWire } from "./fill.ts";
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

function listOrders(
  { query, shownUntilMs = Infinity }: PaperRequest,
  engine: Engine,
  account: Account,
): Reply {
  const markets = selectedMarkets(query, engine);
  const orderId = query.text("orderId");
  const rows = account.orders.filter(({ id, terms, createdAt }) =>
    markets.has(engine.market(terms.symbol)) && (orderId ?? id) === id &&
    createdAt <= shownUntilMs && query.text("strategyId") === undefined
  );
  return page(sorted(rows, query), windowOf(query), orderToHistory);
}

function listFills(
  { query, shownUntilMs = Infinity }: PaperRequest,
  engine: Engine,
  account: Account,
): Reply {
  const markets = selectedMarkets(query, engine);
  const orderId = query.text("orderId");
  const from = query.integer("from") ?? -Infinity;
  const to = Math.min(query.integer("to") ?? Infinity, shownUntilMs);
  const fillType = query.choice("fillType", "FillType", FILL_TYPES) ?? "User";
  const rows = account.fills.filter(({ order, timestamp }) =>
    markets.has(engine.market(order.terms.symbol)) && (orderId ?? order.id) === order.id &&
    timestamp >= from && timestamp <= to && fillType === "User" &&
    query.text("strategyId") === undefined
  );
  return page(sorted(rows, query), windowOf(query), fillToWire);
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
