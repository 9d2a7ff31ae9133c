/**
 * What holds for every tool.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import * as limits from "../lib/tools/limits.ts";
import * as changes from "../lib/tools/order_changes.ts";
import * as account from "../lib/tools/account.ts";
import * as history from "../lib/tools/history.ts";
import * as book from "../lib/tools/book.ts";
import * as cancels from "../lib/tools/cancels.ts";
import * as candles from "../lib/tools/candles.ts";
import * as market from "../lib/tools/market.ts";
import * as orders from "../lib/tools/orders.ts";
import * as status from "../lib/tools/status.ts";
import * as transfers from "../lib/tools/transfers.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { definitionOf, hintsOf } from "../lib/tools/tool.ts";

interface Schema {
  description?: string;
  type?: string;
  anyOf?: unknown;
  oneOf?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}

const DEFINITIONS = TOOLS.map(definitionOf);

Deno.test("tool names are unique, verb_noun, and their constants' names", () => {
  const names = TOOLS.map((tool) => tool.name);
  assertEquals(new Set(names).size, names.length);
  assert(names.length <= 25);
  const acting = { ...orders, ...cancels, ...changes, ...limits, ...status };
  const reading = { ...history, ...transfers, ...account, ...market, ...book, ...candles };
  const constants = Object.entries({ ...acting, ...reading })
    .filter(([, value]) => !Array.isArray(value));
  assertEquals(constants.length, TOOLS.length);
  assertEquals(
    constants.map(([name]) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
      .sort(),
    constants.map(([, tool]) => (tool as { name: string }).name).sort(),
  );
});

Deno.test("hints follow from the effect, and all four are set", () => {
  const hints = TOOLS.map((tool) => {
    const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = hintsOf(tool);
    return [tool.name, readOnlyHint, destructiveHint, idempotentHint, openWorldHint];
  });
  assertEquals(hints, [
    ["get_status", true, false, true, true],
    ["list_orders", true, false, true, true],
    ["create_order", false, true, false, true],
    ["get_order_outcome", true, false, true, true],
    ["cancel_order", false, true, true, true],
    ["cancel_all_orders", false, true, true, true],
    ["create_orders", false, true, false, true],
    ["replace_order", false, true, false, true],
    ["preview_order", true, false, true, true],
    ["get_limits", true, false, true, true],
    ["get_order", true, false, true, true],
    ["list_order_history", true, false, true, true],
    ["list_fills", true, false, true, true],
    ["list_funding_payments", true, false, true, true],
    ["list_deposits", true, false, true, true],
    ["list_withdrawals", true, false, true, true],
    ["get_balances", true, false, true, true],
    ["list_positions", true, false, true, true],
    ["get_account", true, false, true, true],
    ["list_markets", true, false, true, true],
    ["get_ticker", true, false, true, true],
    ["get_mark_price", true, false, true, true],
    ["get_depth", true, false, true, true],
    ["list_trades", true, false, true, true],
    ["get_klines", true, false, true, true],
  ]);
});

Deno.test("descriptions are there and short", () => {
  for (const tool of TOOLS) {
    assert(tool.title.length > 0);
    assert(tool.description.length > 80 && tool.description.length <= 1024, tool.name);
  }
});

Deno.test("no schema is left empty where it would allow anything", () => {
  assertEquals(JSON.stringify(DEFINITIONS).match(/"additionalProperties":\{\}/g), null);
});

Deno.test("inputs are strict, flat, described, and free of unions", () => {
  for (const { name, inputSchema } of DEFINITIONS) {
    const schema = inputSchema as Schema;
    // A preview takes another tool's arguments, and holds them against that tool's schema.
    if (name !== "preview_order") assertEquals(schema.additionalProperties, false, name);
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      assert(property.description, `${name}.${field} has no description`);
      const isFlat = ["string", "integer", "boolean"].includes(property.type ?? "");
      assert(isFlat || `${name}.${field}` === "create_orders.orders", `${name}.${field}`);
      assert(property.anyOf === undefined && property.oneOf === undefined, `${name}.${field}`);
    }
  }
});

Deno.test("no money is a number in any schema", () => {
  const money = /price|quantity|fee$/i;
  const walk = (schema: Schema, path: string): void => {
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      if (money.test(field)) assertEquals(property.type, "string", `${path}.${field}`);
      walk(property, `${path}.${field}`);
      const { items } = property as { items?: Schema };
      if (items !== undefined) walk(items, `${path}.${field}[]`);
    }
  };
  for (const definition of DEFINITIONS) {
    walk(definition.inputSchema as Schema, definition.name);
    walk(definition.outputSchema as Schema, definition.name);
  }
});
