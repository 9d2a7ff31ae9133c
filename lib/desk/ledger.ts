/**
 * What the journal says of the orders of all processes, kept up to date row by row: what each may
 * still spend, when it left, whether a person approved it. Nothing here asks the exchange.
 *
 * @module
 */

import { type Decimal, decimal, ownDecimal, ZERO } from "../decimal.ts";
import { DAY_MS } from "../intervals.ts";
import type { Entry, Journal } from "../journal/mod.ts";
import { Order } from "../schemas/mod.ts";
import type { OrderRequest } from "./order_request.ts";
import { termsOf } from "./terms.ts";

/** One order that was sent, or was about to be. */
export interface Reservation {
  /** Its intent's row. */
  seq: number;
  /** When that was committed, Unix ms by this machine's clock. */
  atMs: number;
  /** `X-Timestamp`: Unix ms by the exchange's clock. */
  sentAtMs: number;
  clientId: number | undefined;
  symbol: string;
  /** What was asked for, as the tool took it. */
  request: Partial<OrderRequest>;
  /** USD that it was judged to spend. */
  notional: Decimal;
  /** USD of one unit of the base asset. */
  unit: Decimal;
  /** USD of its take-profit or stop-loss. */
  exits: Decimal;
  /** What it would fill, base asset, of an order that names no such amount. */
  quantity?: Decimal | undefined;
  /** Whether a person said yes to it. */
  isApproved: boolean;
  /** The intent's, as of the latest outcome. */
  state: string;
  /** When its answer was last delivered, Unix ms by this machine's clock. */
  toldAtMs?: number;
  /** The newest that is known of the order itself. */
  order?: Order;
  /** It has ended, and its fills were seen to add up. */
  isClosed: boolean;
  /** It was sent under another key, maybe of another account: its fills may never show here. */
  isElsewhere?: boolean;
  /**
   * What it had executed when it was closed, base asset, and when: Unix ms by this machine's clock.
   */
  end?: { executedQuantity: Decimal; atMs: number };
  /** The position in its market that was listed when it was judged. */
  position?: SeenPosition;
  /** The exchange's id of the order that made way for it. */
  replaces?: string;
  /** It is cancelled for the order that is judged: nothing of it will fill any more. */
  makesWay?: boolean;
}

/** A position as the exchange listed it. */
export interface SeenPosition {
  /** Negative when short, zero where there was none; base asset. */
  netQuantity: Decimal;
  /** Unix ms by the exchange's clock. */
  atMs: number;
}

/** Nothing that ended longer ago can still have a fill within the last day. */
const KEPT_MS = DAY_MS + 3_600_000;
/** An hour more, since the orders of several processes may be recorded in another sequence. */
const READ_MS = KEPT_MS + 3_600_000;
/** Its take-profit and stop-loss may stand for much longer. */
const KEPT_WITH_EXITS_MS = 100 * DAY_MS;

/** The reservations of one journal. */
export class Ledger {
  readonly #journal: Journal;
  readonly #key: string;
  readonly #reservations = new Map<number, Reservation>();
  /** The same, by their terms; the oldest first. */
  readonly #byTerms = new Map<string, Reservation[]>();
  /** When the newest row about each was written, by its `seq`. */
  readonly #changedAtMs = new Map<number, number>();
  /** The first row that is not read yet; before it has begun, none is. */
  #nextSeq = Infinity;

  /** Reads nothing yet. `key` is the fingerprint of the desk's own. */
  constructor(journal: Journal, key: string) {
    this.#journal = journal;
    this.#key = key;
  }

  /**
   * Every order that may still fill, or may have filled within a day before `nowMs` (Unix ms by
   * the exchange's clock). Up to date as of now, or of the transaction that is open.
   *
   * @throws {JournalError}
   */
  reservations(nowMs: number): Reservation[] {
    this.#catchUp();
    for (const reservation of this.#reservations.values()) {
      if (this.#isPast(reservation, nowMs)) this.#forget(reservation);
    }
    return [...this.#reservations.values()];
  }

  /**
   * The orders on the same terms as `request` that were recorded at `since.atMs` or later (Unix ms
   * by this machine's clock), or sent at `since.sentAtMs` (by the exchange's), at most a day ago; the
   * newest first.
   *
   * @throws {JournalError}
   */
  recent(request: OrderRequest, since: { atMs: number; sentAtMs: number }): Reservation[] {
    this.#catchUp();
    const alike = this.#byTerms.get(termsOf(request)) ?? [];
    return alike.filter(({ atMs, sentAtMs }) => atMs >= since.atMs || sentAtMs >= since.sentAtMs)
      .reverse();
  }

  #catchUp(): void {
    if (this.#nextSeq === Infinity) this.#begin();
    for (const entry of this.#journal.entries({ sinceSeq: this.#nextSeq })) {
      this.#add(entry);
      this.#nextSeq = entry.seq + 1;
    }
  }

  /**
   * Reads what a day and the orders that still stand need, however old the journal is. A read that
   * fails leaves it to be begun anew.
   */
  #begin(): void {
    const nextSeq = this.#dayBegins();
    this.#byTerms.clear();
    const older = [
      ...this.#journal.intents({ among: "standing" }),
      ...this.#journal.intents({ unresolved: true }),
    ].map(({ seq }) => seq).filter((seq) => seq < nextSeq);
    for (const seq of [...new Set(older)].sort((a, b) => a - b)) this.#addWhole(seq);
    this.#nextSeq = nextSeq;
  }

  /**
   * The row to begin with: by both clocks, it and every intent before are more than a day older than
   * the newest. If the machine's clock was set wrong, the exchange's still tells.
   */
  #dayBegins(): number {
    let newest: { atMs: number; sentAtMs: number } | undefined;
    for (
      const { seq, atMs, body } of this.#journal.entries({ kind: "intent", newestFirst: true })
    ) {
      const sentAtMs = Number(body.timestampMs);
      newest ??= { atMs, sentAtMs };
      const isBefore = newest.atMs - atMs > READ_MS && newest.sentAtMs - sentAtMs > READ_MS;
      if (isBefore) return seq;
    }
    return 1;
  }

