import { assert, assertEquals } from "@std/assert";
import { type Decimal, decimal } from "../lib/decimal.ts";
import { Book } from "../lib/paper/book.ts";
import { Levels } from "../lib/paper/levels.ts";
import { createRandom } from "../lib/paper/random.ts";

interface Entry {
  id: string;
  price: Decimal;
  remaining: Decimal;
  terms: { side: "Bid" | "Ask" };
}

function entry(id: string, side: "Bid" | "Ask", price: string, quantity = "1"): Entry {
  return { id, price: decimal(price), remaining: decimal(quantity), terms: { side } };
}

function ids(book: Book<Entry>, side: "Bid" | "Ask"): string {
  return [...book.queue(side)].map(({ id }) => id).join(" ");
}

function texts(levels: [Decimal, Decimal][]): string[] {
  return levels.map(([price, quantity]) => `${price.toFixed()} x ${quantity.toFixed()}`);
}

Deno.test("book queues by price and then by time", () => {
  const book = new Book<Entry>();
  for (
    const order of [
      entry("a1", "Ask", "101"),
      entry("a2", "Ask", "100.5"),
      entry("a3", "Ask", "101.0"),
      entry("b1", "Bid", "99"),
      entry("b2", "Bid", "99.5"),
      entry("b3", "Bid", "99"),
    ]
  ) book.add(order);
  assertEquals([ids(book, "Ask"), ids(book, "Bid"), book.size], ["a2 a1 a3", "b2 b1 b3", 6]);
  assertEquals([book.best("Ask")?.id, book.best("Bid")?.id], ["a2", "b2"]);
});

Deno.test("book sums its levels best first and keeps to the limit", () => {
  const book = new Book<Entry>();
  book.add(entry("1", "Bid", "99", "0.1"));
  book.add(entry("2", "Bid", "99", "0.2"));
  book.add(entry("3", "Bid", "98.5"));
  book.add(entry("4", "Bid", "98"));
  assertEquals(texts(book.depth("Bid", 2)), ["99 x 0.3", "98.5 x 1"]);
  assertEquals(book.depth("Ask", 5), []);
});

Deno.test("book takes orders out of the front, the middle and the end of a level", () => {
  const book = new Book<Entry>();
  const links = ["1", "2", "3", "4"].map((id) => book.add(entry(id, "Ask", "100")));
  const [first, second, , fourth] = links;
  for (const [link, rest] of [[second, "1 3 4"], [first, "3 4"], [fourth, "3"]] as const) {
    if (link) book.remove(link);
    assertEquals(ids(book, "Ask"), rest);
  }
  if (links[2]) book.remove(links[2]);
  assertEquals([ids(book, "Ask"), book.size, book.best("Ask")], ["", 0, undefined]);
});

Deno.test("book has no level left where its last order was taken out", () => {
  const book = new Book<Entry>();
  const links = ["1", "2"].map((id) => book.add(entry(id, "Bid", "99")));
  book.add(entry("3", "Bid", "98"));
  for (const link of links) book.remove(link);
  assertEquals(texts(book.depth("Bid", 1)), ["98 x 1"]);
});

Deno.test("book tells prices apart that are one double", () => {
  const book = new Book<Entry>();
  const prices = ["1.00000000000000000003", "1.00000000000000000001", "1.00000000000000000002"];
  prices.forEach((price, index) => book.add(entry(String(index), "Ask", price)));
  assertEquals(ids(book, "Ask"), "1 2 0");
});

Deno.test("levels keep what they have when a price is taken out that they don't", () => {
  const levels = new Levels<{ price: Decimal }>();
  const add = (text: string): { price: Decimal } =>
    levels.getOrInsert(decimal(text), (price) => ({ price }));
  levels.delete(decimal("2"));
  const kept = ["1", "3"].map(add);
  for (const text of ["0", "2", "4"]) levels.delete(decimal(text));
  assertEquals([...levels.ascending()], kept);
  assertEquals(add("3") === kept[1], true);
});

Deno.test("levels keep the last price of each stretch that is emptied", () => {
  const levels = new Levels<{ price: Decimal }>();
  const prices = Array.from({ length: 1000 }, (_, n) => decimal(String(n)));
  for (const price of prices) levels.getOrInsert(price, (price) => ({ price }));
  const isKept = (_: Decimal, n: number): boolean => n % 33 === 0;
  for (const price of prices.filter((price, n) => !isKept(price, n))) levels.delete(price);
  const kept = prices.filter(isKept).map((price) => price.toFixed());
  assertEquals([...levels.ascending()].map(({ price }) => price.toFixed()), kept);
});

/** 1.00000000000000000017 and the like, which are one double, between prices that are not. */
function closePrice(key: number): Decimal {
  return decimal(String(Math.floor(key / 500))).plus(decimal(String(key % 500)).times("1e-20"));
}

for (
  const [what, priceOf] of [
    ["", (key: number) => decimal(String(key)).times("0.01")],
    [" of prices that are one double", closePrice],
  ] as const
) {
  Deno.test(`levels stay sorted over thousands of inserts and deletes${what}`, () => {
    const random = createRandom(11);
    const levels = new Levels<{ price: Decimal }>();
    const model = new Set<number>();
    for (let step = 0; step < 8000; step++) {
      const key = random(2000);
      // Filled, then emptied to the last one, then filled again.
      if (random(4) < (Math.floor(step / 2000) % 2 === 0 ? 1 : 3)) {
        levels.delete(priceOf(key));
        model.delete(key);
      } else {
        const { price } = levels.getOrInsert(priceOf(key), (price) => ({ price }));
        assert(price.eq(priceOf(key)));
        model.add(key);
      }
    }
    for (let key = 0; key < 1000; key++) {
      levels.delete(priceOf(key));
      model.delete(key);
    }
    const expected = [...model].sort((a, b) => a - b).map((key) => priceOf(key).toFixed());
    const shown = (values: Iterable<{ price: Decimal }>): string[] =>
      [...values].map(({ price }) => price.toFixed());
    assertEquals(shown(levels.ascending()), expected);
    assertEquals(shown(levels.descending()), expected.toReversed());
  });
}
