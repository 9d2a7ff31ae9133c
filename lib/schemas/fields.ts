/**
 * The members that the exchange's objects are made of, read leniently: absent and `null` are the
 * same (see `http/reply.ts`), enums are open, text is cleaned because it may reach a model.
 *
 * Follows the API digest, sections 1 and 8 (units).
 *
 * @module
 */

import * as z from "zod";
import { isDecimal, textOfNumber } from "../decimal.ts";
import { plainText } from "../quote.ts";

const ID_REGEXP = /^[\w.:-]{1,64}$/;
const NAIVE_ISO_REGEXP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)?$/;

/** Text of the exchange's, without controls and at most 200 characters long. */
export const Text: z.ZodType<string> = field((value) =>
  typeof value === "string" ? plainText(value) : undefined
);

/** An identifier: opaque text, or a number that some replies write instead. */
export const Id: z.ZodType<string> = field((value) =>
  textIf(value, (text) => ID_REGEXP.test(text))
);

/** A decimal as text, exactly as it came; a JSON number only if no digit can have been lost. */
export const DecimalText: z.ZodType<string> = field((value) => textIf(value, isDecimal));

/** A decimal that is not below zero: a price or quantity that was would make room in a limit. */
export const Amount: z.ZodType<string> = field((value) =>
  textIf(value, (text) => isDecimal(text) && !text.startsWith("-"))
);

/** Unix ms: an integer on orders, text in UTC without a zone in histories and candles. */
export const TimeMs: z.ZodType<number> = field((value) =>
  integer(typeof value === "string" ? timeOfNaiveIso(value) : value)
);

/** A client's order id: a number on orders, text on fills. */
export const ClientId: z.ZodType<number> = field((value) =>
  integer(typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value)
);

/**
 * A member that `read` makes sense of, or doesn't: one step, since a reply holds thousands, and a
 * chain of zod's own takes four times as long.
 */
function field<T>(read: (value: unknown) => T | undefined): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const known = read(value);
    if (known !== undefined) return known;
    context.addIssue("can't be read");
    return z.NEVER;
  });
}

/** Text, or what was written as a number, if it is of the kind. */
function textIf(value: unknown, isKind: (text: string) => boolean): string | undefined {
  const text = typeof value === "number" ? textOfNumber(value) : value;
  return typeof text === "string" && isKind(text) ? text : undefined;
}

function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

/** Unix ms of naive UTC text, to the millisecond; the text itself when it is anything else. */
function timeOfNaiveIso(text: string): number | string {
  const [, date, time, fraction = ""] = NAIVE_ISO_REGEXP.exec(text) ?? [];
  return date === undefined ? text : Date.parse(`${date}T${time}${fraction.slice(0, 4)}Z`);
}
