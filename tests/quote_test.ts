import { assertEquals } from "@std/assert";
import { plainText, quoted } from "../lib/quote.ts";

Deno.test("plainText() drops controls, ANSI escapes, bidi marks and invisible tags", () => {
  assertEquals(plainText("\u001b[1;31mRED\u001b[0m"), "RED");
  assertEquals(plainText("\u001b]0;title\u0007x"), "x");
  assertEquals(plainText("a\u0000b\u0008c\u007f\u009b"), "abc");
  assertEquals(plainText("\u202eevil\u2066\u200b\ufeff"), "evil");
  assertEquals(plainText("tag\u{e0041}\u{e0042}"), "tag");
  assertEquals(plainText("two\r\nlines\tand\u2028more"), "two lines and more");
});

Deno.test("plainText() cuts at 200 characters, never inside one", () => {
  assertEquals(plainText("x".repeat(200)).length, 200);
  assertEquals(plainText("x".repeat(201)), "x".repeat(199) + "…");
  assertEquals([...plainText("😀".repeat(300))].length, 200);
});

Deno.test("plainText() leaves ordinary text and lone surrogates in a form that can be sent", () => {
  assertEquals(plainText("Größe: 1,5 €"), "Größe: 1,5 €");
  assertEquals(plainText("a\ud800b").isWellFormed(), true);
});

Deno.test("quoted() escapes what would end the quotation", () => {
  assertEquals(quoted('say "yes" \\'), '"say \\"yes\\" \\\\"');
});
