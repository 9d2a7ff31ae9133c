/**
 * What output schemas say of the exchange's objects: the members that a next call needs, and no
 * more, because every client pays for every word of every definition. The objects are loose, so
 * answers carry all their members; those were checked when they arrived (`schemas/`).
 *
 * @module
 */

import * as z from "zod";

/** An order as answers carry it: all of {@linkcode Order}, some of it declared. */
export const OrderOutput = z.looseObject({
  id: z.string(),
  clientId: z.int().optional(),
  status: z.string(),
});
/** An order as answers carry it. */
export type OrderOutput = z.infer<typeof OrderOutput>;

/** A loose object that declares a few members of the `Value` that it carries. */
export function loose<Value extends object>(declared: z.ZodRawShape): z.ZodType<Value, Value> {
  return z.looseObject(declared) as unknown as z.ZodType<Value, Value>;
}
