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
export const Text: z.ZodType<string> = z.preprocess(
  (value) => typeof value === "string" ? plainText(value) : value,
  z.string(),
);

/** An identifier: opaque text, or a number that some replies write instead. */
export const Id: z.ZodType<string> = z.preprocess(
  numberToText,
  z.string().refine((text) => ID_REGEXP.test(text)),
);

/** A decimal as text, exactly as it came; a JSON number only if no digit can have been lost. */
export const DecimalText: z.ZodType<string> = z.preprocess(
  numberToText,
  z.string().refine(isDecimal),
);

/** A decimal that is not below zero: of a price or a quantity less than nothing would free a limit. */
export const Amount: z.ZodType<string> = DecimalText.refine((text) => !text.startsWith("-"));

/** Unix ms: an integer on orders, text in UTC without a zone in histories and candles. */
export const TimeMs: z.ZodType<number> = z.preprocess(
  (value) => typeof value === "string" ? timeOfNaiveIso(value) : value,
  z.int(),
);

/** A client's order id: a number on orders, text on fills. */
export const ClientId: z.ZodType<number> = z.preprocess(
  (value) => typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value,
  z.int(),
);

function numberToText(value: unknown): unknown {
  return typeof value === "number" ? textOfNumber(value) : value;
}

/** Unix ms of naive UTC text, to the millisecond; the text itself when it is anything else. */
function timeOfNaiveIso(text: string): number | string {
  const [, date, time, fraction = ""] = NAIVE_ISO_REGEXP.exec(text) ?? [];
  return date === undefined ? text : Date.parse(`${date}T${time}${fraction.slice(0, 4)}Z`);
}
