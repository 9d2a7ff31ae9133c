import { assert, assertEquals, assertRejects } from "@std/assert";
import { Secret } from "../lib/secret.ts";
import { createSigner, fingerprint, signingMessage } from "../lib/signing.ts";
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

Deno.test("createSigner() leaves no copy of the seed, whether the import succeeds or not", async () => {
  const original = crypto.subtle.importKey;
  for (const fails of [false, true]) {
    const seen: Uint8Array[] = [];
    const watch = (...args: unknown[]): Promise<CryptoKey> => {
      seen.push(args[1] as Uint8Array);
      if (fails) return Promise.reject(new DOMException("no"));
      return Reflect.apply(original, crypto.subtle, args);
    };
    crypto.subtle.importKey = watch as typeof original;
    try {
      await createSigner(new Uint8Array(32).fill(7)).catch((error) => {
        assertEquals([fails, error.message], [true, "no"]);
      });
    } finally {
      crypto.subtle.importKey = original;
    }
    assert(seen.length > 0);
    for (const bytes of seen) assertEquals(bytes, new Uint8Array(48));
  }
});

Deno.test("fingerprint() is the first 16 hex digits of the API key's SHA-256", async () => {
  // FIPS 180-4's example for SHA-256.
  assertEquals(await fingerprint(new Secret("abc")), "ba7816bf8f01cfea");
});
