import { assertEquals } from "@std/assert";
import { readKeyPair } from "../lib/key_pair.ts";

// A throw-away pair: the seed is the bytes 0 to 31.
const SEED_BYTES = Uint8Array.from({ length: 32 }, (_, index) => index);
const SEED = SEED_BYTES.toBase64();
const PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const OTHER = new Uint8Array(32).fill(7).toBase64();
const BOTH = new Uint8Array([...SEED_BYTES, ...Uint8Array.fromBase64(PUBLIC)]).toBase64();

/** The API key and the faults. */
async function read(privateKey?: string, publicKey?: string): Promise<Record<string, string>> {
  const pair = await readKeyPair({
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(publicKey === undefined ? {} : { publicKey }),
  });
  return {
    ...(pair.signer && { apiKey: pair.signer.apiKey.reveal() }),
    ...(pair.privateFault && { privateFault: pair.privateFault }),
    ...(pair.publicFault && { publicFault: pair.publicFault }),
  };
}

Deno.test("readKeyPair() derives the public key from 32 or 64 bytes", async () => {
  assertEquals(await read(SEED), { apiKey: PUBLIC });
  assertEquals(await read(SEED, PUBLIC), { apiKey: PUBLIC });
  assertEquals(await read(BOTH), { apiKey: PUBLIC });
  assertEquals(await read(undefined, PUBLIC), {});
  assertEquals(await read(), {});
});

Deno.test("readKeyPair() makes a signer that signs with the seed", async () => {
  const { signer } = await readKeyPair({ privateKey: SEED });
  const key = await crypto.subtle.importKey(
    "raw",
    Uint8Array.fromBase64(PUBLIC),
    "Ed25519",
    false,
    ["verify"],
  );
  const message = new TextEncoder().encode("a");
  const signature = Uint8Array.fromBase64(await signer?.sign(message) ?? "");
  assertEquals(await crypto.subtle.verify("Ed25519", key, signature, message), true);
});

const NOT_BASE64 =
  "is not base64: wanted the standard alphabet (A-Z, a-z, 0-9, +, /), padded with =";
const INCOMPLETE = "is not complete base64: a letter is missing or the = at the end";
const HEX = "looks like hexadecimal: wanted base64, as Backpack shows it";
const URL_SAFE =
  "is base64 with the URL alphabet: wanted the standard one, with + for - and / for _";
const BLANK = "holds a blank or a line break: paste the key in one piece";
const length = (bytes: number): string => `is ${bytes} bytes long: wanted base64 of 32 bytes`;

const MALFORMED: [text: string, fault: string][] = [
  [new Uint8Array(31).toBase64(), length(31)],
  [new Uint8Array(33).toBase64(), length(33)],
  [new Uint8Array(48).fill(200).toBase64(), length(48)],
  [new Uint8Array(63).toBase64(), length(63)],
  [SEED_BYTES.toHex(), HEX],
  ["0x" + SEED_BYTES.toHex().toUpperCase(), HEX],
  [new Uint8Array(64).fill(1).toHex(), HEX],
  [new Uint8Array(32).fill(255).toBase64({ alphabet: "base64url" }), URL_SAFE],
  [new Uint8Array(32).fill(255).toBase64({ alphabet: "base64url", omitPadding: true }), URL_SAFE],
  [SEED.slice(0, -1), INCOMPLETE],
  [SEED.slice(1, -1), INCOMPLETE],
  [SEED.slice(0, 20) + " " + SEED.slice(20), BLANK],
  [SEED.slice(0, 20) + "\n" + SEED.slice(20), BLANK],
  ["-----BEGIN PRIVATE KEY-----", BLANK],
  [SEED + "=", NOT_BASE64],
  [SEED.slice(0, -2) + "9=", NOT_BASE64],
  ["*".repeat(44), NOT_BASE64],
  ["your-private-key", NOT_BASE64],
  ["é".repeat(44), NOT_BASE64],
];

Deno.test("readKeyPair() says what is wrong with a key", async () => {
  for (const [text, fault] of MALFORMED) {
    assertEquals(await read(text), { privateFault: fault }, text);
    assertEquals(await read(undefined, text), { publicFault: fault }, text);
    assertEquals(await read(SEED, text), { publicFault: fault }, text);
  }
});

Deno.test("readKeyPair() refuses 64 bytes whose second half is another key", async () => {
  const bytes = new Uint8Array([...SEED_BYTES, ...new Uint8Array(32)]);
  assertEquals(await read(bytes.toBase64()), {
    privateFault: "is 64 bytes long and its second half is not the public key of the first: " +
      "wanted base64 of the 32-byte seed",
  });
  assertEquals(await read(undefined, BOTH), { publicFault: length(64) });
});

Deno.test("readKeyPair() tells a wrong, a repeated and a swapped key apart", async () => {
  assertEquals(await read(SEED, OTHER), {
    publicFault: "is not the public key of the private key: set the pair that was made together, " +
      "or leave it out, since it is derived",
  });
  assertEquals(await read(PUBLIC, PUBLIC), {
    privateFault:
      "holds the same text as the public key: wanted the API secret, base64 of 32 bytes",
  });
  assertEquals(await read(PUBLIC, SEED), {
    privateFault: "the private and the public key are swapped: exchange the two values",
  });
});

Deno.test("readKeyPair() reports both keys at once", async () => {
  assertEquals(await read("a", "b c"), { privateFault: INCOMPLETE, publicFault: BLANK });
});

Deno.test("readKeyPair() hands on every form of the keys for redaction", async () => {
  const { secrets } = await readKeyPair({ privateKey: BOTH, publicKey: OTHER });
  assertEquals(secrets.map((secret) => secret.reveal()), [BOTH, OTHER, SEED, PUBLIC]);
});
