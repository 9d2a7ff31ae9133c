/**
 * The markets' filters, cached. A symbol is case-sensitive and never corrected: an unknown one is
 * answered with its closest neighbours.
 *
 * @module
 */

import { type Call, withDeadline } from "../clock.ts";
import type { Edges } from "../edges.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import { nearest } from "../nearest.ts";
import { isName, quoted } from "../quote.ts";
import type { Market } from "../schemas/mod.ts";

const MAX_AGE_MS = 5 * 60_000;
/** What follows can do without the list, and a cancel should not wait for it. */
const PATIENCE_MS = 5000;

/** Every market by its symbol, fetched when first asked for and when older than five minutes. */
export class Markets {
  readonly #exchange: Exchange;
  readonly #edges: Edges;
  #bySymbol: ReadonlyMap<string, Market> = new Map();
  #unreadable: readonly string[] = [];
  #fetchedAtMs = -Infinity;

  /** Fetches nothing yet. */
  constructor(exchange: Exchange, edges: Edges) {
    this.#exchange = exchange;
    this.#edges = edges;
  }

  /**
   * The market called `symbol`.
   *
   * @throws {DeskError} `invalid_input` with the closest symbols if there is none; `bad_reply` if
   * what the exchange says of it can't be read
   */
  async get(symbol: string, call: Call): Promise<Market> {
    const known = (await this.all(call)).get(symbol);
    const market = known ?? (await this.refresh(call)).get(symbol);
    if (market !== undefined) return market;
    if (this.#unreadable.includes(symbol)) throw unreadableMarket(symbol);
    throw unknownSymbol(symbol, this.#bySymbol.keys());
  }

  /**
   * Lets a symbol pass that was on the list at any time, or when the list can't be had within five
   * seconds.
   *
   * @throws {DeskError} `invalid_input` with the closest symbols if there is no such market
   */
  async refuseUnknown(symbol: string, call: Call): Promise<void> {
    if (this.#bySymbol.has(symbol)) return;
    const look = (looking: Call): Promise<Market> => this.get(symbol, looking);
    try {
      await withDeadline(this.#edges, PATIENCE_MS, look, call.signal);
    } catch (error) {
      if (error instanceof DeskError && error.code === "invalid_input") throw error;
    }
  }

  /** Every market, at most five minutes old. */
  async all(call: Call): Promise<ReadonlyMap<string, Market>> {
    if (this.#edges.monotonic() - this.#fetchedAtMs <= MAX_AGE_MS) return this.#bySymbol;
    return await this.refresh(call);
  }

  /** The symbols of the markets that could not be read when they were last fetched. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** Every market, fetched anew. */
  async refresh(call: Call): Promise<ReadonlyMap<string, Market>> {
    const { markets, unreadable } = await this.#exchange.markets(call);
    // A symbol that nobody could ask for is no market, and would stand in hints.
    const named = markets.filter(({ symbol }) => isName(symbol));
    this.#unreadable = unreadable.filter(isName).sort();
    this.#bySymbol = new Map(named.map((market) => [market.symbol, market]));
    this.#fetchedAtMs = this.#edges.monotonic();
    return this.#bySymbol;
  }
}

function unreadableMarket(symbol: string): DeskError {
  return new DeskError("bad_reply", `What the exchange says of ${symbol} could not be read`, {
    hint: "No order can be placed there, cancels and other markets work: tell the owner",
  });
}

function unknownSymbol(symbol: string, known: Iterable<string>): DeskError {
  const closest = nearest(symbol, known);
  const hint = closest.length === 0
    ? "Symbols look like SOL_USDC (spot) or SOL_USDC_PERP (perpetual)"
    : `The closest known symbols: ${closest.join(", ")}`;
  return new DeskError("invalid_input", `There is no market ${quoted(symbol)}`, {
    hint: `${hint}. Upper and lower case matter`,
    outcome: "not_placed",
    details: { closest },
  });
}
