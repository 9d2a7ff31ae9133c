/**
 * The public endpoints: the exchange's state, its markets, books, trades and prices (API digest,
 * sections 4.1, 4.3 and 5). Changes nothing.
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import { DAY_MS, HOUR_MS, INTERVALS } from "../intervals.ts";
import type { Engine } from "./engine.ts";
import { bucketEdges } from "./klines.ts";
import { ASSETS } from "./listings.ts";
import { INITIAL_MARGIN, MAINTENANCE_MARGIN, marginFunction, type Market } from "./market.ts";
import { badEnum, badParameter, badRequest, notFound } from "./refusal.ts";
import { json, naiveIso, noContent, page, type Reply, text } from "./reply.ts";
import type { PaperRequest, Query } from "./request.ts";
import {
  type PublicRoute,
  requiredMarket,
  type Routes,
  selectedMarkets,
  windowOf,
} from "./routes.ts";

/** The public endpoints. */
export const PUBLIC_ROUTES: Routes<PublicRoute> = {
  "GET /api/v1/status": { answer: () => json({ status: "Ok", message: null }) },
  "GET /api/v1/ping": { answer: () => text("pong") },
  "GET /api/v1/time": { answer: (_request, engine) => text(String(engine.now())) },
  "GET /api/v1/assets": { answer: () => json(ASSETS.map(assetToWire)) },
  "GET /api/v1/collateral": { answer: () => json(ASSETS.map(collateralToWire)) },
  "GET /api/v1/markets": { answer: listMarkets },
  "GET /api/v1/market": {
    answer: ({ query }, engine) => json(requiredMarket(query, engine).toWire()),
  },
  "GET /api/v1/ticker": { answer: getTicker },
  "GET /api/v1/tickers": { answer: listTickers },
  "GET /api/v1/depth": { answer: getDepth },
  "GET /api/v1/klines": { answer: listKlines },
  "GET /api/v1/trades": { answer: listTrades },
  "GET /api/v1/trades/history": { answer: listTrades },
  "GET /api/v1/markPrices": { answer: listMarkPrices },
  "GET /api/v1/openInterest": { answer: listOpenInterest },
  "GET /api/v1/fundingRates": { answer: listFundingRates },
};

function listMarkets({ query }: PaperRequest, engine: Engine): Reply {
  return json([...selectedMarkets(query, engine)].map((market) => market.toWire()));
}

function getTicker({ query }: PaperRequest, engine: Engine): Reply {
  const market = requiredMarket(query, engine);
  const ticker = market.tape.ticker(market.symbol, tickerStart(query, engine));
  return ticker === undefined ? noContent() : json(ticker);
}

function listTickers({ query }: PaperRequest, engine: Engine): Reply {
  const from = tickerStart(query, engine);
  const tickers = engine.markets.values().map(({ tape, symbol }) => tape.ticker(symbol, from));
  return json([...tickers].filter((ticker) => ticker !== undefined));
}

function tickerStart(query: Query, engine: Engine): number {
  const interval = query.choice("interval", "TickerInterval", ["1d", "1w"]) ?? "1d";
  return engine.now() - (interval === "1d" ? DAY_MS : 7 * DAY_MS);
}

function getDepth({ query }: PaperRequest, engine: Engine): Reply {
  const limits = ["5", "10", "20", "50", "100", "500", "1000"] as const;
  const limit = Number(query.choice("limit", "DepthLimit", limits) ?? 5000);
  const { book, state, updates } = requiredMarket(query, engine);
  if (state === "Closed") throw notFound();
  return json({
    asks: book.depth("Ask", limit).map(levelToWire),
    // The best bid comes last (API digest, 4.3).
    bids: book.depth("Bid", limit).reverse().map(levelToWire),
    lastUpdateId: String(updates),
    timestamp: engine.now() * 1000,
  });
}

function levelToWire([price, quantity]: [Decimal, Decimal]): [string, string] {
  return [price.toFixed(), quantity.toFixed()];
}

