import { assert, assertEquals, assertRejects } from "@std/assert";
import { createSigner, signingMessage } from "../lib/signing.ts";
import rfc8032 from "./testdata/rfc8032.json" with { type: "json" };
import published from "./testdata/signing_vectors.json" with { type: "json" };

interface Vector {
  name: string;
  instruction: string;
  params: Record<string, string | number | boolean>;
  timestamp: number;
  window: number;
  message: string;
  signature: string;
}

for (const vector of published.vectors as unknown as Vector[]) {
  Deno.test(`signing gives the published message and signature: ${vector.name}`, async () => {
    const signer = await createSigner(Uint8Array.fromBase64(published.seed));
    const message = signingMessage({
      instruction: vector.instruction,
      params: vector.params,
      timestampMs: vector.timestamp,
      windowMs: vector.window,
    });
    assertEquals(message, vector.message);
    assertEquals(await signer.sign(new TextEncoder().encode(message)), vector.signature);
    assertEquals(signer.apiKey.reveal(), published.publicKey);
  });
}

for (const vector of rfc8032) {
  Deno.test(`signing gives RFC 8032's signature: ${vector.name}`, async () => {
    const signer = await createSigner(Uint8Array.fromHex(vector.secretKey));
    assertEquals(Uint8Array.fromBase64(signer.apiKey.reveal()).toHex(), vector.publicKey);
    const signature = await signer.sign(Uint8Array.fromHex(vector.message));
    assertEquals(Uint8Array.fromBase64(signature).toHex(), vector.signature);
  });
}

Deno.test("signingMessage() sorts by byte order and leaves values raw", () => {
  const message = signingMessage({
    instruction: "x",
    params: { b: "%&=", a: true, B: 0.5, aa: "é" },
    timestampMs: 1,
    windowMs: 2,
  });
  assertEquals(message, "instruction=x&B=0.5&a=true&aa=é&b=%&=&timestamp=1&window=2");
});

Deno.test("createSigner() overwrites the seed it was given", async () => {
  const seed = new Uint8Array(32).fill(7);
  await createSigner(seed);
  assertEquals(seed, new Uint8Array(32));
});

Deno.test("createSigner() refuses seeds that are not 32 bytes", async () => {
  for (const size of [0, 31, 33, 64]) {
    await assertRejects(() => createSigner(new Uint8Array(size)), RangeError, `${size} bytes`);
  }
});

Deno.test("createSigner() keeps no key that can be read", async () => {
  const imported: { extractable: boolean; usages: readonly KeyUsage[] }[] = [];
  const original = crypto.subtle.sign;
  crypto.subtle.sign = function (algorithm, key, data): Promise<ArrayBuffer> {
    imported.push({ extractable: key.extractable, usages: key.usages });
    return original.call(crypto.subtle, algorithm, key, data);
  };
  try {
    const signer = await createSigner(new Uint8Array(32));
    await signer.sign(new Uint8Array(0));
    assertEquals(imported, [{ extractable: false, usages: ["sign"] }]);
    assert(!Deno.inspect(signer).includes(signer.apiKey.reveal()));
  } finally {
    crypto.subtle.sign = original;
  }
});
