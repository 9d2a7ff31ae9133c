/**
 * Values that no argument wants, and what clients and models do to a value that one does.
 *
 * @module
 */

import fc from "fast-check";

/** What JSON can say. */
export type Json = unknown;

/** Names that every object has without having been given them. */
export const PROTOTYPE_NAMES = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "then"],
] as const;

function deep(depth: number, inArrays: boolean): Json {
  const [open, close] = inArrays ? ["[", "]"] : ['{"a":', "}"];
  return JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`);
}

/** Text that means something else than itself to somebody on its way. */
const TELLING_TEXTS = [
  ...["", " ", "0", "-1", "-0", "+1", "1e3", "1E-7", "0x10", "1_000", "1,5", "1.", ".5", "00.1"],
  ...["NaN", "Infinity", "null", "true", "[]", "{}", "[object Object]", "1".repeat(65)],
  ...["0.1000000000000000055", "99999999999999999999999999", "٣", "１４０", "1\u00a00"],
  ...["SOL_USDC\r\nX-API-Key: x", "SOL_USDC\nSet-Cookie: a=b", "SOL_USDC\u0000", "\ufeffSOL_USDC"],
  ...["SOL_USDC&symbol=BTC_USDC", "SOL_USDC?side=Ask", "SOL_USDC#", "%00", "SOL%5fUSDC", "a=b&c"],
  ...["../../api/v1/order", "//evil.test/", "http://127.0.0.1:9/", "' OR 1=1 --", "$(id)", "`id`"],
  ...["\u202eCDSU_LOS", "\u200fSOL_USDC", "SOL\u200b_USDC", "\ud800", "SOL_USDC\udfff", "🙂"],
  ...["sol_usdc", "SOL-USDC", "SOL/USDC", " SOL_USDC", "SOL_USDC ", "bid", "BUY", "limit", "gtc"],
  ...["2026-02-30", "2026-01-01T25:00:00Z", "275761-01-01", "now", "9".repeat(13), "0".repeat(13)],
  ...["x".repeat(100_000), "\ud83d".repeat(5000), "<script>alert(1)</script>", '"}]}', "\\"],
];

const NUMBERS = [0, -1, 1.5, 1e-7, 0.1 + 0.2, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e21, 1e308, -1e308];

/** Any value at all, those first that have broken programs before. */
export const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TELLING_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], { a: {} }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...PROTOTYPE_NAMES).map((name) =>
      JSON.parse(`{${JSON.stringify(name)}:{"isError":true,"length":-1}}`)
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom([100, true], [100, false], [5000, true], [5000, false])
      .map(([depth, inArrays]) => deep(depth as number, inArrays as boolean)),
  },
  { weight: 1, arbitrary: fc.constantFrom(1000, 20_000).map((size) => Array(size).fill("7")) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** The name of an argument that there is not, or not quite. */
export const strangeName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...PROTOTYPE_NAMES),
  fc.constantFrom(
    "Symbol",
    "symbol ",
    "pricе",
    "reduce_only",
    "client_id",
    "amount",
    "\u202eecirp",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);

/** Another way to write the same value, or nearly. */
export function disguised(value: Json): Json[] {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const number = Number(text);
  return [
    text,
    [value],
    { value },
    JSON.stringify(value),
    ` ${text}`,
    `${text}\u200f`,
    text.toLowerCase(),
    ...(Number.isFinite(number) ? [number, -number, `${text}0`, `0${text}`, number + 1e-9] : []),
    null,
  ];
}
