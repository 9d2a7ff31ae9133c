/**
 * When an order that no look-up shows may be called absent. Pure.
 *
 * With D the end of the signature's life by the exchange's clock: (a) the exchange's time has
 * passed D + 5 s; (b) after that, two complete rounds of look-ups at least 15 s apart showed neither
 * the order nor, under its client id, another one that is open or was created since it was sent;
 * (c) history shows a row created after D, which proves that it has caught up, or the second round
 * was at D + 120 s or later. Never for trigger orders, whose look-ups are not documented to be
 * complete.
 *
 * @module
 */

/** A round of look-ups that found nothing. */
export interface EmptyRound {
  /** The exchange's time when it began, Unix ms. */
  atMs: number;
  /** Every look-up was answered and read to its end. */
  isComplete: boolean;
  /** History shows a row created after the signature's end. */
  showsLaterRow: boolean;
  /** Under its client id an order, like it or not, is open or was created since it was sent. */
  holdsId?: boolean;
}

/** How long after its signature's end a request can't be taken any more. */
export const AFTER_END_MS = 5000;
/** How far apart two looks that confirm each other must be. */
export const BETWEEN_ROUNDS_MS = 15_000;
const WITHOUT_LATER_ROW_MS = 120_000;

/** Collects empty rounds for one order and says when they prove its absence. */
export class Absence {
  readonly #endMs: number;
  readonly #isTrigger: boolean;
  #firstAtMs: number | undefined;

  /** `endMs` is D: X-Timestamp + X-Window. */
  constructor(endMs: number, isTrigger: boolean) {
    this.#endMs = endMs;
    this.#isTrigger = isTrigger;
  }

  /** Adds a round; whether the order is now known to be absent. */
  add(round: EmptyRound): boolean {
    if (this.#isTrigger || !round.isComplete || round.holdsId) return false;
    if (round.atMs < this.#endMs + AFTER_END_MS) return false;
    this.#firstAtMs ??= round.atMs;
    if (round.atMs - this.#firstAtMs < BETWEEN_ROUNDS_MS) return false;
    return round.showsLaterRow || round.atMs >= this.#endMs + WITHOUT_LATER_ROW_MS;
  }
}
