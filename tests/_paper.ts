/**
 * A customer of the simulated exchange for its own tests: it signs with WebCrypto by its own
 * reading of the API digest, section 2, and shares no code with `lib/signing.ts`.
 *
 * @module
 */

import { PaperExchange, type PaperOptions } from "../lib/paper/exchange.ts";

/** The exchange's URL in these tests; no request leaves the process. */
export const BASE_URL = "https://paper.invalid";
/** 2026-09-23T12:00:00.000Z. */
export const START_MS = 1790164800000;

/** A reply, read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // deno-lint-ignore no-explicit-any
  json: any;
}

type Members = Record<string, unknown>;

const INSTRUCTIONS: Record<string, string> = {
  "GET /api/v1/account": "accountQuery",
  "GET /api/v1/account/limits/order": "maxOrderQuantity",
  "GET /api/v1/capital": "balanceQuery",
  "GET /api/v1/capital/collateral": "collateralQuery",
  "GET /api/v1/borrowLend/positions": "borrowLendPositionQuery",
  "GET /api/v1/position": "positionQuery",
  "GET /api/v1/order": "orderQuery",
  "POST /api/v1/order": "orderExecute",
  "DELETE /api/v1/order": "orderCancel",
  "GET /api/v1/orders": "orderQueryAll",
  "POST /api/v1/orders": "orderExecute",
  "DELETE /api/v1/orders": "orderCancelAll",
  "GET /wapi/v1/capital/deposits": "depositQueryAll",
  "GET /wapi/v1/capital/withdrawals": "withdrawalQueryAll",
  "GET /wapi/v1/history/orders": "orderHistoryQueryAll",
  "GET /wapi/v1/history/fills": "fillHistoryQueryAll",
  "GET /wapi/v1/history/funding": "fundingHistoryQueryAll",
};

/** The signed text for a query or a body. */
export function messageOf(
  instruction: string,
  params: Members | Members[],
  times: { timestamp: string; window: string },
): string {
  const parts = [params].flat().map((members) => {
    const pairs = Object.keys(members).sort().map((key) => `&${key}=${members[key]}`);
    return `instruction=${instruction}${pairs.join("")}`;
  });
  return `${parts.join("&")}&timestamp=${times.timestamp}&window=${times.window}`;
}

/** The throw-away key pair of that number. */
export async function keyPair(number: number): Promise<{ apiKey: string; privateKey: CryptoKey }> {
  const prefix = Uint8Array.fromHex("302e020100300506032b657004220420");
  const pkcs8 = new Uint8Array([...prefix, ...new Uint8Array(32).fill(number)]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", privateKey);
  const apiKey = Uint8Array.fromBase64(x, { alphabet: "base64url" }).toBase64();
  return { apiKey, privateKey };
}

/** Somebody with an account. */
export class Customer {
  readonly exchange: PaperExchange;
  readonly apiKey: string;
  readonly #privateKey: CryptoKey;
  readonly #now: () => number;

  constructor(
    exchange: PaperExchange,
    keys: { apiKey: string; privateKey: CryptoKey },
    now: () => number,
  ) {
    this.exchange = exchange;
    this.apiKey = keys.apiKey;
    this.#privateKey = keys.privateKey;
    this.#now = now;
  }

  /** The four headers for a message, any of them replaced or left out. */
  async headers(
    instruction: string,
    params: Members | Members[],
    replaced: Record<string, string | undefined> = {},
  ): Promise<Record<string, string>> {
    const timestamp = replaced["X-Timestamp"] ?? String(this.#now());
    const window = "X-Window" in replaced ? replaced["X-Window"] ?? "5000" : "5000";
    const message = messageOf(instruction, params, { timestamp, window });
    const bytes = new TextEncoder().encode(message);
    const signature = await crypto.subtle.sign("Ed25519", this.#privateKey, bytes);
    const headers = {
      "X-API-Key": this.apiKey,
      "X-Timestamp": timestamp,
      "X-Window": window,
      "X-Signature": new Uint8Array(signature).toBase64(),
      ...replaced,
    };
    return Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  /** Sends a signed request: `params` is the query of a GET and the body of anything else. */
  async call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    params: Members | Members[] = {},
    replaced: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const instruction = INSTRUCTIONS[`${method} ${path}`] ?? "none";
    const headers = await this.headers(instruction, params, replaced);
    if (method === "GET") return await send(this.exchange, path + queryOf(params), { headers });
    const body = JSON.stringify(params);
    return await send(this.exchange, path, { method, headers, body });
  }

  /** Sends a signed GET. */
  get(path: string, params: Members = {}): Promise<Answer> {
    return this.call("GET", path, params);
  }

  /** Places an order. */
  place(order: Members): Promise<Answer> {
    return this.call("POST", "/api/v1/order", order);
  }

  /** Cancels an order. */
  cancel(key: Members): Promise<Answer> {
    return this.call("DELETE", "/api/v1/order", key);
  }
}

/** Sends an unsigned request. */
export async function send(
  exchange: PaperExchange,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await exchange.fetch(BASE_URL + path, init);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const json = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

/** An exchange with one customer, at a clock that the test moves. */
export async function openExchange(
  options: Partial<PaperOptions> = {},
): Promise<{ exchange: PaperExchange; customer: Customer; clock: { nowMs: number } }> {
  const clock = { nowMs: START_MS };
  const keys = await keyPair(7);
  const now = (): number => clock.nowMs;
  const exchange = new PaperExchange({ now, apiKey: keys.apiKey, ...options });
  return { exchange, customer: new Customer(exchange, keys, now), clock };
}

/** Another customer of the same exchange. */
export async function anotherCustomer(
  exchange: PaperExchange,
  clock: { nowMs: number },
  number = 8,
): Promise<Customer> {
  const keys = await keyPair(number);
  exchange.registerKey(keys.apiKey);
  return new Customer(exchange, keys, () => clock.nowMs);
}

function queryOf(params: Members | Members[]): string {
  const pairs = Object.entries(params).map(([key, value]) => [key, String(value)]);
  const text = new URLSearchParams(pairs).toString();
  return text === "" ? "" : `?${text}`;
}
