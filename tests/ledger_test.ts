import { assert, assertEquals, assertThrows } from "@std/assert";
import { Ledger } from "../lib/desk/ledger.ts";
import { DAY_MS } from "../lib/intervals.ts";
import { Journal } from "../lib/journal/mod.ts";
import { journalFile } from "./_journal_child.ts";

const NOW_MS = 1_767_225_600_000;
const HOUR_MS = 3_600_000;

/** A journal in which orders are recorded at whatever time, by the machine's clock and the exchange's. */
class Past {
  #nowMs = 0;
  readonly journal: Journal;

  constructor(path: string) {
    this.journal = Journal.open(journalFile(path), () => this.#nowMs);
  }

  /** An order of so long ago, with what became of it; its row. */
  order(clientId: number, ageMs: number, outcome: Outcome = {}): number {
    const { state = "placed", closedAgeMs, exits, clockBehindMs = 0 } = outcome;
    const timestampMs = NOW_MS - ageMs;
    const request = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "1" };
    const price = String(100 + clientId);
    const body = {
      ...{ tool: "create_order", symbol: "SOL_USDC", key: "k", timestampMs, windowMs: 5000 },
      request: { ...request, price },
      spends: { notional: price, unit: price, ...(exits && { exits: price }) },
    };
    this.#nowMs = timestampMs - clockBehindMs;
    return this.journal.transact(() => {
      const intent = this.journal.append("intent", { clientId, body });
      if (state !== "in_flight") {
        this.journal.append("outcome", { intent, clientId, body: { state } });
        this.journal.append("delivered", { intent, body: {} });
      }
      if (closedAgeMs !== undefined) this.#close(intent, closedAgeMs);
      return intent;
    });
  }

  /** Notes that the order of that row has ended. */
  close(intent: number, ageMs: number): void {
    this.journal.transact(() => this.#close(intent, ageMs));
  }

  #close(intent: number, ageMs: number): void {
    this.#nowMs = NOW_MS - ageMs;
    this.journal.append("noted", { intent, body: { event: "closed", status: "Filled" } });
  }
}

interface Outcome {
  state?: "placed" | "not_placed" | "unknown" | "in_flight";
  closedAgeMs?: number;
  exits?: boolean;
  clockBehindMs?: number;
}

function withPast(work: (past: Past) => void): void {
  const directory = Deno.makeTempDirSync();
  const past = new Past(`${directory}/journal.sqlite`);
  try {
    work(past);
  } finally {
    past.journal.close();
    Deno.removeSync(directory, { recursive: true });
  }
}

function clientIds(ledger: Ledger): (number | undefined)[] {
  return ledger.reservations(NOW_MS).map(({ clientId }) => clientId).sort();
}

/** Orders of last month that have all ended. */
function fill(past: Past, count: number): void {
  for (let n = 0; n < count; n++) {
    past.order(10_000 + n, 30 * DAY_MS - n * 60_000, { closedAgeMs: 29 * DAY_MS });
  }
}

Deno.test("ledger: a new one knows every order that may still count, however old", () => {
  withPast((past) => {
    fill(past, 20);
    past.order(1, 20 * DAY_MS);
    past.order(2, 20 * DAY_MS, { state: "unknown" });
    past.order(3, 20 * DAY_MS, { state: "in_flight" });
    past.order(4, 20 * DAY_MS, { state: "not_placed" });
    past.order(5, 20 * DAY_MS, { closedAgeMs: 19 * DAY_MS, exits: true });
    past.order(6, 120 * DAY_MS, { closedAgeMs: 119 * DAY_MS, exits: true });
    const lately = past.order(7, 10 * DAY_MS);
    past.order(10, DAY_MS + HOUR_MS / 2, { closedAgeMs: DAY_MS + HOUR_MS / 2 });
    past.order(8, 20 * HOUR_MS, { closedAgeMs: 19 * HOUR_MS });
    past.order(9, HOUR_MS, { state: "not_placed" });
    past.order(11, 0);
    past.close(lately, HOUR_MS);
    const ledger = new Ledger(past.journal, "k");
    assertEquals(clientIds(ledger), [1, 10, 11, 2, 3, 5, 7, 8, 9]);
    assertEquals(
      ledger.reservations(NOW_MS).filter(({ isClosed }) => isClosed).map(({ clientId }) =>
        clientId
      ),
      [5, 7, 10, 8],
    );
  });
});

Deno.test("ledger: the orders of the day count, although the machine's clock was days behind", () => {
  withPast((past) => {
    fill(past, 20);
    past.order(1, 3 * HOUR_MS, { closedAgeMs: 3 * HOUR_MS });
    past.order(2, 2 * HOUR_MS, { closedAgeMs: 3 * DAY_MS, clockBehindMs: 3 * DAY_MS });
    past.order(3, HOUR_MS, { closedAgeMs: HOUR_MS });
    assertEquals(clientIds(new Ledger(past.journal, "k")), [1, 2, 3]);
  });
});

