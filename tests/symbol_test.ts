import { assertEquals } from "@std/assert";
import { assetsOf } from "../lib/symbol.ts";

Deno.test("assetsOf() takes a symbol apart, whatever its kind", () => {
  assertEquals(assetsOf("SOL_USDC"), { base: "SOL", quote: "USDC" });
  assertEquals(assetsOf("kPEPE_USDC_PERP"), { base: "kPEPE", quote: "USDC" });
  assertEquals(assetsOf("AAPL.US_USDC_PERP"), { base: "AAPL.US", quote: "USDC" });
  assertEquals(assetsOf("SOL"), { base: "SOL", quote: "" });
  assertEquals(assetsOf(""), { base: "", quote: "" });
});
