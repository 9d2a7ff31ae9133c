/**
 * What must hold of every call, whatever its arguments: how it is answered, and what reaches the
 * exchange. Knows the tools by what they publish alone.
 *
 * @module
 */

import { decimal } from "../lib/decimal.ts";
import { ERROR_CODES } from "../lib/errors.ts";
import type { Published } from "./_fuzz_arguments.ts";
import type { Ended, FuzzDesk, Seen } from "./_fuzz_desk.ts";
import { API_KEY, SEED, type ToolAnswer } from "./_helpers.ts";

type Members = Record<string, unknown>;

/** Codes that only a fault of ours, of the network or of the exchange explains. */
const FAULTS = ["internal", "bad_reply", "unavailable", "outcome_unknown", "journal", "config"];
/** No refusal repeats what it was sent in full. */
const MAX_ERROR_CHARACTERS = 8000;
const HEADERS = /^(Accept|Content-Type|X-API-Key|X-Timestamp|X-Window|X-Signature)$/;
const SIDE_EFFECTS: Readonly<Record<string, RegExp>> = {
  create_order: /^POST \/api\/v1\/order$/,
  create_orders: /^POST \/api\/v1\/orders$/,
  replace_order: /^(POST|DELETE) \/api\/v1\/order$/,
  cancel_order: /^DELETE \/api\/v1\/order$/,
  cancel_all_orders: /^DELETE \/api\/v1\/orders$/,
};

/** What one call broke, each as a sentence. */
export async function faultsOf(desk: FuzzDesk, name: string, args: unknown): Promise<string[]> {
  const { lines, seen, served } = desk;
  const [line, request, event] = [lines.length, seen.length, served.log.events.length];
  const before = desk.exchange.openOrders();
  const ended = await desk.call(name, args);
  const sent = seen.slice(request);
  const events = served.log.events.slice(event);
  return [
    ...answerFaults(ended, args),
    ...unknownNames(desk, name, args).filter(() => codeOf(ended) !== "invalid_input"),
    ...sent.flatMap(shapeFaults),
    ...effectFaults(desk, { name, args, ended, sent, before }),
    ...secretFaults(lines.slice(line), seen),
    ...(events.includes("internal") ? ["the desk failed inside"] : []),
  ];
}

function answerFaults(ended: Ended, args: unknown): string[] {
  const isObject = isMembers(args);
  if ("protocolError" in ended) {
    const isMeant = ended.protocolError.message.includes("arguments must be an object");
    return isMeant && !isObject ? [] : [`protocol error: ${ended.protocolError.message}`];
  }
  if (!isObject) return ["arguments that are no object are answered by a protocol error"];
  return ended.result.isError ? errorFaults(ended.result) : [];
}

function errorFaults({ content, structuredContent }: ToolAnswer): string[] {
  const text = content[0]?.text ?? "";
  const { code, message, hint, outcome } = JSON.parse(text);
  return [
    ...(ERROR_CODES.includes(code) ? [] : [`code ${code}`]),
    ...(FAULTS.includes(code) ? [`a fault where there is none: ${text.slice(0, 300)}`] : []),
    ...(typeof message === "string" && message !== "" ? [] : ["no message"]),
    ...(typeof hint === "string" && hint !== "" ? [] : [`no next step: ${text.slice(0, 300)}`]),
    ...(outcome === "unknown" ? ["unknown, though no reply was lost"] : []),
    ...(text.length <= MAX_ERROR_CHARACTERS ? [] : [`an error of ${text.length} characters`]),
    ...(structuredContent === undefined ? [] : ["an error with structured content"]),
  ];
}

/** Arguments that no schema names: each must be refused. */
function unknownNames({ tools }: FuzzDesk, name: string, args: unknown): string[] {
  if (!isMembers(args)) return [];
  const { properties = {}, additionalProperties } = schemaOf(tools, name);
  const names = Object.keys(args)
    .filter((key) => args[key] !== null && !Object.hasOwn(properties, key));
  return additionalProperties === false ? names.map((key) => `argument ${key} was dropped`) : [];
}

function shapeFaults({ method, path, query, headers }: Seen): string[] {
  const values = [...Object.values(query), ...Object.values(headers)];
  return [
    ...(/^\/w?api\/v1\/[a-zA-Z/]+$/.test(path) ? [] : [`path ${path}`]),
    ...Object.keys(query).filter((key) => !/^[a-zA-Z]+$/.test(key)),
    ...Object.keys(headers).filter((key) => !HEADERS.test(key)),
    ...values.filter((value) => !/^[\x20-\x7e]{1,200}$/.test(value)),
  ].map((fault) => `${method} ${path}: ${fault}`);
}

/** One call and what came of it. */
interface Story {
  readonly name: string;
  readonly args: unknown;
  readonly ended: Ended;
  readonly sent: readonly Seen[];
  readonly before: readonly Members[];
}

