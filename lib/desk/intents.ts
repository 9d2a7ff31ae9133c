/**
 * The desk's memory of what it meant to do: each effect is recorded before it leaves, and its
 * outcome once it is known. No record, no effect.
 *
 * Whatever stops an order (a limit, another order whose outcome is not known, one that looks just
 * like it) is checked in the transaction that records its intent: two processes or two calls can't
 * both pass.
 *
 * @module
 */

import type { Edges } from "../edges.ts";
import { DeskError } from "../errors.ts";
import type { Stamp } from "../http/mod.ts";
import { DAY_MS } from "../intervals.ts";
import { haltsSinceResumed } from "../journal/halts.ts";
import {
  type Entry,
  type EntryKind,
  type Intent,
  type Journal,
  JournalError,
} from "../journal/mod.ts";
import type { Log } from "../log.ts";
import type { NewIntent, Outcome } from "./intent.ts";
import { Ledger, type Reservation } from "./ledger.ts";
import type { OrderRequest } from "./order_request.ts";

/**
 * Longer than any effect takes to be sent, answered and looked for. An intent from further in the
 * future is as old: the machine's clock was set back since.
 */
const IN_FLIGHT_MS = 20_000;

/** What {@linkcode Intents} needs. */
export interface IntentsOptions {
  readonly edges: Edges;
  readonly log: Log;
  /** The fingerprint of the API key. */
  readonly key: string;
  /** Called when an outcome could not be recorded: somebody must find it out again. */
  readonly whenUnrecorded: () => void;
}

/** Records intents and outcomes in the journal. */
export class Intents {
  readonly #journal: Journal | JournalError;
  readonly #edges: Edges;
  readonly #log: Log;
  readonly #key: string;
  readonly #ledger: Ledger | undefined;
  readonly #whenUnrecorded: () => void;
  /** What every answer tells of, with the version of the journal that it was read from. */
  readonly #known = new Map<string, { version: string; rows: readonly unknown[] }>();

  /** A journal that could not be opened stops effects. */
  constructor(journal: Journal | JournalError, options: IntentsOptions) {
    this.#journal = journal;
    this.#whenUnrecorded = options.whenUnrecorded;
    this.#edges = options.edges;
    this.#log = options.log;
    this.#key = options.key;
    this.#ledger = journal instanceof JournalError ? undefined : new Ledger(journal, options.key);
  }

