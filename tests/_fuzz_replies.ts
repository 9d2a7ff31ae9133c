/**
 * Replies that no exchange sends, in front of every tool: the recorded ones and those of the
 * simulated exchange, with one thing changed. An answer is as it would have been, or less, or an
 * error; what could not be read never becomes a figure.
 *
 * @module
 */

import fc from "fast-check";
import { ERROR_CODES } from "../lib/errors.ts";
import { type Ended, FuzzDesk } from "./_fuzz_desk.ts";
import type { Json } from "./_fuzz_values.ts";
import recorded from "./testdata/replies.json" with { type: "json" };

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };

/** Calls that ask for everything there is; a tool that is not here is called without arguments. */
const CALLS: Readonly<Record<string, Record<string, unknown>>> = {
  list_orders: { marketType: "ALL" },
  list_markets: { sort: "volume" },
  create_order: { ...LIMIT, clientId: 20 },
  create_orders: { orders: [{ ...LIMIT, price: "128", clientId: 21 }] },
  preview_order: LIMIT,
  replace_order: { symbol: "SOL_USDC", clientId: 7, price: "125" },
  get_order_outcome: { clientId: 7 },
  get_order: { symbol: "SOL_USDC", clientId: 7 },
  cancel_order: { symbol: "SOL_USDC", clientId: 7 },
  cancel_all_orders: { symbol: "SOL_USDC" },
  get_balances: { includeZero: true },
  get_ticker: { symbol: "SOL_USDC" },
  get_depth: { symbol: "SOL_USDC", limit: 5, chart: true },
  list_trades: { symbol: "SOL_USDC", limit: 5 },
  get_klines: { symbol: "SOL_USDC", interval: "1h", limit: 5, chart: true },
};

/** Which request each recorded reply answers; refusals answer any. */
const FILES: readonly [RegExp, string][] = [
  [/^order\.get/, "GET /api/v1/order"],
  [/^order\.post/, "POST /api/v1/order"],
  [/^order\.delete/, "DELETE /api/v1/order"],
  [/^orders\.get/, "GET /api/v1/orders"],
  [/^orders\.post/, "POST /api/v1/orders"],
  [/^orders\.delete/, "DELETE /api/v1/orders"],
  [/^history-(orders|fills|funding)\./, "GET /wapi/v1/history/$1"],
  [/^(deposits|withdrawals)\./, "GET /wapi/v1/capital/$1"],
  [/^capital-collateral\./, "GET /api/v1/capital/collateral"],
  [/^limits-order\./, "GET /api/v1/account/limits/order"],
  [/^(\w+)\./, "GET /api/v1/$1"],
];

/** A reply as it stands in a file or as the simulated exchange gave it. */
interface Source {
  readonly name: string;
  readonly status: number;
  readonly text: string;
}

/** What is done to a reply. */
type Change =
  | { readonly kind: "member"; readonly at: number; readonly to: number }
  | { readonly kind: "without"; readonly at: number }
  | { readonly kind: "beside"; readonly at: number; readonly name: number }
  | { readonly kind: "cut"; readonly share: number }
  | { readonly kind: "body"; readonly of: number }
  | { readonly kind: "status"; readonly status: number };

/** One reply that goes wrong, during one call. */
export interface BadReply {
  readonly tool: number;
  /** Which of the requests that the call makes. */
  readonly request: number;
  readonly source: number;
  readonly change: Change;
}

/** What is written in the place of a value, as JSON text: none of it is the value. */
const WRONG = [
  ...['"NaN"', '"N/A"', '"Infinity"', '""', '" "', '"1e5"', '"-"', '"0x1"', '"1,5"', '"null"'],
  ...["null", "true", "[]", "{}", "[[]]", '{"__proto__":{"a":1}}', "1e999", "-1e999", "1e-7"],
  ...[`"${"9".repeat(100)}"`, `"${"x".repeat(100_000)}"`, '"\\ud800"', '["1"]'],
];
const NAMES = ["__proto__", "constructor", "toString", "code", "message", "id2", "\u202eid"];
const BODIES = [
  ...["", " ", "null", "[]", "{}", "0", '"text"', "[null]", "[[]]", "[{}]", "{", "\ufeff{}", "NaN"],
  ...["<html><body>502</body></html>", '{"code":"X"}', '{"__proto__":[]}', "\u0000", "true"],
];
const STATUSES = [
  ...[200, 201, 202, 204, 206, 301, 307, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503],
];

