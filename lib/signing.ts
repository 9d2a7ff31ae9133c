/**
 * The signature of a request: the text that is signed, the key that signs it, nothing else.
 *
 * Follows the API digest, section 2: the instruction, then the parameters as raw `key=value`
 * pairs in byte order of their keys, then `timestamp` and `window`; every element of a batch
 * brings its own `instruction`. Ed25519 by WebCrypto (RFC 8032); the seed enters as PKCS#8
 * (RFC 8410) and leaves as a key that cannot be exported.
 *
 * @module
 */

import { Secret } from "./secret.ts";

/** A value that can be signed; decimals are text and are signed byte for byte as sent. */
export type ParamValue = string | number | boolean;

/** The query of a GET, or the members of a JSON body. */
export type Params = Readonly<Record<string, ParamValue>>;

/** What {@linkcode signingMessage} puts into words. */
export interface SigningInput {
  /** The operation's name for signing, such as `orderExecute`. */
  instruction: string;
  /** One record, or an array for a batch: one `instruction=` per element, in order. */
  params: Params | readonly Params[];
  /** `X-Timestamp`: Unix ms by the exchange's clock. */
  timestampMs: number;
  /** `X-Window`: ms, 1 to 60000. */
  windowMs: number;
}

/**
 * The text that is signed (API digest, 2.2).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const message = signingMessage({
 *   instruction: "orderCancel",
 *   params: { symbol: "BTC_USDT", orderId: "28" },
 *   timestampMs: 1614550000000,
 *   windowMs: 5000,
 * });
 * assertEquals(
 *   message,
 *   "instruction=orderCancel&orderId=28&symbol=BTC_USDT&timestamp=1614550000000&window=5000",
 * );
 * ```
 */
export function signingMessage(input: SigningInput): string {
  const elements = Array.isArray(input.params) ? input.params : [input.params];
  const parts = elements.flatMap((params: Params) => [
    `instruction=${input.instruction}`,
    ...Object.keys(params).sort().map((key) => `${key}=${params[key]}`),
  ]);
  return [...parts, `timestamp=${input.timestampMs}`, `window=${input.windowMs}`].join("&");
}

/** A key pair that can sign and cannot be read. */
export interface Signer {
  /** `X-API-Key`: the base64 of the 32-byte public key. */
  readonly apiKey: Secret;
  /** `X-Signature`: the base64 of the 64-byte signature of these bytes. */
  sign(message: Uint8Array<ArrayBuffer>): Promise<string>;
}

// RFC 8410: what precedes the 32 bytes of an Ed25519 seed in PKCS#8.
const PKCS8_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");

/**
 * A {@linkcode Signer} for a 32-byte seed. The caller's bytes are overwritten with zeros.
 *
 * @throws {RangeError} if the seed is not 32 bytes long
 */
export async function createSigner(seed: Uint8Array): Promise<Signer> {
  if (seed.length !== 32) throw new RangeError(`Cannot import seed: ${seed.length} bytes, want 32`);
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...seed]);
  seed.fill(0);
  try {
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
    const apiKey = new Secret(await publicKeyOf(pkcs8));
    return { apiKey, sign: (message) => sign(key, message) };
  } finally {
    pkcs8.fill(0);
  }
}

/** The first 16 hex digits of the API key's SHA-256: tells keys apart without showing them. */
export async function fingerprint(apiKey: Secret): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(apiKey.reveal()));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

async function sign(key: CryptoKey, message: Uint8Array<ArrayBuffer>): Promise<string> {
  const signature = await crypto.subtle.sign("Ed25519", key, message);
  return new Uint8Array(signature).toBase64();
}

// WebCrypto derives the public key only for a key that may be exported: this one lives for a moment.
async function publicKeyOf(pkcs8: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return Uint8Array.fromBase64(x ?? "", { alphabet: "base64url" }).toBase64();
}