  /**
   * Records intents unless `check` throws, all in one transaction; their rows.
   *
   * @throws {DeskError} `journal` if it can't be recorded; whatever `check` throws
   */
  commit(intents: readonly NewIntent[], stamp: Stamp, check: () => void): number[] {
    return this.write((journal) => {
      check();
      return intents.map(({ clientId, ...body }) =>
        journal.append("intent", {
          ...(clientId === undefined ? {} : { clientId }),
          body: { ...body, ...stamp, key: this.#key },
        })
      );
    });
  }

  /** Records what became of an intent; a failure to do so leaves it in flight, never wrong. */
  settle(seq: number, clientId: number | undefined, outcome: Outcome): void {
    this.#note("outcome", seq, clientId, { ...outcome });
  }

  /** Records that an order has ended for good and that its fills add up. */
  closed(seq: number, status: string, executedQuantity: string): void {
    this.#note("noted", seq, undefined, { event: "closed", status, executedQuantity });
  }

  /** Records that the client was told. Without this record nobody counts as told of the order. */
  delivered(seq: number): void {
    this.#note("delivered", seq, undefined, {});
  }

  /**
   * Records that an order which had been called absent stands, and that the desk halts for it:
   * once, however many processes find it.
   *
   * @throws {DeskError} `journal` if it can't be recorded
   */
  reappeared(seq: number, clientId: number, outcome: Outcome, reason: string): void {
    this.write((journal) => {
      if (journal.intents({ seq })[0]?.state !== "not_placed") return seq;
      journal.append("outcome", { intent: seq, clientId, body: { ...outcome } });
      const body = { cause: "reappeared", reason };
      return journal.append("halted", { intent: seq, clientId, body });
    });
  }

  /** What has halted the desk since the owner last resumed, the oldest first. */
  halts(): Entry[] {
    return this.#unlessKnown(["halted", "resumed"], haltsSinceResumed);
  }

  /** What is known by now of an intent. */
  now(intent: Intent): Intent {
    return this.#rows((journal) => journal.intents({ seq: intent.seq }))[0] ?? intent;
  }

  /** Whether it is this desk's key's: another key may be another account's. */
  isOurs(intent: Intent): boolean {
    return intent.key === this.#key;
  }

  /** The newest intent under a client id. */
  under(clientId: number): Intent | undefined {
    return this.#rows((journal) => journal.intents({ clientId, limit: 1 }))[0];
  }

  /** The intents of the last `durationMs`, the newest first. */
  recent(durationMs: number): Intent[] {
    return this.#rows((journal) => journal.intents({ sinceMs: this.#edges.now() - durationMs }));
  }

  /**
   * Of the last `durationMs`: the cancels whose end is not known, and the orders that were called
   * absent; the newest first.
   */
  watched(durationMs: number): Intent[] {
    const sinceMs = this.#edges.now() - durationMs;
    return this.#rows((journal) => journal.intents({ among: "watched", sinceMs }));
  }

  /**
   * The orders like `request` of the last `durationMs`, at most a day, by either clock; the newest
   * first. `exchangeMs` is now by the exchange's, Unix ms.
   */
  recentOrders(request: OrderRequest, durationMs: number, exchangeMs: number): Reservation[] {
    const since = { atMs: this.#edges.now() - durationMs, sentAtMs: exchangeMs - durationMs };
    return this.#rows(() => this.#ledger?.recent(request, since) ?? []);
  }

  /**
   * The unresolved intents that nobody is sending any more, the newest first: those in flight for
   * so long have lost their process, or their outcome could not be recorded.
   */
  inDoubt(): Intent[] {
    const nowMs = this.#edges.now();
    return this.unresolved().filter((intent) =>
      intent.state === "unknown" || Math.abs(nowMs - intent.atMs) > IN_FLIGHT_MS
    );
  }

  /** Every intent of unknown outcome or in flight, the newest first. */
  unresolved(): Intent[] {
    const kinds = ["intent", "outcome"] as const;
    return this.#unlessKnown(kinds, (journal) => journal.intents({ unresolved: true }));
  }

  /** What every order of every process may still spend; see {@linkcode Ledger.reservations}. */
  reservations(nowMs: number): Reservation[] {
    return this.#rows(() => this.#ledger?.reservations(nowMs) ?? []);
  }

  /** Whether the journal is younger than a day: an older one may have been deleted. */
  get isFirstDay(): boolean {
    if (this.#journal instanceof JournalError) return true;
    return this.#edges.now() - this.#journal.createdAtMs < DAY_MS;
  }

  /**
   * What `work` reads off the journal.
   *
   * @throws {DeskError} `journal` if there is none, or it can't be read
   */
  read<T>(work: (journal: Journal) => T): T {
    const journal = this.#journal;
    try {
      if (journal instanceof JournalError) throw journal;
      return work(journal);
    } catch (error) {
      throw withoutRecord(error);
    }
  }

  /**
   * Writes to the journal in one transaction.
   *
   * @throws {DeskError} `journal` if it can't be written; whatever `work` throws
   */
  write<T>(work: (journal: Journal) => T): T {
    return this.read((journal) => journal.transact(() => work(journal)));
  }

  /** What has happened has happened: a record of it that can't be written changes no answer. */
  #note(
    kind: "outcome" | "delivered" | "noted",
    intent: number,
    clientId: number | undefined,
    body: Record<string, unknown>,
  ): void {
    const id = clientId === undefined ? {} : { clientId };
    try {
      this.read((journal) => {
        const append = (): number => journal.append(kind, { intent, ...id, body });
        return kind === "delivered" ? journal.transactUnhurried(append) : journal.transact(append);
      });
    } catch (error) {
      this.#log.error("journal", { kind, intent, reason: String(error) });
      this.#whenUnrecorded();
    }
  }

  #rows<T>(work: (journal: Journal) => T[]): T[] {
    return this.#journal instanceof JournalError ? [] : this.read(work);
  }

  /** {@linkcode Intents.#rows}, read anew only after somebody has written entries of these kinds. */
  #unlessKnown<T>(kinds: readonly EntryKind[], work: (journal: Journal) => T[]): T[] {
    return this.#rows((journal) => {
      const version = journal.version(kinds);
      const name = kinds.join();
      const known = this.#known.get(name);
      if (version !== undefined && known?.version === version) return known.rows as T[];
      const rows = work(journal);
      if (version !== undefined) this.#known.set(name, { version, rows });
      return rows;
    });
  }
}

function withoutRecord(error: unknown): unknown {
  if (!(error instanceof JournalError)) return error;
  return new DeskError("journal", `Nothing can be recorded, so nothing is sent: ${error.message}`, {
    outcome: "not_placed",
    hint: "Reads go on. The owner must see to the journal; the message says how",
    cause: error,
  });
}
