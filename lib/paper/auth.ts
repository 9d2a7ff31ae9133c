/**
 * Who sent a request, and whether they signed it. Rebuilds the signed text from the API digest,
 * section 2, on its own: it must not share code with the signing side, so that a mistake there
 * can't cancel itself out here.
 *
 * @module
 */

import { badPayload, badRequest, Refusal } from "./refusal.ts";
import type { PaperRequest } from "./request.ts";

const DEFAULT_WINDOW_MS = 5000;
const MAX_WINDOW_MS = 60_000;

/** Verifies requests against an injected clock. */
export class Gate {
  readonly #now: () => number;
  readonly #keys = new Map<string, Promise<CryptoKey>>();

  /** Judges the age of requests by `now`. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Lets that public key in.
   *
   * @throws {RangeError} if it is not the base64 of 32 bytes
   */
  register(apiKey: string): void {
    const bytes = bytesOf(apiKey, 32);
    if (bytes === undefined) throw new RangeError("Cannot register key: want base64 of 32 bytes");
    const key = crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
    // Awaited at the first request; until then a rejection must not end the process.
    key.catch(() => {});
    this.#keys.set(apiKey, key);
  }

  /** The key that signed the request for that instruction; refuses otherwise. */
  async check(request: PaperRequest, instruction: string): Promise<string> {
    const header = (name: string): string => {
      const value = request.headers.get(name);
      if (value === null) throw new Refusal(401, "Unauthorized", "UNAUTHORIZED");
      return value;
    };
    const apiKey = header("X-API-Key");
    const signature = bytesOf(header("X-Signature"), 64);
    const timestamp = header("X-Timestamp");
    const window = request.headers.get("X-Window") ?? String(DEFAULT_WINDOW_MS);
    if (signature === undefined) throw badRequest("Invalid X-Signature header");
    this.#checkAge(timestamp, window);
    const message = `${signedParts(request, instruction)}&timestamp=${timestamp}&window=${window}`;
    const key = await this.#keys.get(apiKey);
    const bytes = new TextEncoder().encode(message);
    if (key === undefined || !await crypto.subtle.verify("Ed25519", key, signature, bytes)) {
      throw badRequest("Invalid signature");
    }
    return apiKey;
  }

  #checkAge(timestamp: string, window: string): void {
    if (!/^\d{1,15}$/.test(timestamp)) throw badRequest("Invalid X-Timestamp header");
    const windowMs = /^\d{1,5}$/.test(window) ? Number(window) : NaN;
    if (!(windowMs > 0 && windowMs <= MAX_WINDOW_MS)) throw badRequest("Invalid X-Window header");
    // The digest leaves open how far ahead a clock may be: here as far as it may be behind.
    const ageMs = this.#now() - Number(timestamp);
    if (Math.abs(ageMs) > windowMs) throw badRequest("Request has expired");
  }
}

function signedParts(request: PaperRequest, instruction: string): string {
  if (request.method === "GET" || request.body === "") {
    return part(instruction, request.query.entries());
  }
  const body = parseBody(request.body);
  const orders = Array.isArray(body) ? body : [body];
  return orders.map((order) => part(instruction, membersOf(order))).join("&");
}

function part(instruction: string, pairs: [string, string][]): string {
  const sorted = pairs.toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  return [`instruction=${instruction}`, ...sorted.map(([key, value]) => `${key}=${value}`)]
    .join("&");
}

/** The JSON of a body; refuses as the exchange's framework does. */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw badPayload("expected value at line 1 column 1");
  }
}

function membersOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badPayload('Expected input type "object".');
  }
  return Object.entries(value).map(([key, member]) => [
    key,
    typeof member === "string" ? member : JSON.stringify(member),
  ]);
}

function bytesOf(base64: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(base64);
    return bytes.length === length ? bytes : undefined;
  } catch {
    return undefined;
  }
}
