/**
 * Watches the orders that were called not placed by inference: for a day, each is looked for
 * again. One that shows up was wrongly written off, so the desk corrects its record, halts, and
 * says so in every answer until its owner resumes.
 *
 * @module
 */

import { type Call, withDeadline } from "../clock.ts";
import type { Intent } from "../journal/mod.ts";
import { shownUp } from "./halt.ts";
import type { DeskParts } from "./parts.ts";
import { type Found, lookRound, MAX_CLOCK_ERROR_MS, sentOrder } from "./outcome.ts";
import { MEMORY_MS } from "./repeats.ts";
import { Rounds } from "./rounds.ts";

/** Between rounds, which take some five requests for each order; 2,000 a minute are allowed. */
const PAUSE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 20_000;
const LOOK_LIMIT_MS = 40_000;

/** Looks for orders that were called absent. */
export class Watch {
  readonly #parts: () => DeskParts;
  readonly #rounds: Rounds;
  readonly #unrecorded = new Set<number>();

  /** Does nothing before {@linkcode start}; asks for `parts` only then. */
  constructor(parts: () => DeskParts) {
    this.#parts = parts;
    this.#rounds = new Rounds(parts, {
      pauseMs: PAUSE_MS,
      firstPauseMs: FIRST_PAUSE_MS,
      run: () => this.#runAll(),
      // Another process may call an order absent, and end.
      isDone: () => false,
    });
  }

  /** Looks every few minutes from now on, whichever process called an order absent. */
  start(): void {
    this.#rounds.wake();
  }

  /** Stops looking. */
  stop(): void {
    this.#rounds.stop();
  }

  /** The client ids of orders that have shown up since the owner last resumed. */
  get reappeared(): number[] {
    const recorded = this.#parts().intents.halts()
      .filter((entry) => entry.body.cause === "reappeared")
      .map((entry) => entry.clientId)
      .filter((clientId) => clientId !== undefined);
    return [...new Set([...recorded, ...this.#unrecorded])];
  }

  /** Client ids of {@linkcode reappeared} that the journal could not take. */
  get unrecorded(): number[] {
    return [...this.#unrecorded];
  }

  /** Looks for one order, if it is watched; where it is found, the desk has been halted. */
  async look(intent: Intent, call: Call): Promise<Found | undefined> {
    const { clientId } = intent;
    if (clientId === undefined || !this.#isWatched(intent)) return undefined;
    const desk = this.#parts();
    const { found } = await lookRound(desk.exchange, sentOrder(intent, clientId), call);
    if (found === undefined || this.#isOfLaterIntent(intent, clientId, found)) return undefined;
    this.#tell(intent, clientId, found);
    return found;
  }

  async #runAll(): Promise<void> {
    const { edges, intents, log } = this.#parts();
    const watched = intents.watched(MEMORY_MS).filter((intent) => this.#isWatched(intent));
    for (const intent of watched) {
      await withDeadline(edges, LOOK_LIMIT_MS, (call) => this.look(intent, call))
        .catch((error) => log.warn("watch", { reason: String(error) }));
    }
  }

  #isWatched(intent: Intent): boolean {
    return intent.tool === "create_order" && intent.state === "not_placed" &&
      intent.outcome?.body.by === "inference" &&
      this.#parts().edges.now() - intent.atMs < MEMORY_MS;
  }

  /** The client id of an order called absent may have been used again, for one like it. */
  #isOfLaterIntent(intent: Intent, clientId: number, { order }: Found): boolean {
    const later = this.#parts().intents.under(clientId);
    if (later === undefined || later.seq === intent.seq) return false;
    return order.createdAt >= Number(later.body.timestampMs) - MAX_CLOCK_ERROR_MS;
  }

  /** Halts first: that must not wait for a record. */
  #tell(intent: Intent, clientId: number, { order, by }: Found): void {
    const { halt, intents, log } = this.#parts();
    const reason = shownUp(clientId, intent.symbol);
    log.error("reappeared", { clientId, symbol: intent.symbol, by });
    halt.halt(reason);
    try {
      intents.reappeared(intent.seq, clientId, { state: "placed", by, order }, reason);
      this.#unrecorded.delete(clientId);
    } catch (error) {
      log.error("journal", { kind: "halted", reason: String(error) });
      this.#unrecorded.add(clientId);
    }
  }
}