Deno.test("ledger: one that could not be read begins anew, and knows what it would have known", () => {
  withPast((past) => {
    fill(past, 20);
    past.order(1, 20 * DAY_MS);
    past.order(2, 20 * DAY_MS, { exits: true });
    past.order(3, HOUR_MS);
    const { journal } = past;
    const entries = journal.entries.bind(journal);
    // It fails at each of its reads in turn.
    for (let failing = 1; failing <= 4; failing++) {
      let reads = 0;
      journal.entries = (filter) => {
        if (++reads === failing) throw new Error("busy");
        return entries(filter);
      };
      const ledger = new Ledger(journal, "k");
      assertThrows(() => ledger.reservations(NOW_MS), Error, "busy");
      assertEquals(clientIds(ledger), [1, 2, 3], `read ${failing}`);
      const like = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" } as const;
      const request = { ...like, quantity: "1", price: "101" };
      assertEquals(ledger.recent(request, { atMs: 0, sentAtMs: 0 }).length, 1, `read ${failing}`);
    }
  });
});

Deno.test("ledger: what a new one knows, one that saw it all knows, too", () => {
  withPast((past) => {
    const old = new Ledger(past.journal, "k");
    assertEquals(clientIds(old), []);
    const states = ["placed", "not_placed", "unknown", "in_flight"] as const;
    for (let n = 0; n < 120; n++) {
      const isClosed = n % 3 === 0 && n % 4 === 0;
      const ageMs = (120 - n) * HOUR_MS;
      const closedAgeMs = isClosed ? { closedAgeMs: ageMs - HOUR_MS } : {};
      past.order(n, ageMs, { state: states[n % 4]!, ...closedAgeMs, exits: n % 5 === 0 });
    }
    // An old order that was not placed counts for nothing.
    const counting = (ledger: Ledger): unknown[] =>
      ledger.reservations(NOW_MS).filter(({ state }) => state !== "not_placed")
        .sort((a, b) => a.seq - b.seq);
    assertEquals(counting(new Ledger(past.journal, "k")), counting(old));
  });
});

Deno.test("ledger: orders like one are found among a day's, the newest first, with those that stand", () => {
  withPast((past) => {
    fill(past, 20);
    for (const ageMs of [4 * DAY_MS, 3 * DAY_MS, 2 * DAY_MS, 3 * HOUR_MS, HOUR_MS]) {
      past.order(1, ageMs);
    }
    past.order(2, HOUR_MS, { state: "in_flight" });
    const request = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" } as const;
    const like = { ...request, quantity: "1.0" };
    const ledger = new Ledger(past.journal, "k");
    const ages = (atMs: number, sentAtMs: number, price = "101.00"): number[] =>
      ledger.recent({ ...like, price }, { atMs, sentAtMs }).map(({ atMs }) => NOW_MS - atMs);
    assertEquals(ages(NOW_MS - DAY_MS, NOW_MS - DAY_MS), [HOUR_MS, 3 * HOUR_MS]);
    assertEquals(ages(NOW_MS, NOW_MS - DAY_MS), [HOUR_MS, 3 * HOUR_MS]);
    assertEquals(ages(NOW_MS - 2 * HOUR_MS, NOW_MS), [HOUR_MS]);
    assertEquals(ages(NOW_MS, NOW_MS - HOUR_MS), [HOUR_MS]);
    const standing = [2 * DAY_MS, 3 * DAY_MS, 4 * DAY_MS];
    assertEquals(ages(0, 0), [HOUR_MS, 3 * HOUR_MS, ...standing]);
    assertEquals(ages(NOW_MS - DAY_MS, NOW_MS - DAY_MS, "101.01"), []);
    assertEquals(ages(0, 0, "102"), [HOUR_MS]);
  });
});

Deno.test("ledger: what is past is forgotten, an order on the same terms is not", () => {
  withPast((past) => {
    past.order(1, 26 * HOUR_MS, { closedAgeMs: 26 * HOUR_MS });
    past.order(1, HOUR_MS);
    const ledger = new Ledger(past.journal, "k");
    const request = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" } as const;
    const like = { ...request, quantity: "1", price: "101" };
    const ages = (): number[] =>
      ledger.recent(like, { atMs: 0, sentAtMs: 0 }).map(({ atMs }) => NOW_MS - atMs);
    assertEquals(ages(), [HOUR_MS, 26 * HOUR_MS]);
    assertEquals(ledger.reservations(NOW_MS).length, 1);
    assertEquals(ages(), [HOUR_MS]);
  });
});

Deno.test("ledger: the first order reads no more rows of a journal of 3,000 orders than of 30", () => {
  const rowsRead = (orders: number): number => {
    let rows = 0;
    withPast((past) => {
      fill(past, orders);
      for (let n = 0; n < 10; n++) past.order(n, HOUR_MS, { closedAgeMs: 0 });
      const { journal } = past;
      const entries = journal.entries.bind(journal);
      journal.entries = function* (filter): ReturnType<typeof entries> {
        for (const entry of entries(filter)) {
          rows++;
          yield entry;
        }
      };
      assertEquals(new Ledger(journal, "k").reservations(NOW_MS).length, 10);
    });
    return rows;
  };
  const few = rowsRead(30);
  assert(few < 100, `${few} rows`);
  assertEquals(rowsRead(3000), few);
});
