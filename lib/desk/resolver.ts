/**
 * Goes on looking for effects whose outcome is not known, in the background and after a restart,
 * until it is known (orders: see `absence.ts`; cancels: `doubtful_cancels.ts`). Sends nothing but reads.
 *
 * @module
 */

import { type Call, withDeadline } from "../clock.ts";
import type { Intent } from "../journal/mod.ts";
import { Absence } from "./absence.ts";
import { DoubtfulCancels } from "./doubtful_cancels.ts";
import type { Outcome } from "./intent.ts";
import type { DeskParts } from "./parts.ts";
import { lookRound, sentOrder } from "./outcome.ts";
import { MEMORY_MS } from "./repeats.ts";
import { Rounds } from "./rounds.ts";

/** Between two rounds over everything that is unresolved. */
const ROUND_MS = 16_000;
const ROUND_LIMIT_MS = 40_000;

/** Settles unknown orders and cancels in the journal. */
export class Resolver {
  readonly #parts: () => DeskParts;
  readonly #absences = new Map<number, Absence>();
  readonly #cancels: DoubtfulCancels;
  readonly #rounds: Rounds;

  /** Does nothing before {@linkcode wake}; asks for `parts` only then. */
  constructor(parts: () => DeskParts) {
    this.#parts = parts;
    this.#cancels = new DoubtfulCancels(parts);
    this.#rounds = new Rounds(parts, {
      pauseMs: ROUND_MS,
      run: () => this.#runAll(),
      isDone: () => this.left().length === 0,
    });
  }

  get #desk(): DeskParts {
    return this.#parts();
  }

  /** Looks soon, and again until nothing is unresolved. */
  wake(): void {
    this.#rounds.wake();
  }

  /** Stops looking. */
  stop(): void {
    this.#rounds.stop();
  }

  /** The orders and cancels whose end is not known, the newest first. */
  left(): Intent[] {
    const { intents } = this.#desk;
    const pending = intents.watched(MEMORY_MS).filter((intent) => intent.state === "pending");
    return [...intents.unresolved(), ...pending]
      .filter((intent) => intent.tool === "create_order" || intents.isOurs(intent));
  }

  /** One round for one order; the intent as it is afterwards. */
  async resolve(intent: Intent, call: Call): Promise<Intent> {
    const { clientId } = intent;
    if (clientId === undefined || intent.tool !== "create_order") return intent;
    const sent = sentOrder(intent, clientId);
    const atMs = await this.#desk.exchange.time(call);
    const round = await lookRound(this.#desk.exchange, sent, call);
    if (round.found !== undefined) {
      const { order, by } = round.found;
      this.#settle(intent, { state: "placed", by, order });
    } else if (
      // Another key may be another account's, whose orders don't show here.
      this.#desk.intents.isOurs(intent) && this.#absenceOf(intent).add({ ...round, atMs })
    ) {
      this.#settle(intent, { state: "not_placed", by: "inference" });
    }
    return this.#desk.intents.under(clientId) ?? intent;
  }

  async #runAll(): Promise<void> {
    for (const intent of this.#abandoned()) {
      const look = (call: Call): Promise<unknown> =>
        intent.tool === "create_order" ? this.resolve(intent, call) : this.#cancel(intent, call);
      await withDeadline(this.#desk.edges, ROUND_LIMIT_MS, look)
        .catch((error) => this.#desk.log.warn("resolve", { reason: String(error) }));
    }
  }

  /** Those that nobody waits for any more. */
  #abandoned(): Intent[] {
    const inDoubt = new Set(this.#desk.intents.inDoubt().map(({ seq }) => seq));
    return this.left().filter(({ seq, state }) => state === "pending" || inDoubt.has(seq));
  }

  async #cancel(intent: Intent, call: Call): Promise<void> {
    const outcome = await this.#cancels.look(intent, call);
    if (outcome === undefined) return;
    this.#settle(intent, outcome);
    this.#cancels.forget(intent.seq);
  }

  #absenceOf(intent: Intent): Absence {
    const known = this.#absences.get(intent.seq);
    if (known !== undefined) return known;
    const endMs = Number(intent.body.timestampMs) + Number(intent.body.windowMs);
    const absence = new Absence(endMs, "triggerPrice" in intent.request);
    this.#absences.set(intent.seq, absence);
    return absence;
  }

  /** Another process may have settled it meanwhile. */
  #settle(intent: Intent, outcome: Outcome): void {
    const { seq, clientId } = intent;
    if (this.#desk.intents.now(intent).outcome?.seq !== intent.outcome?.seq) return;
    this.#desk.log.info("resolved", { clientId, state: outcome.state, by: outcome.by });
    this.#desk.intents.settle(seq, clientId, outcome);
    this.#absences.delete(seq);
  }
}
