/**
 * Arguments for every tool, drawn from the schemas that the server publishes, so that a new tool
 * needs nothing here: sound ones, nearly sound ones and hostile ones.
 *
 * @module
 */

import fc from "fast-check";
import { disguised, hostileValue, type Json, strangeName } from "./_fuzz_values.ts";

/** As much of JSON schema as the definitions use. */
interface Schema {
  type?: string;
  enum?: Json[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
}

/** A tool, as far as its arguments go. */
export interface Published {
  name: string;
  inputSchema: Schema;
}

/** One call to be made. */
export interface DrawnCall {
  name: string;
  arguments: Json;
}

/** Client ids that orders have from the start, and one that none has. */
const CLIENT_IDS = [7, 8, 9, 10] as const;
const SYMBOLS = ["SOL_USDC", "SOL_USDC", "SOL_USDC_PERP", "BTC_USDC", "BTC_USDC_PERP", "X_USDC"];
const AMOUNTS = ["1", "1.5", "0.01", "2.00", "0.001", "0.00001", "10", "1000000"];
const PRICES = ["130", "130.10", "141.00", "139.5", "140", "59000.0", "60300", "0.01", "130.001"];
const TIMES = ["2026-01-01", "2025-12-31T23:00:00Z", "2025-12-31T23:00:00+02:00", "1767225600000"];

/** What an argument of that name takes; whatever is not named here is drawn by its type. */
const BY_NAME: readonly [RegExp, readonly Json[]][] = [
  [/^symbol$/, SYMBOLS],
  [/price$/i, PRICES],
  [/quantity$/i, AMOUNTS],
  [/tolerance$/i, ["1", "0.5", "10"]],
  [/^(clientId|repeatOf)$/, CLIENT_IDS],
  [/id$/i, ["1", "28563670003"]],
  [/^(from|to)$/, TIMES],
  [/^quote$/, ["USDC", "USD"]],
  [/^search$/, ["SOL", "perp"]],
];

/** Orders that are sound but for what is added to them. */
const SOUND_ORDERS: readonly Record<string, Json>[] = [
  { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1.5" },
  { symbol: "SOL_USDC", side: "Ask", orderType: "Limit", price: "150.10", quantity: "0.01" },
  { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quoteQuantity: "25.5" },
  { symbol: "SOL_USDC", side: "Ask", orderType: "Market", quantity: "2" },
  { symbol: "BTC_USDC", side: "Bid", orderType: "Limit", price: "60300.0", quantity: "0.0001" },
  { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Limit", price: "131", quantity: "1" },
  { symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market", quantity: "1" },
  {
    ...{ symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market" },
    ...{ triggerPrice: "120", triggerQuantity: "1", reduceOnly: true },
  },
];

/** Calls of any of these tools. */
export function callsOf(tools: readonly Published[]): fc.Arbitrary<DrawnCall> {
  const order = tools.find(({ name }) => name === "create_order");
  const draw = new Draw(order?.inputSchema.properties ?? {});
  const [acting, all] = [tools.filter(({ name }) => ORDERS.test(name)), tools];
  return fc.oneof(fc.constantFrom(...acting), fc.constantFrom(...all)).chain((
    { name, inputSchema },
  ) =>
    fc.oneof(
      { weight: 5, arbitrary: draw.sound(inputSchema) },
      { weight: 6, arbitrary: draw.sound(inputSchema).chain(nearly) },
      { weight: 1, arbitrary: hostileValue },
    ).map((args) => ({ name, arguments: args }))
  );
}

/** Tools that half of all calls go to: what they send is compared with what was asked. */
const ORDERS = /_orders?$/;

class Draw {
  /** `orderMembers`: what an open object takes, such as an element of a batch. */
  constructor(readonly orderMembers: Record<string, Schema>) {}

  sound(schema: Schema): fc.Arbitrary<Json> {
    const { properties = {}, required = [], additionalProperties } = schema;
    const isOpen = additionalProperties !== false;
    const members = isOpen ? { ...this.orderMembers, ...properties } : properties;
    const some = this.#members(members, required);
    if (!("orderType" in members)) return some;
    const order = fc.constantFrom(...SOUND_ORDERS);
    const more = fc.tuple(order, this.#members(members, [], 2))
      .map(([order, more]) => ({ ...more, ...order }));
    return fc.oneof(
      { weight: 3, arbitrary: order },
      { weight: 3, arbitrary: more },
      { weight: 1, arbitrary: some },
    );
  }

  #members(
    properties: Record<string, Schema>,
    required: readonly string[],
    most = 4,
  ): fc.Arbitrary<Record<string, Json>> {
    const optional = Object.keys(properties).filter((name) => !required.includes(name));
    const maxLength = Math.min(most, optional.length);
    return fc.subarray(optional, { maxLength }).chain((names) =>
      fc.record(Object.fromEntries(
        [...required, ...names].map((name) => [name, this.#value(name, properties[name] ?? {})]),
      ))
    );
  }

  #value(name: string, schema: Schema): fc.Arbitrary<Json> {
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const named = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
    if (named !== undefined) return fc.constantFrom(...named);
    const { minimum = 0, maximum = 1e9 } = schema;
    if (schema.type === "integer") return fc.integer({ min: minimum, max: maximum });
    if (schema.type === "boolean") return fc.boolean();
    if (schema.type === "object") return this.sound(schema);
    if (schema.type === "array") {
      return fc.array(this.#value(name, schema.items ?? {}), { maxLength: 4 });
    }
    return fc.string({ maxLength: 20 });
  }
}

/** The same with one or two members changed, added or left out. */
function nearly(args: Json): fc.Arbitrary<Json> {
  return changed(args).chain((once) => fc.oneof(fc.constant(once), changed(once)));
}

function changed(args: Json): fc.Arbitrary<Json> {
  const names = membersOf(args);
  const added = fc.tuple(strangeName, hostileValue)
    .map(([name, value]) => withMember(args, name, value));
  if (names.length === 0) return added;
  return fc.constantFrom(...names).chain((name) => {
    const value = (args as Record<string, Json>)[name];
    const nested = typeof value === "object" && membersOf(value).length > 0
      ? [changed(value).map((inner) => withMember(args, name, inner))]
      : [];
    return fc.oneof(
      added,
      hostileValue.map((hostile) => withMember(args, name, hostile)),
      fc.constantFrom(...disguised(value)).map((other) => withMember(args, name, other)),
      fc.constant(without(args, name)),
      ...nested,
    );
  });
}

function membersOf(value: Json): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** As a JSON parser does it: `__proto__` is a name like any other. */
function withMember(args: Json, name: string, value: Json): Json {
  if (Array.isArray(args) && name in args) return args.with(Number(name), value);
  return Object.fromEntries([...Object.entries(args ?? {}), [name, value]]);
}

function without(args: Json, name: string): Json {
  const kept = Object.entries(args ?? {}).filter(([other]) => other !== name);
  return Array.isArray(args) ? kept.map(([, value]) => value) : Object.fromEntries(kept);
}