function listKlines({ query }: PaperRequest, engine: Engine): Reply {
  const { tape } = requiredMarket(query, engine);
  query.required("interval", "KlineInterval");
  const interval = query.choice("interval", "KlineInterval", INTERVALS) ?? "1m";
  query.required("startTime", "integer_int64");
  // Here the mark price moves only with a trade, so that every price type has the same klines.
  query.choice("priceType", "KlinePriceType", ["Last", "Index", "Mark"]);
  const fromMs = (query.integer("startTime") ?? 0) * 1000;
  const toMs = (query.integer("endTime") ?? Math.floor(engine.now() / 1000)) * 1000;
  return json(tape.klines(bucketEdges(interval, fromMs, toMs)));
}

function listTrades({ query, path }: PaperRequest, engine: Engine): Reply {
  const { tape } = requiredMarket(query, engine);
  const { limit, offset } = windowOf(query);
  return json(tape.newest(limit, path.endsWith("/history") ? offset : 0));
}

function listMarkPrices({ query }: PaperRequest, engine: Engine): Reply {
  const symbol = query.text("symbol");
  const market = engine.markets.get(symbol ?? "");
  if (symbol !== undefined && (market === undefined || market.state === "Closed")) {
    throw badRequest("Symbol not found");
  }
  const isFiltered = symbol !== undefined || query.text("marketType") !== undefined;
  const markets = [...selectedMarkets(query, engine)]
    .filter(({ isPerp }) => isPerp || isFiltered);
  return json(markets.map((market) => markPriceToWire(market, engine)));
}

function markPriceToWire({ symbol, markPrice, isPerp }: Market, engine: Engine): unknown {
  const price = markPrice.toFixed();
  return {
    symbol,
    markPrice: price,
    indexPrice: isPerp ? price : null,
    fundingRate: isPerp ? "0" : null,
    nextFundingTimestamp: isPerp ? nextHour(engine) : null,
  };
}

function listOpenInterest({ query }: PaperRequest, engine: Engine): Reply {
  const markets = [...selectedMarkets(query, engine)].filter(({ isPerp }) => isPerp);
  return json(markets.map(({ symbol }) => ({
    symbol,
    openInterest: openInterest(symbol, engine).toFixed(),
    timestamp: engine.now(),
  })));
}

function openInterest(symbol: string, engine: Engine): Decimal {
  return [...engine.accounts, engine.house].reduce((sum, { positions }) => {
    const held = positions.get(symbol)?.quantity ?? ZERO;
    return held.gt(ZERO) ? sum.plus(held) : sum;
  }, ZERO);
}

// Funding is not simulated: its rate is zero, hour by hour.
function listFundingRates({ query }: PaperRequest, engine: Engine): Reply {
  const { symbol, isPerp } = requiredMarket(query, engine);
  if (!isPerp) throw badParameter("symbol", badEnum("MarketSymbol"));
  const hours = Array.from({ length: 24 }, (_, index) => nextHour(engine) - index * HOUR_MS);
  return page(hours, windowOf(query, 10_000), (endMs) => ({
    symbol,
    fundingRate: "0",
    intervalEndTimestamp: naiveIso(endMs).slice(0, -4),
  }));
}

function nextHour(engine: Engine): number {
  return (Math.floor(engine.now() / HOUR_MS) + 1) * HOUR_MS;
}

function assetToWire(asset: (typeof ASSETS)[number]): unknown {
  return {
    symbol: asset.symbol,
    displayName: asset.displayName,
    coingeckoId: asset.coingeckoId,
    tokens: [{
      displayName: asset.displayName,
      blockchain: asset.blockchain,
      contractAddress: null,
      // Nothing goes in or out of a simulation.
      depositEnabled: false,
      minimumDeposit: asset.minimumWithdrawal,
      withdrawEnabled: false,
      minimumWithdrawal: asset.minimumWithdrawal,
      maximumWithdrawal: null,
      withdrawalFee: asset.withdrawalFee,
      nativeDecimals: asset.nativeDecimals,
    }],
  };
}

function collateralToWire({ symbol, collateralWeight }: (typeof ASSETS)[number]): unknown {
  return {
    symbol,
    imfFunction: marginFunction(INITIAL_MARGIN),
    mmfFunction: marginFunction(MAINTENANCE_MARGIN),
    haircutFunction: { weight: collateralWeight, kind: { type: "identity" } },
  };
}
