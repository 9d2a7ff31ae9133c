/**
 * Markets and what is public about them.
 *
 * Follows the API digest, sections 4.3 and 5.
 *
 * @module
 */

import * as z from "zod";
import { decimal, isDecimal } from "../decimal.ts";
import { Amount, DecimalText, Id, Text, TimeMs } from "./fields.ts";

/** Nothing is a multiple of zero. */
const Step = DecimalText.refine((text) => isDecimal(text) && decimal(text).gt(0));

/** A market with the filters that an order must keep to; `Market` of the API. */
export const Market = z.object({
  symbol: Text,
  baseSymbol: Text,
  quoteSymbol: Text,
  marketType: Text,
  orderBookState: Text,
  visible: z.boolean().optional(),
  fundingInterval: z.int().optional().describe("Ms"),
  filters: z.object({
    price: z.object({
      tickSize: Step,
      minPrice: DecimalText.optional(),
      maxPrice: DecimalText.optional(),
    }),
    quantity: z.object({
      stepSize: Step,
      minQuantity: DecimalText.optional(),
      maxQuantity: DecimalText.optional(),
    }),
  }),
});
/** A market with the filters that an order must keep to. */
export type Market = z.infer<typeof Market>;

/** Every market that can be read, and the symbols of the others: one bad row hides no market else. */
export const MarketList = z.array(z.looseObject({ symbol: Text })).transform((rows, context) => {
  const read = rows.map((row) => Market.safeParse(row));
  const markets = read.flatMap(({ data }) => data ?? []);
  if (rows.length > 0 && markets.length === 0) context.addIssue("No market can be read");
  const unreadable = rows.filter((_, index) => !read[index]?.success).map(({ symbol }) => symbol);
  return { markets, unreadable };
});
/** Every market that can be read, and the symbols of the others. */
export type MarketList = z.infer<typeof MarketList>;

/** Whether the exchange is at work: `Ok` or `Maintenance`. */
export const Status = z.object({ status: Text, message: Text.optional() });
/** Whether the exchange is at work. */
export type Status = z.infer<typeof Status>;

/** The last day or week of a market; `priceChangePercent` is a fraction, or text such as `N/A`. */
export const Ticker = z.object({
  symbol: Text,
  firstPrice: DecimalText,
  lastPrice: Amount,
  high: DecimalText,
  low: DecimalText,
  priceChange: DecimalText,
  priceChangePercent: Text,
  volume: DecimalText,
  quoteVolume: DecimalText,
  trades: DecimalText,
});
/** The last day or week of a market. */
export type Ticker = z.infer<typeof Ticker>;

const Level = z.tuple([Amount, Amount]);

/** The book: `[price, quantity]`, bids ascending (the best bid is last), asks ascending. */
export const Depth = z.object({
  asks: z.array(Level),
  bids: z.array(Level),
  lastUpdateId: Id,
  timestamp: z.int().describe("Unix microseconds"),
});
/** The book. */
export type Depth = z.infer<typeof Depth>;

/** A candle; without trades it has no prices. */
export const Kline = z.object({
  start: TimeMs,
  end: TimeMs,
  open: DecimalText.optional(),
  high: DecimalText.optional(),
  low: DecimalText.optional(),
  close: DecimalText.optional(),
  volume: DecimalText,
  quoteVolume: DecimalText,
  trades: DecimalText,
});
/** A candle. */
export type Kline = z.infer<typeof Kline>;

/** A public trade; `isBuyerMaker` means that the aggressor sold. */
export const Trade = z.object({
  id: Id.optional(),
  price: DecimalText,
  quantity: DecimalText,
  quoteQuantity: DecimalText,
  timestamp: TimeMs,
  isBuyerMaker: z.boolean(),
});
/** A public trade. */
export type Trade = z.infer<typeof Trade>;

/** A mark price, with funding where the market has it. */
export const MarkPrice = z.object({
  symbol: Text,
  markPrice: Amount,
  indexPrice: DecimalText.optional(),
  fundingRate: DecimalText.optional(),
  nextFundingTimestamp: TimeMs.optional(),
});
/** A mark price. */
export type MarkPrice = z.infer<typeof MarkPrice>;
