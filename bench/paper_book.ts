/**
 * The book of the simulated exchange: what an insert costs beside a sorted array, and how inserts,
 * matches and the start of the exchange slow down as more orders rest.
 *
 * @module
 */

import { type Decimal, decimal } from "../lib/decimal.ts";
import { Book, type Link } from "../lib/paper/book.ts";
import { Engine } from "../lib/paper/engine.ts";
import { freshBook, Keeper } from "../lib/paper/keeper.ts";
import { NO_EXITS, PaperOrder, type Terms } from "../lib/paper/order.ts";
import { orderToRow } from "../lib/paper/saved.ts";
import { PaperStore } from "../lib/paper/store.ts";
import type { Figure, Row, Tell } from "./_figure.ts";
import { interleave, median, type Samples } from "./_measure.ts";

const MANY = 100_000;
const FEW = 1_000;
/** log(100,000) / log(1,000). */
const LOG_GROWTH = Math.log(MANY) / Math.log(FEW);
const BATCH = 1_000;
/** A share of the prices so small that a processor's cache holds all that inserts there touch. */
const NEAR = 0.01;
const ROUNDS = { name: "paper_book", warmUp: 3, rounds: 15 };
const FEES = { spotMaker: "8", spotTaker: "10", futuresMaker: "2", futuresTaker: "5" };
const OPTIONS = { now: Date.now, seed: 1, fees: FEES };
const FUNDS = { USDC: "1000000000000", SOL: "1000000000" };

interface Order {
  readonly price: Decimal;
  readonly remaining: Decimal;
  readonly terms: { readonly side: "Bid" };
}

/** Orders at prices in no sequence, the same in every run; in the lowest `share` of all prices. */
function orders(count: number, seed: number, share = 1): Order[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const price = decimal(`${1 + Math.floor((state >>> 8) * share)}.25`);
    return { price, remaining: decimal("1"), terms: { side: "Bid" } };
  });
}

/** What a book would be without any structure: binary search, and everything behind moves up. */
class SortedArray {
  readonly #orders: Order[] = [];

  add(order: Order): Order {
    this.#orders.splice(this.#indexOf(order), 0, order);
    return order;
  }

  remove(order: Order): void {
    this.#orders.splice(this.#indexOf(order) - 1, 1);
  }

  #indexOf({ price }: Order): number {
    let [low, high] = [0, this.#orders.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#orders[middle]?.price.lte(price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Microseconds an insert into what `count` orders rest in, at the lowest `share` of the prices; what
 * is put in is taken out again.
 */
function inserts<Place>(
  book: { add(order: Order): Place; remove(place: Place): void },
  count: number,
  share = 1,
): () => number {
  for (const order of orders(count, 1)) book.add(order);
  let seed = 2;
  return () => {
    const added = orders(Math.min(BATCH, count / 10), seed++, share);
    const places: Place[] = [];
    const startMs = performance.now();
    for (const order of added) places.push(book.add(order));
    const tookMs = performance.now() - startMs;
    places.forEach((place) => book.remove(place));
    return tookMs * 1000 / added.length;
  };
}

function terms(side: "Bid" | "Ask", price: string, quantity: string): Terms {
  return {
    ...{ symbol: "SOL_USDC", side, orderType: "Limit", timeInForce: "GTC" },
    ...{ price: decimal(price), quantity: decimal(quantity), quoteQuantity: null },
    ...{ clientId: null, postOnly: false, reduceOnly: false, selfTradePrevention: "RejectTaker" },
    ...{ triggerPrice: null, triggerQuantity: null, triggerBy: null },
    ...{ slippageTolerance: null, slippageToleranceType: null, exits: NO_EXITS },
  } as unknown as Terms;
}

/** Below the market's quotes, within the band of prices that is allowed. */
function restingPrice(index: number): string {
  return `${110 + index % 25}.${10 + Math.floor(index / 25) % 89}`;
}

/** Microseconds a match in an engine with `count` orders resting. */
function matches(count: number): () => number {
  const engine = new Engine(OPTIONS);
  const [maker, taker] = [engine.openAccount(FUNDS), engine.openAccount(FUNDS)];
  for (let index = 0; index < count; index++) {
    engine.place(maker, terms("Bid", restingPrice(index), "1"));
  }
  return () => {
    const startMs = performance.now();
    for (let match = 0; match < BATCH / 10; match++) {
      // The best bid of all, and whoever takes it.
      engine.place(maker, terms("Bid", "140.00", "1"));
      engine.place(taker, terms("Ask", "140.00", "1"));
    }
    return (performance.now() - startMs) * 1000 / (BATCH / 10);
  };
}

/** Microseconds an order at the start of an exchange whose file has `count` open ones. */
function starts(count: number): () => number {
  const store = PaperStore.open(":memory:");
  const { account } = new Keeper(store, () => OPTIONS, FUNDS).now();
  const rows = Array.from({ length: count }, (_, index): readonly [string, string] => {
    const id = String(index + 1);
    const order = new PaperOrder(id, account, terms("Bid", restingPrice(index), "1"), index);
    return [id, orderToRow(order)];
  });
  store.transact(() =>
    store.save({ book: freshBook(FUNDS), orders: rows, fills: [], funding: [] })
  );
  return () => {
    const keeper = new Keeper(store, () => OPTIONS, FUNDS);
    const startMs = performance.now();
    const { open } = keeper.now().account;
    if (open.size !== count) throw new Error(`${open.size} of ${count} orders are open`);
    return (performance.now() - startMs) * 1000 / count;
  };
}

/** The same with many orders beside few. */
function growth(what: string, { floor, ours }: Samples): Row {
  return {
    what,
    against: "the same with 1,000",
    unit: "µs",
    floor: median(floor),
    ours: median(ours),
    // Room for more than noise: what 100,000 orders take does not fit a processor's cache.
    reach: { compare: "ratio", limit: "most", bound: Number(LOG_GROWTH.toFixed(2)), room: 2 },
  };
}

async function run(tell: Tell): Promise<readonly Row[]> {
  const rounds = { ...ROUNDS, tell };
  const ours = inserts<Link<Order>>(new Book<Order>(), MANY);
  const array = await interleave({ floor: inserts(new SortedArray(), MANY), ours }, rounds);
  const few = await interleave({ floor: inserts(new Book<Order>(), FEW), ours }, rounds);
  const near = await interleave({
    floor: inserts(new Book<Order>(), FEW, NEAR),
    ours: inserts(new Book<Order>(), MANY, NEAR),
  }, rounds);
  const matched = await interleave({ floor: matches(FEW), ours: matches(MANY) }, rounds);
  const started = await interleave({ floor: starts(FEW), ours: starts(MANY) }, rounds);
  return [{
    what: "paper book of 100,000 orders: inserts",
    against: "a sorted array",
    unit: "/s",
    floor: 1e6 / median(array.floor),
    ours: 1e6 / median(array.ours),
    reach: { compare: "ratio", limit: "least", bound: 20, room: 10 },
  }, {
    ...growth("paper book of 100,000 orders: an insert", few),
  }, {
    // What the structure alone takes: anywhere, an insert mostly waits for memory.
    ...growth("paper book of 100,000 orders: an insert at 1 % of the prices", near),
  }, {
    ...growth("paper book of 100,000 orders: an order and its match", matched),
  }, {
    ...growth("paper book of 100,000 orders: the start, an order", started),
  }];
}

/** A book of 100,000 orders. */
export const paperBook: Figure = { name: "paper_book", run };
