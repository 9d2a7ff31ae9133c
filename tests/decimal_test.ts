import { assertEquals, assertThrows } from "@std/assert";
import {
  decimal,
  divide,
  isAmount,
  isMultiple,
  largest,
  neighbours,
  roundDown,
  roundUp,
  smallest,
  textOfNumber,
} from "../lib/decimal.ts";

Deno.test("decimal() keeps 28 digits", () => {
  const text = "3826.8888888888888888888888889";
  assertEquals(decimal(text).toFixed(), text);
});

Deno.test("decimal() refuses what is not plain digits", () => {
  for (const text of ["", "nan", "1e3", " 1", "1 ", "1,000", "٣", "+1", "1.", ".5", "007", "0x1"]) {
    assertThrows(() => decimal(text), RangeError, "plain digits", text);
  }
  assertThrows(() => decimal("1".repeat(65)), RangeError);
});

Deno.test("decimal() and isAmount() read 64 characters and no more", () => {
  assertEquals(decimal("1".repeat(64)).toFixed(), "1".repeat(64));
  assertEquals([isAmount("1".repeat(64)), isAmount("1".repeat(65))], [true, false]);
});

Deno.test("isAmount() takes only what is above zero", () => {
  for (const text of ["1", "0.1", "60000.10", "0.00000001"]) {
    assertEquals(isAmount(text), true, text);
  }
  for (const text of ["0", "0.00", "-1", "", "1e3", "Infinity"]) {
    assertEquals(isAmount(text), false, text);
  }
});

Deno.test("textOfNumber() refuses a number whose digits may be lost", () => {
  assertEquals(textOfNumber(140.1), "140.1");
  assertEquals(textOfNumber(-1), "-1");
  assertEquals(textOfNumber(999999999999999), "999999999999999");
  for (const value of [1e21, 1e-7, NaN, Infinity, 0.1 + 0.2, 1234567890123456]) {
    assertEquals(textOfNumber(value), undefined, String(value));
  }
});

Deno.test("isMultiple() is exact where binary floats are not", () => {
  assertEquals(isMultiple(decimal("0.3"), decimal("0.1")), true);
  assertEquals(isMultiple(decimal("60000.05"), decimal("0.1")), false);
  assertEquals(isMultiple(decimal("4810"), decimal("100")), false);
});

Deno.test("neighbours() are written with the step's decimals", () => {
  assertEquals(neighbours(decimal("60000.05"), decimal("0.1")), ["60000.0", "60000.1"]);
  assertEquals(neighbours(decimal("4810"), decimal("100")), ["4800", "4900"]);
  assertEquals(neighbours(decimal("4800"), decimal("100")), ["4800", "4800"]);
});

Deno.test("divide() rounds towards zero and knows no infinity", () => {
  assertEquals(divide(decimal("2"), decimal("3"), 4)?.toFixed(), "0.6666");
  assertEquals(divide(decimal("-2"), decimal("3"), 4)?.toFixed(), "-0.6666");
  assertEquals(divide(decimal("2"), decimal("3"))?.toFixed(), "0.666666666666666666");
  // More nines than a quotient keeps.
  const nearlyOne = decimal(`0.${"9".repeat(45)}`);
  assertEquals(divide(nearlyOne, decimal("1"))?.toFixed(), `0.${"9".repeat(18)}`);
  assertEquals(divide(decimal("1"), decimal("0")), undefined);
});

Deno.test("roundUp() and roundDown() round away from zero and towards it, to cents unless told", () => {
  const rows: [string, number | undefined, string, string][] = [
    ["1.001", undefined, "1.01", "1"],
    ["-1.001", undefined, "-1.01", "-1"],
    ["1.23", undefined, "1.23", "1.23"],
    ["1.23456", 4, "1.2346", "1.2345"],
    ["1.2", 0, "2", "1"],
  ];
  for (const [text, decimals, up, down] of rows) {
    const value = decimal(text);
    assertEquals([roundUp(value, decimals), roundDown(value, decimals)], [up, down], text);
  }
});

Deno.test("largest() and smallest() take the first of equals, and nothing of none", () => {
  const values = ["2", "-1", "3.0", "3", "-1.0"].map(decimal);
  assertEquals(largest(values) === values[2], true);
  assertEquals(smallest(values) === values[1], true);
  assertEquals([largest([]), smallest([])], [undefined, undefined]);
});
