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
  ];
  for (const form of forms) {
    assertEquals(redact(`a ${form} b`).includes("HdyGZBJVMbg"), false, form);
  }
});

Deno.test("redacting finds signatures, and leaves ids and pictures alone", () => {
  const redact = createRedact([]);
  const signature = "a".repeat(86) + "==";
  assertEquals(redact(`sig ${signature}.`), "sig [redacted].");
  const picture = "b".repeat(400) + "==";
  assertEquals(redact(picture), picture);
  assertEquals(redact("28563670003"), "28563670003");
});

Deno.test("redacting ignores secrets too short to be any", () => {
  assertEquals(createRedact([new Secret("a")])("banana"), "banana");
});