  /** An intent and all that was ever written about it. */
  #addWhole(seq: number): void {
    for (const entry of this.#journal.entries({ sinceSeq: seq, limit: 1 })) this.#add(entry);
    if (!this.#reservations.has(seq)) return;
    for (const entry of this.#journal.entries({ intent: seq })) this.#add(entry);
  }

  /** An order of last week that ended just now counts for another day. */
  #isPast({ seq, state, sentAtMs, isClosed, exits }: Reservation, nowMs: number): boolean {
    const changedAtMs = Math.max(sentAtMs, this.#changedAtMs.get(seq) ?? 0);
    const keptMs = exits.isZero() ? KEPT_MS : KEPT_WITH_EXITS_MS;
    return (isClosed || state === "not_placed") && nowMs - changedAtMs > keptMs;
  }

  #forget(reservation: Reservation): void {
    const { seq, request } = reservation;
    const terms = termsOf(request);
    const others = this.#byTerms.get(terms)?.filter((other) => other !== reservation) ?? [];
    if (others.length > 0) this.#byTerms.set(terms, others);
    else this.#byTerms.delete(terms);
    this.#reservations.delete(seq);
    this.#changedAtMs.delete(seq);
  }

  #keep(reservation: Reservation): void {
    const terms = termsOf(reservation.request);
    const alike = this.#byTerms.get(terms) ?? [];
    alike.push(reservation);
    this.#byTerms.set(terms, alike);
    this.#reservations.set(reservation.seq, reservation);
  }

  #add(entry: Entry): void {
    if (entry.kind === "intent") {
      const isElsewhere = entry.body.key !== this.#key;
      if (isOrder(entry)) this.#keep({ ...reservationOf(entry), isElsewhere });
      return;
    }
    const { intent } = entry;
    if (intent === undefined) return;
    const reservation = this.#reservations.get(intent);
    // Not read yet, or forgotten: whatever it is about may count again.
    if (reservation === undefined) return this.#addWhole(intent);
    if (entry.kind === "outcome") settle(reservation, entry);
    if (entry.kind === "delivered") reservation.toldAtMs = entry.atMs;
    if (entry.kind === "noted" && entry.body.event === "closed") close(reservation, entry);
    this.#changedAtMs.set(reservation.seq, entry.atMs);
  }
}

/** Whether the intent was to place an order, rather than to cancel one. */
function isOrder({ body }: Entry): boolean {
  return typeof body.request === "object" && body.spends !== undefined;
}

function reservationOf({ seq, atMs, clientId, body }: Entry): Reservation {
  const { notional, unit, exits = "0", quantity } = body.spends as Record<string, string>;
  return {
    seq,
    atMs,
    sentAtMs: Number(body.timestampMs),
    clientId,
    symbol: String(body.symbol),
    request: body.request as Partial<OrderRequest>,
    notional: ownDecimal(notional ?? "0"),
    unit: ownDecimal(unit ?? "0"),
    exits: ownDecimal(exits),
    isApproved: body.approval !== undefined,
    state: "in_flight",
    isClosed: false,
    ...(quantity === undefined ? {} : { quantity: ownDecimal(quantity) }),
    ...(typeof body.replaces === "string" ? { replaces: body.replaces } : {}),
    ...positionOf(body),
  };
}

function positionOf({ position }: Entry["body"]): Pick<Reservation, "position"> {
  if (typeof position !== "object" || position === null) return {};
  const { netQuantity, atMs } = position as { netQuantity: string; atMs: number };
  return { position: { netQuantity: decimal(netQuantity), atMs } };
}

function settle(reservation: Reservation, { body }: Entry): void {
  reservation.state = String(body.state);
  const order = Order.safeParse(body.order);
  if (order.success) reservation.order = order.data;
}

function close(reservation: Reservation, { atMs, body }: Entry): void {
  const executedQuantity = decimal(String(body.executedQuantity ?? "0"));
  Object.assign(reservation, { isClosed: true, end: { executedQuantity, atMs } });
}

/** What was sent within `windowMs` before `nowMs`; a clock that was set back lets nothing go. */
export function sentWithin(
  reservations: readonly Reservation[],
  windowMs: number,
  nowMs: number,
): Reservation[] {
  return reservations.filter(({ sentAtMs }) => sentAtMs > nowMs - windowMs);
}

/** USD of the orders of the last hour that nobody approved; what the exchange refused is none. */
export function unapprovedNotional(reservations: readonly Reservation[], nowMs: number): Decimal {
  return sentWithin(reservations, 3_600_000, nowMs)
    .filter((reservation) => !reservation.isApproved && reservation.state !== "not_placed")
    .reduce((sum, { notional }) => sum.plus(notional), ZERO);
}
