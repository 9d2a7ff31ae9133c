/**
 * Arguments as clients send them: what fields take, and how a refusal reads.
 *
 * Clients turn numbers into text and text into numbers; what surely means the same is understood,
 * and anything else is refused by name. Nothing is dropped or adjusted.
 *
 * @module
 */

import * as z from "zod";
import { textOfNumber } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { OrderKey } from "../exchange.ts";
import { nearest } from "../nearest.ts";
import { quoted } from "../quote.ts";
import type { Tool } from "./tool.ts";

/** A decimal as text; a JSON number only when its digits are certain. */
export function decimalArgument(description: string): z.ZodType<string> {
  const wanted = 'must be a decimal as text, such as "140.10": this value has no certain digits';
  return z.preprocess(numberToText, z.string(wanted).describe(description));
}

/** An identifier of the exchange's, opaque. */
export function idArgument(description: string): z.ZodType<string> {
  const id = z.string("must be text").regex(
    /^[\w-]{1,64}$/,
    "must be an id as list_orders shows it",
  );
  return z.preprocess(numberToText, id.describe(description));
}

/** A market's symbol. */
export function symbolArgument(): z.ZodType<string> {
  const wanted = "must be a market such as SOL_USDC or SOL_USDC_PERP";
  // A slash is in no symbol, but whoever writes one is told the closest that there is.
  return z.string(wanted).regex(/^[\w./-]{1,64}$/, wanted)
    .describe("Like SOL_USDC or SOL_USDC_PERP; case-sensitive");
}

const UINT32 = "must be a whole number from 0 to 4294967295";

/** A client id for a new order; its bounds are shown, since a time in ms would be beyond them. */
export function newClientIdArgument(description: string): z.ZodType<number> {
  const integer = z.int(UINT32).min(0, UINT32).max(4294967295, UINT32);
  return z.preprocess(digitsToNumber, integer.describe(description));
}

/** The client id of an order that there is. */
export function clientIdArgument(description: string): z.ZodType<number> {
  const integer = z.int(UINT32).refine((value) => value >= 0 && value <= 4294967295, UINT32);
  return z.preprocess(digitsToNumber, integer.describe(description));
}

function digitsToNumber(value: unknown): unknown {
  return typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
}

/** A whole number from 1 to `max`. */
export function countArgument(max: number, description: string): z.ZodType<number> {
  const wanted = `must be a whole number from 1 to ${max}`;
  return z.preprocess(
    (value) => typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : value,
    z.int(wanted).min(1, wanted).max(max, wanted).describe(description),
  );
}

/** A switch. */
export function flagArgument(description: string): z.ZodType<boolean> {
  return z.preprocess(
    (value) => value === "true" ? true : value === "false" ? false : value,
    z.boolean("must be true or false").describe(description),
  );
}

/** The market type that a list is narrowed to. */
export function marketTypeArgument(): z.ZodType<string> {
  return z.enum(["SPOT", "PERP"]).describe("Only spot, or only perpetuals");
}

/** How many rows an answer may hold. */
export function limitArgument(): z.ZodType<number> {
  return countArgument(200, "Rows to show; 100 unless given");
}

/** A cursor that a former answer gave. */
export function cursorArgument(): z.ZodType<string> {
  return z.string("must be text").describe("nextCursor of the answer before; same other arguments");
}

/** A moment; Unix ms. */
export function timeArgument(description: string): z.ZodType<number> {
  const wanted = "must be a time such as 2026-01-31T12:00:00Z (UTC unless it names a zone), " +
    "2026-01-31, or Unix ms";
  const text = z.string(wanted).refine((text) => timeOf(text) !== undefined, wanted)
    .describe(description);
  return z.preprocess(numberToText, text).transform((text) => timeOf(text) ?? NaN);
}

/**
 * The order that the one given id names; `outcome` is what the refusal of both or none says.
 *
 * @throws {DeskError} `invalid_input`
 */