const nat = (below: number): fc.Arbitrary<number> => fc.nat(below - 1);
const large = fc.nat(1e6);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("member" as const),
      at: large,
      to: nat(WRONG.length),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("without" as const), at: large }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("beside" as const),
      at: large,
      name: nat(NAMES.length),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("cut" as const),
      share: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("body" as const), of: nat(BODIES.length) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom(...STATUSES),
    }),
  },
);

/** Replies that go wrong, for as many tools. */
export const badReplies = (tools: number): fc.Arbitrary<BadReply> =>
  fc.record({ tool: nat(tools), request: large, source: large, change });

/** What one call came to, and the requests that it made. */
interface Told {
  readonly ended: Ended;
  readonly asked: readonly string[];
  readonly replies: ReadonlyMap<string, Source>;
  /** Orders that stand or stood under the ids of the call, as the exchange itself knows. */
  readonly placed: number;
  readonly failedInside: boolean;
}

/** Plays bad replies against fresh desks; what the same call says of the good one is kept. */
export class ReplyWorld {
  readonly #honest = new Map<string, Promise<Told>>();

  /** What was broken, each as a sentence. */
  async faultsOf(names: readonly string[], bad: BadReply): Promise<string[]> {
    const name = names[bad.tool] ?? "";
    const plain = await this.#tell(name);
    if (plain.asked.length === 0) return [];
    const route = pick(plain.asked, bad.request);
    const own = plain.replies.get(route);
    const sources = [...(own ? [own, own, own] : []), ...filesOf(route)];
    const source = pick(sources, bad.source);
    const good = await this.#tell(name, route, source);
    const changed = changedReply(source, bad.change);
    const told = await tell(name, route, changed);
    const faults = [
      ...answerFaults(told, changed),
      ...isReadable(source, bad.change) ? [] : figureFaults(good, told),
    ];
    return [...faults, ...effectFaults(name, told, changed)].map((fault) =>
      `${name}, ${route} as ${source.name}: ${fault}\n${changed.status} ${
        changed.text.slice(0, 400)
      }`
    );
  }

