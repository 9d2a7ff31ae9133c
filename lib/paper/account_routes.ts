/**
 * The endpoints that tell of the account: settings, balances, margin, positions and limits (API
 * digest, sections 4.2 and 5). Changes nothing.
 *
 * @module
 */

import { type Decimal, decimal, divide, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import type { Engine } from "./engine.ts";
import { assetPrice, marginOf } from "./margin.ts";
import { INITIAL_MARGIN, MAINTENANCE_MARGIN, type Market } from "./market.ts";
import { closable } from "./matching.ts";
import type { Side } from "./order.ts";
import { badParameter, notFound } from "./refusal.ts";
import { json, type Reply } from "./reply.ts";
import type { PaperRequest, Query } from "./request.ts";
import {
  requiredMarket,
  type Routes,
  selectedMarkets,
  type SignedRoute,
  windowOf,
} from "./routes.ts";

/** The account endpoints. */
export const ACCOUNT_ROUTES: Routes<SignedRoute> = {
  "GET /api/v1/account": { instruction: "accountQuery", answer: getAccount },
  "GET /api/v1/account/limits/order": { instruction: "maxOrderQuantity", answer: getOrderLimit },
  "GET /api/v1/capital": { instruction: "balanceQuery", answer: getCapital },
  "GET /api/v1/capital/collateral": { instruction: "collateralQuery", answer: getCollateral },
  "GET /api/v1/position": { instruction: "positionQuery", answer: getPositions },
  "GET /api/v1/borrowLend/positions": {
    instruction: "borrowLendPositionQuery",
    answer: () => json([]),
  },
  "GET /wapi/v1/capital/deposits": { instruction: "depositQueryAll", answer: listNone },
  "GET /wapi/v1/capital/withdrawals": { instruction: "withdrawalQueryAll", answer: listNone },
};

// Nothing moves in or out of here; what is asked must be well formed all the same.
function listNone({ query }: PaperRequest): Reply {
  windowOf(query);
  query.integer("from");
  query.integer("to");
  return json([]);
}

function getAccount(_request: PaperRequest, engine: Engine, account: Account): Reply {
  const { fees } = engine.settlement;
  const open = [...account.open.values()];
  const triggerOrders = open.filter(({ status }) => status === "TriggerPending").length;
  return json({
    autoBorrowSettlements: true,
    autoLend: false,
    autoRealizePnl: true,
    autoRepayBorrows: true,
    borrowLimit: "0",
    futuresMakerFee: fees.futuresMaker,
    futuresTakerFee: fees.futuresTaker,
    leverageLimit: "10",
    limitOrders: open.length - triggerOrders,
    liquidating: false,
    positionLimit: "100000000",
    spotMakerFee: fees.spotMaker,
    spotTakerFee: fees.spotTaker,
    triggerOrders,
  });
}

function getCapital(_request: PaperRequest, _engine: Engine, account: Account): Reply {
  return json(Object.fromEntries(
    account.assets().map((asset) => {
      const { available, locked } = account.balance(asset);
      // A loss beyond the balance is a debt, which is in the collateral summary, not here.
      const shown = available.lt(ZERO) ? ZERO : available;
      return [asset, { available: shown.toFixed(), locked: locked.toFixed(), staked: "0" }];
    }),
  ));
}

function getCollateral(_request: PaperRequest, engine: Engine, account: Account): Reply {
  const margin = marginOf(account, engine);
  const debt = account.total("USDC").lt(ZERO) ? account.total("USDC").negated() : ZERO;
  const free = margin.equity.minus(margin.required);
  return json({
    assetsValue: margin.equity.minus(margin.unrealised).plus(debt).toFixed(),
    borrowLiability: debt.toFixed(),
    collateral: collateralRows(account, engine),
    imf: INITIAL_MARGIN,
    mmf: MAINTENANCE_MARGIN,
    unsettledEquity: "0",
    liabilitiesValue: debt.toFixed(),
    marginFraction: divide(margin.equity, margin.exposure)?.toFixed() ?? null,
    netEquity: margin.equity.toFixed(),
    netEquityAvailable: (free.lt(ZERO) ? ZERO : free).toFixed(),
    netEquityLocked: margin.required.toFixed(),
    netExposureFutures: margin.exposure.toFixed(),
    pnlUnrealized: margin.unrealised.toFixed(),
  });
}

function collateralRows(account: Account, engine: Engine): Record<string, string>[] {
  return engine.assets.filter(({ symbol }) => account.assets().includes(symbol)).map((asset) => {
    const { available, locked } = account.balance(asset.symbol);
    const total = available.plus(locked);
    const price = assetPrice(asset.symbol, engine);
    return {
      symbol: asset.symbol,
      assetMarkPrice: price.toFixed(),
      totalQuantity: total.toFixed(),
      balanceNotional: total.times(price).toFixed(),
      collateralWeight: asset.collateralWeight,
      collateralValue: total.times(price).times(asset.collateralWeight).toFixed(),
      openOrderQuantity: locked.toFixed(),
      lendQuantity: "0",
      availableQuantity: available.toFixed(),
    };
  });
}

function getPositions({ query }: PaperRequest, engine: Engine, account: Account): Reply {
  const markets = selectedMarkets(query, engine);
  const positions = [...account.positions.values()]
    .filter(({ symbol }) => markets.has(engine.market(symbol)));
  if (query.text("symbol") !== undefined && positions.length === 0) throw notFound();
  return json(
    positions.map((position) =>
      position.toWire(account.id, engine.market(position.symbol).markPrice)
    ),
  );
}

function getOrderLimit({ query }: PaperRequest, engine: Engine, account: Account): Reply {
  const market = requiredMarket(query, engine);
  query.required("side", "Side");
  const side = query.choice("side", "Side", ["Bid", "Ask"]) ?? "Bid";
  const most = mostQuantity(query, engine, { account, market, side });
  return json({
    symbol: market.symbol,
    side,
    maxOrderQuantity: most.minus(most.modulo(market.stepSize)).toFixed(),
    price: query.text("price") ?? null,
    reduceOnly: query.flag("reduceOnly") ?? null,
    autoBorrow: query.flag("autoBorrow") ?? null,
    autoBorrowRepay: query.flag("autoBorrowRepay") ?? null,
    autoLendRedeem: query.flag("autoLendRedeem") ?? null,
  });
}

function mostQuantity(
  query: Query,
  engine: Engine,
  order: { account: Account; market: Market; side: Side },
): Decimal {
  const { account, market, side } = order;
  const price = priceOf(query, market);
  if (!market.isPerp) {
    const isBid = side === "Bid";
    const { available } = account.balance(isBid ? market.quote : market.base);
    return (isBid ? divide(available, price) : available) ?? ZERO;
  }
  const closing = closable(account, market.symbol, side);
  if (query.flag("reduceOnly")) return closing;
  const { equity, required } = marginOf(account, engine);
  const free = equity.minus(required);
  const opening = divide(free, market.markPrice.times(INITIAL_MARGIN)) ?? ZERO;
  // Closing needs no margin, and turning round the same again needs no more than there was.
  return closing.times(2).plus(opening.lt(ZERO) ? ZERO : opening);
}

function priceOf(query: Query, market: Market): Decimal {
  const text = query.text("price");
  if (text === undefined) return market.lastPrice;
  try {
    return decimal(text);
  } catch {
    throw badParameter("price", 'failed to parse "string_decimal": Invalid decimal');
  }
}
