import { assertEquals } from "@std/assert";
import { nearest } from "../lib/nearest.ts";

const SYMBOLS = ["BTC_USDC", "SOL_USDC", "SOL_USDC_PERP", "kPEPE_USDC_PERP"];

Deno.test("nearest() puts a name in another case first", () => {
  assertEquals(nearest("KPEPE_USDC_PERP", SYMBOLS, 1), ["kPEPE_USDC_PERP"]);
  assertEquals(nearest("sol_usdc", SYMBOLS, 1), ["SOL_USDC"]);
});

Deno.test("nearest() names nothing for what resembles nothing", () => {
  assertEquals(nearest("x", SYMBOLS), []);
  assertEquals(nearest("", SYMBOLS), []);
});

Deno.test("nearest() takes a hostile name in its stride", () => {
  assertEquals(nearest("x".repeat(1_000_000), SYMBOLS), []);
});