  /** The paths of all that these tools ask for when nothing goes wrong. */
  async pathsOf(names: readonly string[]): Promise<Set<string>> {
    const told = await Promise.all(names.map((name) => this.#tell(name)));
    return new Set(told.flatMap(({ asked }) => asked.map((request) => request.split(" ")[1]!)));
  }

  #tell(name: string, route = "", source?: Source): Promise<Told> {
    const key = `${name} ${route} ${source?.name ?? ""}`;
    const told = this.#honest.get(key) ?? tell(name, route, source);
    this.#honest.set(key, told);
    return told;
  }
}

/** By then the desk reads again whatever it has kept of public data. */
const REMEMBERED_MS = 6 * 60_000;

/** Calls a tool; the first reply to `route` is `source`, whatever the exchange did. */
async function tell(name: string, route: string, source?: Source): Promise<Told> {
  let isArmed = false;
  const asked = new Set<string>();
  const replies = new Map<string, Source>();
  await using desk = await FuzzDesk.open((exchange) => async (url, init) => {
    const reply = await exchange(url, init);
    const request = `${init.method} ${new URL(url).pathname}`;
    if (!isArmed) return reply;
    asked.add(request);
    if (request === route && source !== undefined) return responseOf(source);
    const text = await reply.clone().text();
    replies.set(request, replies.get(request) ?? { name: "paper", status: reply.status, text });
    return reply;
  });
  // What is remembered must be asked for again: the markets, and the exchange's time.
  desk.served.clock.advance(REMEMBERED_MS);
  isArmed = true;
  const before = desk.served.log.events.length;
  const ended = await desk.call(name, CALLS[name] ?? {});
  const placed = [20, 21].flatMap((id) => desk.exchange.ordersByClientId(id)).length;
  const failedInside = desk.served.log.events.slice(before).includes("internal");
  return { ended, asked: [...asked], replies, placed, failedInside };
}

function responseOf({ status, text }: Source): Response {
  const isBare = status === 204;
  return new Response(isBare ? null : text, { status });
}

function filesOf(route: string): Source[] {
  return Object.entries(recorded).flatMap(([name, text]) => {
    const status = Number(/\.(\d{3})\./.exec(name)?.[1]);
    const [pattern, path] = FILES.find(([pattern]) => pattern.test(name)) ?? [/$/, ""];
    const isMeant = name.startsWith("error.") ||
      path.replace("$1", pattern.exec(name)?.[1] ?? "") === route;
    return isMeant ? [{ name, status, text }] : [];
  });
}

function changedReply(source: Source, change: Change): Source {
  const { text } = source;
  switch (change.kind) {
    case "status":
      return { ...source, status: change.status };
    case "cut":
      return { ...source, text: text.slice(0, Math.floor(text.length * change.share)) };
    case "body":
      return { ...source, text: BODIES[change.of] ?? "" };
    default:
      return { ...source, text: changedText(text, change) };
  }
}

const PLACE = "\u0001here\u0001";

function changedText(text: string, change: Change & { at: number }): string {
  const value = parsed(text);
  const paths = pathsOf(value);
  if (paths.length === 0) return `${text}x`;
  const path = pick(paths, change.at);
  if (change.kind === "without" && !/^\d+$/.test(path.at(-1) ?? "")) {
    return JSON.stringify(edited(value, path, () => undefined));
  }
  if (change.kind === "beside") return JSON.stringify(edited(value, path, withName(change)));
  const holed = JSON.stringify(edited(value, path, () => PLACE));
  return holed.replace(
    JSON.stringify(PLACE),
    () => WRONG[change.kind === "member" ? change.to : 0] ?? "0",
  );
}

function withName({ name }: Change & { kind: "beside" }): (value: Json) => Json {
  const member = [NAMES[name] ?? "x", { value: "1" }];
  return (value) =>
    isObject(value) ? Object.fromEntries([...Object.entries(value), member]) : [value, member];
}

type Path = readonly string[];

/** The paths of all values but `null`, in whose place any value says something new. */
function pathsOf(value: Json, path: Path = []): Path[] {
  if (value === null) return [];
  if (!isObject(value)) return path.length === 0 ? [] : [path];
  const inner = Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]));
  return path.length === 0 ? inner : [path, ...inner];
}

