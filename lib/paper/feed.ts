/**
 * The exchange's public data, for paper trading at its prices. Asks without a key, a signature or
 * any header of the caller's; what can't be had is an error, and never a price of an earlier time.
 *
 * Follows the API digest, sections 4.1, 4.3 and 5.
 *
 * @module
 */

import * as z from "zod";
import type { Edges } from "../edges.ts";
import { Depth, Market, MarkPrice, Ticker, Trade } from "../schemas/mod.ts";
import { DecimalText, Text, TimeMs } from "../schemas/fields.ts";
import type { Collateral, Listing } from "./listings.ts";

/** How to reach the exchange: the real network and timer. */
export interface FeedOptions extends Pick<Edges, "fetch" | "after"> {
  /** The exchange's origin. */
  readonly baseUrl: string;
  /** For one look at it. */
  readonly timeoutMs: number;
}

const Multipliers = z.object({
  minMultiplier: DecimalText.optional(),
  maxMultiplier: DecimalText.optional(),
  minImpactMultiplier: DecimalText.optional(),
  maxImpactMultiplier: DecimalText.optional(),
});
const ListedMarket = Market.and(z.object({ filters: z.object({ price: Multipliers }) }));
const Last = Ticker.pick({ symbol: true, lastPrice: true });
const Weight = z.object({
  symbol: Text,
  haircutFunction: z.object({ weight: DecimalText }),
});
const FundingRates = z.array(z.object({ fundingRate: DecimalText, intervalEndTimestamp: TimeMs }));
const Candles = z.array(z.object({
  start: TimeMs,
  open: DecimalText.optional(),
  high: DecimalText.optional(),
  low: DecimalText.optional(),
  volume: DecimalText,
}));

/** A funding interval and its rate. */
export type FundingRate = z.infer<typeof FundingRates>[number];
/** A candle; without prices where nothing traded. */
export type Candle = z.infer<typeof Candles>[number];

/** Which candles. */
export interface CandleQuery {
  readonly symbol: string;
  readonly interval: "1m" | "1h";
  readonly priceType: "Last" | "Mark";
  /** Unix ms. */
  readonly fromMs: number;
  /** Unix ms. */
  readonly toMs: number;
}

/** How many trades are given at once. */
export const TRADES_LIMIT = 1000;

/** Reads what anybody may read. */
export class Feed {
  readonly #options: FeedOptions;

  /** A feed of the exchange at `options.baseUrl`. */
  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Passes a public request on, and its reply back. */
  async pass(pathAndQuery: string, signal?: AbortSignal | null): Promise<Response> {
    const init = signal ? { signal } : {};
    return await this.#options.fetch(`${this.#options.baseUrl}${pathAndQuery}`, init);
  }

  /** Every market of spot and perpetuals. */
  async listings(): Promise<Listing[]> {
    const markets = await this.#read("/api/v1/markets", readable(ListedMarket));
    return markets.filter(({ marketType }) => marketType === "SPOT" || marketType === "PERP")
      .map(listingOf);
  }

  /** What counts as collateral. */
  async collateral(): Promise<Collateral[]> {
    const weights = await this.#read("/api/v1/collateral", readable(Weight));
    return weights.map(({ symbol, haircutFunction }) => (
      { symbol, collateralWeight: haircutFunction.weight }
    ));
  }

  /** Mark and index prices of the perpetuals. */
  markPrices(): Promise<MarkPrice[]> {
    return this.#read("/api/v1/markPrices", readable(MarkPrice));
  }

  /** The last price of every market. */
  tickers(): Promise<z.infer<typeof Last>[]> {
    return this.#read("/api/v1/tickers", readable(Last));
  }

  /** The book, as deep as it is given; none of a market that is closed. */
  async depth(symbol: string): Promise<Depth | undefined> {
    const path = `/api/v1/depth?symbol=${encodeURIComponent(symbol)}&limit=1000`;
    try {
      return await this.#read(path, Depth);
    } catch (error) {
      if (error instanceof FeedError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The newest trades, at most {@linkcode TRADES_LIMIT}, oldest first. */
  async trades(symbol: string): Promise<Trade[]> {
    const path = `/api/v1/trades?symbol=${encodeURIComponent(symbol)}&limit=${TRADES_LIMIT}`;
    const trades = await this.#read(path, z.array(Trade));
    return trades.toSorted((a, b) => Number(a.id ?? 0) - Number(b.id ?? 0));
  }

  /** The rates of the newest funding intervals, newest first. */
  fundingRates(symbol: string): Promise<FundingRate[]> {
    const path = `/api/v1/fundingRates?symbol=${encodeURIComponent(symbol)}&limit=1000`;
    return this.#read(path, FundingRates);
  }

  /** Candles that begin between those times, Unix ms: at most a thousand. */
  candles({ symbol, interval, priceType, fromMs, toMs }: CandleQuery): Promise<Candle[]> {
    const times = `startTime=${Math.floor(fromMs / 1000)}&endTime=${Math.floor(toMs / 1000)}`;
    const what = `symbol=${encodeURIComponent(symbol)}&interval=${interval}`;
    return this.#read(`/api/v1/klines?${what}&priceType=${priceType}&${times}`, Candles);
  }

  async #read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const [name = path] = path.split("?");
    const { after, timeoutMs } = this.#options;
    const limit = new AbortController();
    const callOff = after(timeoutMs, () => limit.abort(new Error(`no reply in ${timeoutMs} ms`)));
    try {
      const response = await this.pass(path, limit.signal);
      const text = await response.text();
      if (response.status !== 200) throw new FeedError(name, undefined, response.status);
      return schema.parse(JSON.parse(text, (_key, value) => value ?? undefined));
    } catch (error) {
      throw error instanceof FeedError ? error : new FeedError(name, error);
    } finally {
      callOff();
    }
  }
}

/** Prices that can't be had. The desk reads of this message that nothing was sent. */
class FeedError extends TypeError {
  override readonly name = "TypeError";

  /** The HTTP status, if that is what was wrong. */
  readonly status: number | undefined;

  /** `what` could not be read, because of `cause` or that HTTP status. */
  constructor(what: string, cause: unknown, status?: number) {
    const problem = status !== undefined
      ? `HTTP ${status}`
      : cause instanceof z.ZodError
      ? "its reply could not be read"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    const message = `client error (Connect): no live prices for paper trading, ${what}: ${problem}`;
    super(message, { cause });
    this.status = status;
  }
}

/** The rows that can be read: one odd market must not stop trading in all others. */
function readable<T>(row: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(z.unknown()).transform((rows) =>
    rows.map((value) => row.safeParse(value)).flatMap(({ data }) =>
      data === undefined ? [] : [data]
    )
  );
}

function listingOf(market: z.infer<typeof ListedMarket>): Listing {
  const { price, quantity } = market.filters;
  const { minMultiplier = "0", maxMultiplier = "1000" } = price;
  const { minImpactMultiplier = "0", maxImpactMultiplier = "1000" } = price;
  return {
    symbol: market.symbol,
    base: market.baseSymbol,
    quote: market.quoteSymbol,
    isPerp: market.marketType === "PERP",
    tickSize: price.tickSize,
    stepSize: quantity.stepSize,
    minQuantity: quantity.minQuantity ?? quantity.stepSize,
    maxPrice: price.maxPrice ?? null,
    impact: [minImpactMultiplier, maxImpactMultiplier],
    band: [minMultiplier, maxMultiplier],
    state: market.orderBookState,
    reference: "0",
    quotes: { halfSpread: 0, gap: 0 },
    sizes: [0, 0],
    createdAt: "",
  };
}
