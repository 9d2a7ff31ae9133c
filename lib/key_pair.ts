/**
 * The texts of the two keys, judged. A private key that is malformed, or a public key that is not
 * its own, would otherwise show only as "Invalid signature" in the middle of a trade.
 *
 * Follows the API digest, section 2: base64, standard alphabet, padded; 32 bytes, or 64 whose
 * second half is the public key of the first.
 *
 * @module
 */

import { Secret } from "./secret.ts";
import { createSigner, type Signer } from "./signing.ts";

/** The texts, without blanks around them; at least one of them. */
export interface KeyTexts {
  /** The seed. */
  privateKey?: string;
  /** The API key. */
  publicKey?: string;
}

/** What {@linkcode readKeyPair} found; the faults are what is wanted, and hold no value. */
export interface KeyPair {
  /** Present when there is a private key and no fault. */
  readonly signer?: Signer;
  /** What is wrong with the private key. */
  readonly privateFault?: string;
  /** What is wrong with the public key. */
  readonly publicFault?: string;
  /** Every form of the keys that must not be shown, in which they may turn up. */
  readonly secrets: readonly Secret[];
}

/** A new pair in the form of the settings: base64 of 32 bytes each. */
export async function generateKeyPair(): Promise<{ privateKey: Secret; publicKey: string }> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  // RFC 8410: the seed is what follows the fixed head of PKCS#8.
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return { privateKey: new Secret(pkcs8.slice(-32).toBase64()), publicKey: raw.toBase64() };
}

const SAME = "holds the same text as the public key: wanted the API secret, base64 of 32 bytes";
const SWAPPED = "the private and the public key are swapped: exchange the two values";

/** Judges the texts and makes the signer. */
export async function readKeyPair(texts: KeyTexts): Promise<KeyPair> {
  const { privateKey, publicKey } = texts;
  const given = [privateKey, publicKey].filter((text) => text !== undefined);
  const secrets = given.map((text) => new Secret(text));
  const publicFault = publicKey === undefined ? undefined : publicFaultOf(publicKey);
  if (privateKey === undefined) return { ...(publicFault && { publicFault }), secrets };

  if (privateKey === publicKey) return { privateFault: SAME, secrets };
  if (await areSwapped(privateKey, publicKey)) return { privateFault: SWAPPED, secrets };
  const read = await readPrivateKey(privateKey);
  secrets.push(...read.secrets);
  if ("fault" in read) {
    return { privateFault: read.fault, ...(publicFault && { publicFault }), secrets };
  }
  if (publicFault !== undefined) return { publicFault, secrets };
  if (publicKey !== undefined && publicKey !== read.signer.apiKey.reveal()) {
    const fault =
      "is not the public key of the private key: set the pair that was made together, " +
      "or leave it out, since it is derived";
    return { publicFault: fault, secrets };
  }
  return { signer: read.signer, secrets };
}

type PrivateKey = { secrets: Secret[] } & ({ signer: Signer } | { fault: string });

async function readPrivateKey(text: string): Promise<PrivateKey> {
  const bytes = decode(text);
  if (typeof bytes === "string") return { fault: bytes, secrets: [] };
  if (bytes.length !== 32 && bytes.length !== 64) {
    return { fault: `is ${bytes.length} bytes long: wanted base64 of 32 bytes`, secrets: [] };
  }
  const half = new Secret(bytes.slice(0, 32).toBase64());
  const signer = await createSigner(bytes.subarray(0, 32));
  const secrets = [half, signer.apiKey];
  if (bytes.length === 64 && bytes.slice(32).toBase64() !== signer.apiKey.reveal()) {
    const fault = "is 64 bytes long and its second half is not the public key of the first: " +
      "wanted base64 of the 32-byte seed";
    return { fault, secrets };
  }
  return { signer, secrets };
}

function publicFaultOf(text: string): string | undefined {
  const bytes = decode(text);
  if (typeof bytes === "string") return bytes;
  if (bytes.length === 32) return undefined;
  return `is ${bytes.length} bytes long: wanted base64 of 32 bytes`;
}

/** Whether the public key, taken for a seed, has the private key for its public key. */
async function areSwapped(privateKey: string, publicKey: string | undefined): Promise<boolean> {
  if (publicKey === undefined) return false;
  const seed = decode(publicKey);
  if (typeof seed === "string" || seed.length !== 32) return false;
  return (await createSigner(seed)).apiKey.reveal() === privateKey;
}

/** The bytes, or what is wrong with the text. */
function decode(text: string): Uint8Array<ArrayBuffer> | string {
  if (/^(["'`]).*\1$/.test(text)) return "is in quotes: set the key without them";
  if (/\s/.test(text)) return "holds a blank or a line break: paste the key in one piece";
  if (/^(0x)?([0-9a-f]{64}|[0-9a-f]{128})$/i.test(text)) {
    return "looks like hexadecimal: wanted base64, as Backpack shows it";
  }
  if (/^[A-Za-z0-9_-]{42,}=*$/.test(text) && /[_-]/.test(text)) {
    return "is base64 with the URL alphabet: wanted the standard one, with + for - and / for _";
  }
  if (/^[A-Za-z0-9+/]+$/.test(text) && text.length % 4 !== 0) {
    return "is not complete base64: a letter is missing or the = at the end";
  }
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    return "is not base64: wanted the standard alphabet (A-Z, a-z, 0-9, +, /), padded with =";
  }
}