function edited(value: Json, [name, ...rest]: Path, edit: (value: Json) => Json): Json {
  if (name === undefined) return edit(value);
  const entries = Object.entries(value as Record<string, Json>).map(([key, member]) =>
    [key, key === name ? edited(member, rest, edit) : member] as const
  ).filter(([, member]) => member !== undefined);
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

function answerFaults({ ended, failedInside }: Told, reply: Source): string[] {
  if ("protocolError" in ended) return [`protocol error ${ended.protocolError.message}`];
  const { isError, content } = ended.result;
  const text = content.map(({ text = "" }) => text).join("\n");
  const { code, hint } = isError ? JSON.parse(content[0]?.text ?? "{}") : { code: "", hint: "-" };
  return [
    ...(failedInside ? [`the desk failed inside: ${text.slice(0, 300)}`] : []),
    ...(isError && !ERROR_CODES.includes(code) ? [`code ${code}`] : []),
    ...(hint ? [] : ["no next step"]),
    ...[...NO_FIGURES].filter((word) => text.includes(word) && !reply.text.includes(word)),
  ];
}

/** What arithmetic on what is no number writes. */
const NO_FIGURES = ["NaN", "undefined", "Infinity", "[object"];

/**
 * What may be missing by the API's own word, or has another source that the answer names: an asset
 * that is not held, a row, the price of an asset that is no collateral. An asset that is there and
 * stands for nothing is not missing.
 */
const MAY_BE_MISSING = /^[A-Z]+$|^\d+$|assetMarkPrice$/;
const ASSET = /^[A-Z]+$/;

function isMissing(path: string, { kind }: Change): boolean {
  return MAY_BE_MISSING.test(path) && (kind === "without" || !ASSET.test(path));
}

/** Whether the exchange might have written the reply just so: text is text, whatever it says. */
function isReadable(source: Source, change: Change): boolean {
  if (change.kind === "status" || change.kind === "body") return true;
  if (change.kind === "cut") return false;
  const paths = pathsOf(parsed(source.text));
  const path = paths.length === 0 ? [] : pick(paths, change.at);
  if (isMissing(path.join("."), change)) return true;
  const was = path.reduce<Json>(
    (value, name) => isObject(value) ? value[name] : value,
    parsed(source.text),
  );
  const isText = typeof was === "string" && !/^-?\d+(\.\d+)?$/.test(was);
  const isId = typeof was === "string" && /id$/i.test(path.at(-1) ?? "");
  const to = change.kind === "member" ? WRONG[change.to] ?? "" : "";
  return (isText || isId) && to.startsWith('"') || typeof was === "boolean" && to === "true";
}

/** Figures that are others than those of the good reply, though nothing readable was changed. */
function figureFaults(good: Told, told: Told): string[] {
  const [was, is] = [good, told].map(({ ended }) => figuresOf(ended));
  if (was === undefined || is === undefined) return [];
  return [...is].filter(([path, figure]) => was.has(path) && was.get(path) !== figure)
    .map(([path, figure]) => `${path} is ${figure} and was ${was.get(path)}`);
}

/**
 * Every number of a good answer, by its path; `undefined` of an error. A row that is named as
 * unreadable is not lost: it counts in the total.
 */
function figuresOf(ended: Ended): Map<string, unknown> | undefined {
  if ("protocolError" in ended || ended.result.isError) return undefined;
  const { unreadable = [], ...content } = ended.result.structuredContent;
  const value = unreadable.length > 0
    ? { ...content, total: content.total + unreadable.length }
    : content;
  const figures = pathsOf(value).map((path): [string, unknown] => [
    named(value, path),
    path.reduce((inner, name) => inner[name], value),
  ]);
  return new Map(figures.filter(([, it]) => /^-?\d+(\.\d+)?$/.test(String(it))));
}

/** The path with each row named by its ids, not by its place, so that a lost row renames no other. */
function named(value: Json, [name, ...rest]: Path): string {
  if (name === undefined || !isObject(value)) return "";
  const member = value[name];
  const { id, orderId, tradeId, asset, symbol } = isObject(member) ? member : {};
  const row = Array.isArray(value) ? [id, orderId, tradeId, asset, symbol].join(" ") : "";
  return `${row.trim() || name}.${named(member, rest)}`;
}

/** The exchange acted: nobody may be told that it surely did not, unless it said so itself. */
function effectFaults(name: string, { ended, placed }: Told, { status }: Source): string[] {
  if (!/^create_order/.test(name) || "protocolError" in ended) return [];
  const { isError, content } = ended.result;
  const said = isError ? JSON.parse(content[0]?.text ?? "{}").outcome : "placed";
  if (said === "placed" && placed === 0 && !isError && !text(content).includes("not_placed")) {
    return text(content).includes("unknown") ? [] : ["placed, and the exchange has no such order"];
  }
  const isLie = status >= 400 && status < 500;
  return said === "not_placed" && placed > 0 && !isLie ? ["not placed, and it stands"] : [];
}

function text(content: readonly { text: string }[]): string {
  return content.map(({ text = "" }) => text).join("\n");
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null;
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError("Cannot pick from nothing");
  return item;
}
