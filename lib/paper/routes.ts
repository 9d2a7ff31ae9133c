/**
 * What an endpoint of the simulated exchange is: its method and path, the instruction that its
 * signature must carry (API digest, section 4), and what answers it.
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { badRequest } from "./refusal.ts";
import type { Engine } from "./engine.ts";
import type { Reply } from "./reply.ts";
import type { PaperRequest, Query } from "./request.ts";

/** A public endpoint. */
export interface PublicRoute {
  /** @throws {Refusal} to refuse */
  readonly answer: (request: PaperRequest, engine: Engine) => Reply;
}

/** A signed endpoint. */
export interface SignedRoute {
  /** What the signed text begins with. */
  readonly instruction: string;
  /** @throws {Refusal} to refuse */
  readonly answer: (request: PaperRequest, engine: Engine, account: Account) => Reply;
}

/** Endpoints by method and path, such as `GET /api/v1/time`. */
export type Routes<T> = Readonly<Record<string, T>>;

const MARKET_TYPES = ["SPOT", "PERP", "IPERP", "DATED", "PREDICTION", "RFQ"] as const;

/** The market named by `symbol`, which is required. */
export function requiredMarket(query: Query, engine: Engine): Market {
  const market = engine.markets.get(query.required("symbol", "MarketSymbol"));
  if (market === undefined) throw badRequest("Invalid market symbol");
  return market;
}

/** The markets that `symbol` and `marketType` leave; all without either. */
export function selectedMarkets(query: Query, engine: Engine): Set<Market> {
  if (query.text("symbol") !== undefined) return new Set([requiredMarket(query, engine)]);
  query.choice("marketType", "MarketType", MARKET_TYPES);
  const types = query.all("marketType");
  const wanted = engine.markets.values().filter((market) =>
    types.length === 0 || types.includes(market.isPerp ? "PERP" : "SPOT")
  );
  return new Set(wanted);
}

/** Which rows are asked for. */
export function windowOf(query: Query, maxLimit = 1000): { limit: number; offset: number } {
  const limit = query.count("limit") ?? 100;
  if (limit > maxLimit) throw badRequest("Invalid limit");
  return { limit, offset: query.count("offset") ?? 0 };
}