function effectFaults({ tools }: FuzzDesk, story: Story): string[] {
  const { name, ended, sent } = story;
  const effects = sent.filter(({ method }) => method !== "GET");
  const allowed = SIDE_EFFECTS[name] ?? /^$/;
  const placed = effects.filter(({ method, status }) => method === "POST" && status === 200);
  return [
    ...effects.map(({ method, path }) => `${method} ${path}`).filter((it) => !allowed.test(it)),
    ...(placed.length > 0 && codeOf(ended) !== undefined
      ? ["placed, and answered by an error"]
      : []),
    ...effects.flatMap((effect) => bodyFaults(schemaOf(tools, "create_order"), effect, story)),
  ];
}

function bodyFaults(schema: Schema, { method, body }: Seen, story: Story): string[] {
  const expected = expectedBody(schema, method, story);
  const bodies: Members[] = Array.isArray(body) ? body : [body];
  if (expected.length !== bodies.length) return [`${bodies.length} orders were sent`];
  return bodies.flatMap((members, index) => {
    const wanted = { ...members.clientId === undefined ? {} : { clientId: members.clientId } };
    Object.assign(wanted, expected[index]);
    const names = new Set([...Object.keys(members), ...Object.keys(wanted)]);
    return [...names].filter((key) => members[key] !== (wanted as Members)[key])
      .map((key) => `${key} was sent as ${JSON.stringify(members[key])}`);
  });
}

/** What must have been sent, an object an order; a client id that was not given may be any. */
function expectedBody(schema: Schema, method: string, { name, args, before }: Story): Members[] {
  const asked = meant(schema, args);
  if (method === "DELETE") {
    const { price: _, quantity: __, ...key } = asked;
    const { symbol, id } = orderNamed(asked, before);
    return [name === "replace_order" ? { symbol, orderId: id } : key];
  }
  if (name === "create_order") return [withDefaults(asked)];
  if (name === "replace_order") return [replacement(asked, orderNamed(asked, before))];
  const orders = (args as { orders: unknown }).orders;
  const list: unknown[] = typeof orders === "string" ? JSON.parse(orders) : orders;
  return list.map((order) => withDefaults(meant(schema, order)));
}

/** The arguments as their schema has them: text for decimals, numbers for integers. */
function meant({ properties = {} }: Schema, args: unknown): Members {
  const given = Object.entries(args ?? {}).filter(([key, value]) =>
    value !== null && key !== "repeatOf"
  );
  return Object.fromEntries(given.map(([key, value]) => {
    const type = properties[key]?.type;
    if (type === "boolean") return [key, value === true || value === "true"];
    return [key, type === "integer" ? Number(value) : String(value)];
  }));
}

function withDefaults(order: Members): Members {
  const exits = ["takeProfitTrigger", "stopLossTrigger", "trigger"]
    .filter((exit) => order[`${exit}Price`] !== undefined)
    .map((exit) => [`${exit}By`, "MarkPrice"]);
  const defaults = Object.fromEntries(exits);
  return { ...(order.orderType === "Limit" ? { timeInForce: "GTC" } : {}), ...defaults, ...order };
}

function orderNamed({ orderId, clientId }: Members, orders: readonly Members[]): Members {
  return orders.find((order) => order.id === orderId || order.clientId === clientId) ?? {};
}

/** The old order with other terms, less what was executed of it. */
function replacement(asked: Members, old: Members): Members {
  const carried = CARRIED.filter((key) => old[key] !== null && old[key] !== false)
    .map((key) => [key, old[key]]);
  const amount = old.triggerPrice === null ? "quantity" : "triggerQuantity";
  const total = String(asked.quantity ?? old[amount]);
  const executed = decimal(String(old.executedQuantity));
  const left = executed.isZero() ? total : decimal(total).minus(executed).toFixed();
  const price = asked.price ?? old.price ?? undefined;
  const order = { ...Object.fromEntries(carried), ...(price === undefined ? {} : { price }) };
  return { ...withDefaults({ ...order, [amount]: left }) };
}

const CARRIED = [
  ...["symbol", "side", "orderType", "timeInForce", "postOnly", "reduceOnly", "triggerPrice"],
  ...["triggerBy", "selfTradePrevention", "takeProfitTriggerPrice", "takeProfitLimitPrice"],
  ...["takeProfitTriggerBy", "stopLossTriggerPrice", "stopLossLimitPrice", "stopLossTriggerBy"],
  ...["slippageTolerance", "slippageToleranceType"],
];

function secretFaults(lines: readonly string[], seen: readonly Seen[]): string[] {
  const signatures = seen.slice(-50).flatMap(({ headers }) => headers["X-Signature"] ?? []);
  const secrets = [SEED, API_KEY, ...signatures];
  return lines.some((line) => secrets.some((secret) => line.includes(secret)))
    ? ["a secret was written"]
    : [];
}

type Schema = Published["inputSchema"];

function schemaOf(tools: readonly Published[], name: string): Schema {
  return tools.find((tool) => tool.name === name)?.inputSchema ?? {};
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function codeOf(ended: Ended): string | undefined {
  if ("protocolError" in ended || !ended.result.isError) return undefined;
  return JSON.parse(ended.result.content[0]?.text ?? "{}").code;
}
