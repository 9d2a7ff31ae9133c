import { assertEquals, assertThrows } from "@std/assert";
import { decimal, divide, isAmount, isMultiple, neighbours, textOfNumber } from "../lib/decimal.ts";

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
  assertEquals(divide(decimal("1"), decimal("0")), undefined);
});
