/**
 * Work in the background: a round, a pause, and again as long as there is something to do.
 *
 * @module
 */

import type { DeskParts } from "./parts.ts";

/** What is done again and again. */
export interface Round {
  /** The pause before each round. */
  pauseMs: number;
  /** The pause before the first one, if it is another. */
  firstPauseMs?: number;
  /** One round. What it throws is logged, and the next one comes all the same. */
  run(): Promise<void>;
  /** Whether nothing is left; while that can't be said, because it throws, rounds go on. */
  isDone(): boolean;
}

/** Runs a {@linkcode Round} once it is woken, until it is done or stopped. */
export class Rounds {
  readonly #parts: () => Pick<DeskParts, "edges" | "log">;
  readonly #round: Round;
  #callOff: (() => void) | undefined;
  #isBegun = false;
  #isStopped = false;

  /** Does nothing before {@linkcode wake}; asks for `parts` only then. */
  constructor(parts: () => Pick<DeskParts, "edges" | "log">, round: Round) {
    this.#parts = parts;
    this.#round = round;
  }

  /** Begins a round after a pause, unless one is awaited or running, or there are to be no more. */
  wake(): void {
    if (this.#isStopped) return;
    const pauseMs = this.#isBegun ? undefined : this.#round.firstPauseMs;
    this.#isBegun = true;
    this.#callOff ??= this.#parts().edges.after(pauseMs ?? this.#round.pauseMs, () => {
      this.#round.run()
        .catch((error) => this.#parts().log.error("round", { reason: String(error) }))
        .then(() => this.#again());
    });
  }

  /** Ends it; a round that is running comes to its end. */
  stop(): void {
    this.#isStopped = true;
    this.#callOff?.();
  }

  #again(): void {
    this.#callOff = undefined;
    if (this.#isStopped) return;
    try {
      if (this.#round.isDone()) return;
    } catch (error) {
      this.#parts().log.error("round", { reason: String(error) });
    }
    this.wake();
  }
}