export function orderKey(
  args: { symbol: string; orderId?: string | undefined; clientId?: number | undefined },
  outcome?: "not_placed",
): OrderKey {
  const { symbol, orderId, clientId } = args;
  if (orderId !== undefined && clientId === undefined) return { symbol, orderId };
  if (clientId !== undefined && orderId === undefined) return { symbol, clientId };
  throw new DeskError("invalid_input", "Give exactly one of orderId and clientId", {
    ...(outcome === undefined ? {} : { outcome }),
    hint: "list_orders shows both for every open order",
  });
}

/**
 * The arguments of a call, checked against the tool's schema. An argument whose value is `null`
 * counts as left out.
 *
 * @throws {DeskError} `invalid_input`, naming every argument that is wrong
 */
export function parseArguments(tool: Tool, raw: unknown): Record<string, unknown> {
  const acts = tool.effect !== "none";
  return parseObject(tool.input, raw, { what: `Cannot call ${tool.name}`, acts });
}

/**
 * An object by a strict schema, as {@linkcode parseArguments} does it; `what` begins the refusal,
 * and `acts` says that nothing was placed.
 *
 * @throws {DeskError} `invalid_input`
 */
export function parseObject<Schema extends z.ZodObject>(
  schema: Schema,
  raw: unknown,
  { what, acts }: { what: string; acts: boolean },
): z.infer<Schema> {
  const entries = Object.entries(raw ?? {}).filter(([, value]) => value !== null);
  const given = new Map<PropertyKey, unknown>(entries);
  const parsed = schema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const { issues } = parsed.error;
  const isMissing = ({ path: [name] }: z.core.$ZodIssue): boolean =>
    name !== undefined && given.get(name) === undefined;
  const problems = issues.flatMap((issue) =>
    isMissing(issue) ? [`${String(issue.path[0])} is missing`] : issueTexts(issue, known)
  );
  const isOfNames = issues.some((issue) => isMissing(issue) || issue.code === "unrecognized_keys");
  throw new DeskError("invalid_input", `${what}: ${firstOf(problems).join("; ")}`, {
    ...(isOfNames ? { hint: namesHint(known) } : {}),
    ...(acts ? { outcome: "not_placed" as const } : {}),
  });
}

function namesHint(known: readonly string[]): string {
  return known.length === 0 ? "It takes no arguments" : `Its arguments are ${known.join(", ")}`;
}

const MAX_PROBLEMS = 10;

/** Nobody mends a thousand at once, and an answer that long costs whoever reads it. */
function firstOf(problems: readonly string[]): readonly string[] {
  const more = problems.length - MAX_PROBLEMS;
  return more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `and ${more} more`] : problems;
}

const ISO_REGEXP =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/** Unix ms of an ISO 8601 time, or of 13 digits; `undefined` for anything else. */
function timeOf(text: string): number | undefined {
  if (/^\d{13}$/.test(text)) return Number(text);
  const [, date, time = "00:00", zone = "Z"] = ISO_REGEXP.exec(text) ?? [];
  if (date === undefined) return undefined;
  // Date.parse takes February 30th for March 2nd.
  const midnightMs = Date.parse(`${date}T00:00Z`);
  if (!Number.isFinite(midnightMs) || !new Date(midnightMs).toISOString().startsWith(date)) {
    return undefined;
  }
  const timeMs = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isFinite(timeMs) ? timeMs : undefined;
}

function numberToText(value: unknown): unknown {
  return typeof value === "number" ? textOfNumber(value) ?? value : value;
}

function issueTexts(issue: z.core.$ZodIssue, known: readonly string[]): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => unknownArgument(key, known));
  }
  const name = issue.path.join(".");
  if (issue.code === "invalid_value") {
    return [`${name} must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`];
  }
  return [`${name} ${issue.message}`];
}

function unknownArgument(key: string, known: readonly string[]): string {
  const [closest] = nearest(key, known, 1);
  const meant = closest === undefined ? "" : `, did you mean ${closest}?`;
  return `there is no argument ${quoted(key)}${meant}`;
}
