/**
 * A key pair that nothing else uses, and the search for it: in every form that a program might
 * write it in by mistake, whole or in part.
 *
 * @module
 */

const PKCS8_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");
/** So much of a secret, and it is given away. */
const TELLING_CHARACTERS = 14;

/** A secret by its name, as bytes. */
export interface Canary {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** There are many of them: only the forms in which a signature is written are looked for. */
  readonly isSignature?: boolean;
}

/** A fresh pair: its seed and the public half. */
export async function canaryPair(): Promise<{ seed: Canary; apiKey: Canary }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...bytes]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", key);
  const publicBytes = Uint8Array.fromBase64(x, { alphabet: "base64url" });
  return { seed: { name: "seed", bytes }, apiKey: { name: "API key", bytes: publicBytes } };
}

/** A signature as it was sent. */
export function signatureCanary(text: string): Canary {
  return { name: "signature", bytes: Uint8Array.fromBase64(text), isSignature: true };
}

/** Looks for secrets in whatever was written. */
export class Search {
  /** Every stretch that gives a form away, and whose it is; by its length. */
  readonly #telling = new Map<number, Map<string, string>>();

  constructor(secrets: readonly Canary[]) {
    for (const secret of secrets) {
      const forms = formsOf(secret).slice(0, secret.isSignature ? SIGNATURE_FORMS : Infinity);
      const step = secret.isSignature ? TELLING_CHARACTERS : 3;
      for (const [how, form] of forms) this.#add(`${secret.name}: ${how}`, stretchesOf(form, step));
    }
  }

  /** The name of each secret that `written` holds, with the form that it has there. */
  foundIn(written: Uint8Array): string[] {
    const text = new TextDecoder("latin1").decode(written);
    const places = new Set<string>();
    for (const [length, telling] of this.#telling) {
      for (let at = 0; at + length <= text.length; at++) {
        const place = telling.get(text.slice(at, at + length));
        if (place !== undefined) places.add(place);
      }
    }
    return [...places];
  }

  #add(place: string, stretches: readonly string[]): void {
    for (const stretch of stretches) {
      const sameLength = this.#telling.get(stretch.length) ?? new Map();
      this.#telling.set(stretch.length, sameLength.set(stretch, place));
    }
  }
}

/** So many of the forms below are those of a signature. */
const SIGNATURE_FORMS = 7;

/** What a secret may look like. */
function formsOf({ bytes }: Canary): [how: string, form: string][] {
  const base64 = bytes.toBase64();
  const hex = bytes.toHex();
  const reversed = bytes.slice().reverse();
  const latin1 = (some: Uint8Array): string => new TextDecoder("latin1").decode(some);
  const utf16 = latin1(new Uint8Array([...base64].flatMap((char) => [char.charCodeAt(0), 0])));
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const escaped = [...base64]
    .map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  return [
    ["base64", base64],
    ["base64url", bytes.toBase64({ alphabet: "base64url" })],
    ["percent-encoded base64", encodeURIComponent(base64)],
    ["hex", hex],
    ["upper-case hex", hex.toUpperCase()],
    ["JSON-escaped base64", base64.replaceAll("/", "\\/")],
    ["JSON-escaped characters", escaped],
    ["base64 of the base64", new TextEncoder().encode(base64).toBase64()],
    ["base64 backwards", [...base64].reverse().join("")],
    ["base64 of the bytes backwards", reversed.toBase64()],
    ["UTF-16", utf16],
    ["hex backwards", reversed.toHex()],
    ["hex with colons", hex.replace(/..(?!$)/g, "$&:")],
    ["percent-encoded bytes", percent],
    ["upper-case percent-encoded bytes", percent.toUpperCase()],
    ["decimal numbers", bytes.join(",")],
    ["decimal numbers, spaced", bytes.join(", ")],
    ["decimal numbers, by index", [...bytes].map((byte, at) => `"${at}":${byte}`).join(",")],
    ["decimal numbers, a line each", bytes.join("\n")],
    ["bytes", latin1(bytes)],
    ["bytes backwards", latin1(reversed)],
  ];
}

/** The stretches of a form of which any gives it away; its end is always one. */
function stretchesOf(form: string, step: number): string[] {
  const length = form.length > 3 * 32 ? 3 * TELLING_CHARACTERS : TELLING_CHARACTERS;
  const stretches = [form.slice(-length)];
  for (let at = 0; at + length <= form.length; at += step) {
    stretches.push(form.slice(at, at + length));
  }
  return stretches;
}
