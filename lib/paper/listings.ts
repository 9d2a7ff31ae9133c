/**
 * What the simulated exchange lists: assets, markets and the market maker's quotes on them, as
 * data. Filters follow captured markets (API digest, section 5); the prices are fixed and near
 * those of 2026.
 *
 * @module
 */

/** A market's constants. */
export interface Listing {
  readonly symbol: string;
  /** The asset that is traded. */
  readonly base: string;
  /** What it is priced in; USDC unless told. */
  readonly quote?: string;
  /** How far from the market a limit price may be; {@linkcode BAND} unless told. */
  readonly band?: readonly [min: string, max: string];
  /** A perpetual, or spot. */
  readonly isPerp: boolean;
  /** Prices are multiples of this. */
  readonly tickSize: string;
  /** Quantities are multiples of this. */
  readonly stepSize: string;
  /** The least that an order may trade, in the base asset. */
  readonly minQuantity: string;
  /** The highest price that an order may name; none if null. */
  readonly maxPrice: string | null;
  /** How far a market order may move the price: this share up or down. */
  readonly impact: readonly [min: string, max: string];
  /** The price that the market maker quotes around. */
  readonly reference: string;
  /** The market maker's half spread and the widest gap between its levels, in ticks. */
  readonly quotes: { readonly halfSpread: number; readonly gap: number };
  /** The sizes of its quotes, in steps. */
  readonly sizes: readonly [min: number, max: number];
  /** As the exchange writes it, such as `2025-01-21T06:34:54.691858`. */
  readonly createdAt: string;
  /** `orderBookState`; Open unless told. */
  readonly state?: string;
}

/** What counts as collateral, and how much of its value. */
export type Collateral = Pick<Asset, "symbol" | "collateralWeight">;

/** An asset's constants. */
export interface Asset {
  readonly symbol: string;
  readonly displayName: string;
  readonly coingeckoId: string | null;
  readonly blockchain: string;
  readonly nativeDecimals: number;
  /** In units of the asset; so is the fee. */
  readonly minimumWithdrawal: string;
  readonly withdrawalFee: string;
  /** The share of its value that counts as collateral. */
  readonly collateralWeight: string;
}

const SOL = {
  base: "SOL",
  tickSize: "0.01",
  stepSize: "0.01",
  minQuantity: "0.01",
  maxPrice: null,
  impact: ["0.97", "1.03"],
  reference: "140",
  quotes: { halfSpread: 1, gap: 3 },
  sizes: [2000, 12000],
  createdAt: "2025-01-21T06:34:54.691858",
} as const;

const BTC = {
  base: "BTC",
  tickSize: "0.1",
  stepSize: "0.00001",
  minQuantity: "0.00001",
  maxPrice: null,
  impact: ["0.97", "1.03"],
  reference: "60000",
  quotes: { halfSpread: 2, gap: 40 },
  sizes: [5000, 50000],
  createdAt: "2025-01-21T06:34:54.691858",
} as const;

/** Every market. */
export const LISTINGS: readonly Listing[] = [
  { symbol: "BTC_USDC", isPerp: false, ...BTC },
  { symbol: "SOL_USDC", isPerp: false, ...SOL },
  { symbol: "BTC_USDC_PERP", isPerp: true, ...BTC },
  { symbol: "SOL_USDC_PERP", isPerp: true, ...SOL, maxPrice: "1000" },
  {
    symbol: "kPEPE_USDC_PERP",
    base: "kPEPE",
    isPerp: true,
    tickSize: "0.000001",
    stepSize: "100",
    minQuantity: "100",
    maxPrice: null,
    impact: ["0.95", "1.05"],
    reference: "0.01",
    quotes: { halfSpread: 1, gap: 2 },
    sizes: [5000, 50000],
    createdAt: "2025-03-04T07:10:11.123456",
  },
];

/** Every asset that can be held. */
export const ASSETS: readonly Asset[] = [
  {
    symbol: "USDC",
    displayName: "USD Coin",
    coingeckoId: "usd-coin",
    blockchain: "Solana",
    nativeDecimals: 6,
    minimumWithdrawal: "2",
    withdrawalFee: "1",
    collateralWeight: "1",
  },
  {
    symbol: "BTC",
    displayName: "Bitcoin",
    coingeckoId: "bitcoin",
    blockchain: "Bitcoin",
    nativeDecimals: 8,
    minimumWithdrawal: "0.0002",
    withdrawalFee: "0.0001",
    collateralWeight: "0.95",
  },
  {
    symbol: "SOL",
    displayName: "Solana",
    coingeckoId: "solana",
    blockchain: "Solana",
    nativeDecimals: 9,
    minimumWithdrawal: "0.02",
    withdrawalFee: "0.01",
    collateralWeight: "0.95",
  },
];

/** Limit prices may be this far from the last price. */
export const BAND: readonly [min: string, max: string] = ["0.75", "1.25"];

/** What a new account holds. */
export const OPENING_BALANCES: Readonly<Record<string, string>> = {
  USDC: "10000",
  BTC: "0.1",
  SOL: "25",
};
