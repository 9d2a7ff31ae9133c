/**
 * How the owner's limits are read: strictly, as text, with `none` written out; and what a file in
 * some project folder may do to them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as limits from "../lib/limit_settings.ts";
import type { Setting } from "../lib/settings.ts";
import { DEFAULTS, open, problems } from "./_config.ts";

const READ: [Setting<unknown>, string, unknown][] = [
  [limits.READ_ONLY, "true", true],
  [limits.READ_ONLY, "false", false],
  [limits.READ_ONLY, "1", undefined],
  [limits.READ_ONLY, "True", undefined],
  [limits.SYMBOLS, "SOL_USDC", ["SOL_USDC"]],
  [limits.SYMBOLS, "SOL_USDC, kPEPE_USDC_PERP,AAPL.US_USDC_PERP", [
    "SOL_USDC",
    "kPEPE_USDC_PERP",
    "AAPL.US_USDC_PERP",
  ]],
  [limits.SYMBOLS, "SOL_USDC,", undefined],
  [limits.SYMBOLS, "SOL", undefined],
  [limits.SYMBOLS, "none", undefined],
  [limits.SYMBOLS, "SOL_USDC BTC_USDC", undefined],
  [limits.MAX_ORDER_NOTIONAL, "0", "0"],
  [limits.MAX_ORDER_NOTIONAL, "250.50", "250.50"],
  [limits.MAX_ORDER_NOTIONAL, "none", "none"],
  [limits.MAX_ORDER_NOTIONAL, "None", undefined],
  [limits.MAX_ORDER_NOTIONAL, "unlimited", undefined],
  [limits.MAX_ORDER_NOTIONAL, "1e3", undefined],
  [limits.MAX_ORDER_NOTIONAL, "1,000", undefined],
  [limits.MAX_ORDER_NOTIONAL, "1 000", undefined],
  [limits.MAX_ORDER_NOTIONAL, "-1", undefined],
  [limits.MAX_ORDER_NOTIONAL, "$1000", undefined],
  [limits.MAX_ORDER_NOTIONAL, "01000", undefined],
  [limits.MAX_ORDER_NOTIONAL, "Infinity", undefined],
  [limits.MAX_DAILY_NOTIONAL, "5000", "5000"],
  [limits.MAX_POSITION_NOTIONAL, "NaN", undefined],
  [limits.MAX_OPEN_ORDERS, "0", "0"],
  [limits.MAX_OPEN_ORDERS, "1.5", undefined],
  [limits.MAX_ORDERS_PER_MINUTE, "none", "none"],
  [limits.MAX_ORDERS_PER_MINUTE, "twenty", undefined],
  [limits.PRICE_COLLAR_PERCENT, "0.5", "0.5"],
  [limits.PRICE_COLLAR_PERCENT, "5%", undefined],
  [limits.PRICE_COLLAR_PERCENT, "1000", undefined],
  [limits.ALLOW_BORROW, "yes", undefined],
  [limits.CONFIRM_ABOVE, "0", "0"],
  [limits.CONFIRM_ABOVE, "none", undefined],
  [limits.CONFIRM_BY, "terminal", "terminal"],
  [limits.CONFIRM_BY, "model", undefined],
];

for (const [setting, text, value] of READ) {
  Deno.test(`${setting.names[0]}=${text} is ${JSON.stringify(value) ?? "malformed"}`, () => {
    assertEquals(setting.read(text), value);
  });
}

Deno.test("limits are read from wherever settings are", async () => {
  const env = {
    BACKPACK_READ_ONLY: "true",
    BACKPACK_SYMBOLS: "SOL_USDC,BTC_USDC",
    BACKPACK_MAX_ORDER_NOTIONAL: "none",
    BACKPACK_CONFIRM_ABOVE: "0",
  };
  const { limits: read } = await open({ env, user: "BACKPACK_CONFIRM_BY=terminal" });
  assertEquals(read, {
    ...DEFAULTS.limits,
    readOnly: true,
    symbols: ["SOL_USDC", "BTC_USDC"],
    maxOrderNotional: "none",
    confirmAbove: "0",
    confirmBy: "terminal",
  });
});

Deno.test("a malformed limit closes the desk and is named", async () => {
  const found = await problems({ env: { BACKPACK_MAX_DAILY_NOTIONAL: "lots" } });
  assertEquals(found, [
    "BACKPACK_MAX_DAILY_NOTIONAL: wanted an amount of USD in plain digits such as 5000, or none " +
    "(the environment)",
  ]);
});

Deno.test("a mistyped limit closes the desk: it would not hold", async () => {
  for (const name of ["BACKPACK_MAX_NOTIONAL", "BACKPACK_MAX_ORDER_NOTIONL", "BACKPACK_READONLY"]) {
    assertEquals((await problems({ env: { [name]: "1" } })).length, 1, name);
  }
});

const TIGHTER = [
  "BACKPACK_READ_ONLY=true",
  "BACKPACK_SYMBOLS=SOL_USDC",
  "BACKPACK_MAX_ORDER_NOTIONAL=999.99999999",
  "BACKPACK_MAX_DAILY_NOTIONAL=5000.00",
  "BACKPACK_MAX_POSITION_NOTIONAL=0",
  "BACKPACK_MAX_OPEN_ORDERS=49",
  "BACKPACK_PRICE_COLLAR_PERCENT=4.9",
  "BACKPACK_CONFIRM_ABOVE=100",
  "BACKPACK_CONFIRM_BY=terminal",
];
const LOOSER = [
  "BACKPACK_READ_ONLY=false",
  "BACKPACK_MAX_ORDER_NOTIONAL=1000.00000001",
  "BACKPACK_MAX_DAILY_NOTIONAL=10000",
  "BACKPACK_MAX_POSITION_NOTIONAL=none",
  "BACKPACK_MAX_OPEN_ORDERS=51",
  "BACKPACK_MAX_ORDERS_PER_MINUTE=none",
  "BACKPACK_PRICE_COLLAR_PERCENT=5.1",
  "BACKPACK_ALLOW_BORROW=true",
  "BACKPACK_CONFIRM_BY=client",
];

Deno.test("an untrusted .env may tighten a limit and may not loosen one", async () => {
  for (const working of TIGHTER) assertEquals(await problems({ working }), [], working);
  for (const working of LOOSER) assertEquals((await problems({ working })).length, 1, working);
});
