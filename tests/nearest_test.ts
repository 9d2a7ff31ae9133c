import { assertEquals } from "@std/assert";
import { nearest } from "../lib/nearest.ts";

const SYMBOLS = ["BTC_USDC", "SOL_USDC", "SOL_USDC_PERP", "kPEPE_USDC_PERP"];

Deno.test("nearest() puts a name in another case first", () => {
  assertEquals(nearest("KPEPE_USDC_PERP", SYMBOLS, 1), ["kPEPE_USDC_PERP"]);
  assertEquals(nearest("sol_usdc", SYMBOLS, 1), ["SOL_USDC"]);
});

Deno.test("nearest() finds what a part of a name, or another way of writing it, stands for", () => {
  const rows: [string, readonly string[]][] = [
    ["SOL", ["SOL_USDC", "SOL_USDC_PERP"]],
    ["SOL/USDC", ["SOL_USDC", "SOL_USDC_PERP"]],
    ["sol-perp", ["SOL_USDC_PERP"]],
    ["pepe", ["kPEPE_USDC_PERP"]],
    // Another asset is no misspelling.
    ["DOGE_USDC", []],
  ];
  for (const [name, wanted] of rows) assertEquals(nearest(name, SYMBOLS), wanted, name);
  assertEquals(nearest("stopLoss", ["price", "stopLossTriggerPrice"]), ["stopLossTriggerPrice"]);
});

Deno.test("nearest() names nothing for what resembles nothing", () => {
  assertEquals(nearest("x", SYMBOLS), []);
  assertEquals(nearest("", SYMBOLS), []);
});

Deno.test("nearest() takes a hostile name in its stride", () => {
  assertEquals(nearest("x".repeat(1_000_000), SYMBOLS), []);
});
