import { assertEquals } from "@std/assert";
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

Deno.test("book tells prices apart that are one double", () => {
  const book = new Book<Entry>();
  const prices = ["1.00000000000000000003", "1.00000000000000000001", "1.00000000000000000002"];
  prices.forEach((price, index) => book.add(entry(String(index), "Ask", price)));
  assertEquals(ids(book, "Ask"), "1 2 0");
});

Deno.test("levels stay sorted over thousands of inserts and deletes", () => {
  const random = createRandom(11);
  const levels = new Levels<string>();
  const model = new Set<number>();
  for (let step = 0; step < 5000; step++) {
    const key = random(2000);
    const price = decimal(String(key)).times("0.01");
    if (random(3) === 0) {
      levels.delete(price);
      model.delete(key);
    } else {
      levels.getOrInsert(price, (price) => price.toFixed(2));
      model.add(key);
    }
  }
  const expected = [...model].sort((a, b) => a - b).map((key) => (key / 100).toFixed(2));
  assertEquals([...levels.ascending()], expected);
  assertEquals([...levels.descending()], expected.toReversed());
});
