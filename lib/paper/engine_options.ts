/**
 * What an engine is told when it is made: clock, fees, what is listed and who quotes.
 *
 * @module
 */

import type { Engine } from "./engine.ts";
import type { Collateral, Listing } from "./listings.ts";
import type { QuotesState } from "./live_quotes.ts";
import type { Quoter } from "./maker.ts";
import type { Fees } from "./settlement.ts";

/** What the engine runs on. */
export interface EngineOptions {
  /** Unix ms. */
  now(): number;
  /** Of the market maker's quotes. */
  readonly seed: number;
  /** What is listed; the simulation's own markets unless told. */
  readonly listings?: readonly Listing[];
  /** What counts as collateral. */
  readonly assets?: readonly Collateral[];
  /** Whom customers trade with: the scripted market maker unless told. */
  readonly quoter?: (engine: Engine, state: QuotesState) => Quoter;
  /** What its quotes remember from before. */
  readonly quotes?: QuotesState;
  /** What trades cost. */
  readonly fees: Fees;
}
