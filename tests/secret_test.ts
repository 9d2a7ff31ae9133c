import { assertEquals } from "@std/assert";
import { createRedact, Secret } from "../lib/secret.ts";

const KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

Deno.test("a secret prints as [redacted] wherever it is turned into text", () => {
  const secret = new Secret(KEY);
  assertEquals(
    [String(secret), JSON.stringify({ secret }), Deno.inspect(secret), `${secret}`],
    ["[redacted]", '{"secret":"[redacted]"}', "[redacted]", "[redacted]"],
  );
  assertEquals(Object.keys(secret), []);
  assertEquals(secret.reveal(), KEY);
});

Deno.test("redacting finds a secret in every form that a peer may echo it in", () => {
  const redact = createRedact([new Secret(KEY)]);
  const forms = [
    KEY,
    KEY.slice(0, -1),
    KEY.replaceAll("/", "_").replace("=", ""),
    encodeURIComponent(KEY),
    ...["\\/", "\\\\/", "\\\\\\\\/"].map((slash) => KEY.replaceAll("/", slash)),
  ];
  for (const form of forms) {
    assertEquals(redact(`a ${form} b`).includes("HdyGZBJVMbg"), false, form);
  }
});

Deno.test("redacting finds signatures, and leaves ids and pictures alone", () => {
  const redact = createRedact([]);
  const signature = "a".repeat(86) + "==";
  assertEquals(redact(`sig ${signature}.`), "sig [redacted].");
  const slashed = `${"a".repeat(40)}/${"a".repeat(45)}==`.replaceAll("/", "\\\\/");
  assertEquals(redact(`sig ${slashed}.`), "sig [redacted].");
  const picture = "b".repeat(400) + "==";
  assertEquals(redact(picture), picture);
  assertEquals(redact("28563670003"), "28563670003");
});

Deno.test("redacting ignores secrets too short to be any", () => {
  assertEquals(createRedact([new Secret("a")])("banana"), "banana");
});

Deno.test("redacting takes what is no key at its word, and long texts quickly", () => {
  const text = "(a|b/[c*.$^{}?\\d";
  assertEquals(createRedact([new Secret(text)])(`x ${text} \\/`), "x [redacted] \\/");
  const backslashes = `${"\\".repeat(2_000_000)}/==`;
  assertEquals(createRedact([new Secret(KEY)])(backslashes), backslashes);
});
