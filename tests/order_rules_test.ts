/**
 * Which members make an order: every reason against one, and nothing but those.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { OrderRequest } from "../lib/desk/order_request.ts";
import { requestProblems } from "../lib/desk/order_rules.ts";
import { quoted } from "../lib/quote.ts";

const OF = { symbol: "SOL_USDC_PERP", side: "Bid" } as const;
const LIMIT: OrderRequest = { ...OF, orderType: "Limit", price: "140", quantity: "1" };
const MARKET: OrderRequest = { ...OF, orderType: "Market", quantity: "1" };
const TRIGGER: OrderRequest = {
  ...{ ...OF, orderType: "Market", triggerPrice: "120", triggerQuantity: "1" },
};

const NEEDS_ONE = "a Market order needs exactly one of quantity and quoteQuantity";
const TRIGGERED = "a trigger order takes triggerQuantity: leave quantity and quoteQuantity out";
const TOGETHER = "triggerPrice and triggerQuantity go together";
const TOLERANCE = "slippageTolerance and slippageToleranceType go together";

const ROWS: readonly [string, OrderRequest, readonly string[]][] = [
  ["a Limit order", LIMIT, []],
  ["a Market order", MARKET, []],
  [
    "a Market order of a quote quantity",
    { ...MARKET, quantity: undefined, quoteQuantity: "5" },
    [],
  ],
  ["a triggered Market order", TRIGGER, []],
  ["a triggered Limit order", { ...TRIGGER, orderType: "Limit", price: "120" }, []],
  ["a trigger by the last price", { ...TRIGGER, triggerBy: "LastPrice" }, []],
  ["post-only", { ...LIMIT, postOnly: true }, []],
  ["post-only until cancelled", { ...LIMIT, postOnly: true, timeInForce: "GTC" }, []],
  ["not post-only, at once", { ...LIMIT, postOnly: false, timeInForce: "IOC" }, []],
  [
    "exits with all that goes with them",
    {
      ...LIMIT,
      ...{ takeProfitTriggerPrice: "150", takeProfitLimitPrice: "151" },
      ...{ stopLossTriggerPrice: "130", stopLossTriggerBy: "MarkPrice" },
    },
    [],
  ],
  [
    "a tolerance with its unit",
    { ...MARKET, slippageTolerance: "1", slippageToleranceType: "Percent" },
    [],
  ],
  ["a Limit order without price", { ...LIMIT, price: undefined }, ["a Limit order needs a price"]],
  [
    "a Limit order without quantity",
    { ...LIMIT, quantity: undefined },
    ["a Limit order needs a quantity"],
  ],
  [
    "a Limit order of a quote quantity",
    { ...LIMIT, quoteQuantity: "5" },
    ["quoteQuantity is for Market orders: a Limit order takes quantity"],
  ],
  [
    "a Limit order with a tolerance",
    { ...LIMIT, slippageTolerance: "1", slippageToleranceType: "Percent" },
    ["slippageTolerance is for Market orders: a Limit order keeps to its price"],
  ],
  [
    "a Market order with a price",
    { ...MARKET, price: "140" },
    ["a Market order takes no price: leave it out, or use orderType Limit"],
  ],
  ["a Market order of nothing", { ...MARKET, quantity: undefined }, [NEEDS_ONE]],
  ["a Market order of both", { ...MARKET, quoteQuantity: "5" }, [NEEDS_ONE]],
  ["a tolerance without its unit", { ...MARKET, slippageTolerance: "1" }, [TOLERANCE]],
  ["a unit without its tolerance", { ...MARKET, slippageToleranceType: "Percent" }, [TOLERANCE]],
  ["a trigger without quantity", { ...TRIGGER, triggerQuantity: undefined }, [TOGETHER]],
  ["a trigger without price", { ...MARKET, triggerQuantity: "1" }, [TOGETHER]],
  ["a trigger with a quantity", { ...TRIGGER, quantity: "1" }, [TRIGGERED]],
  ["a trigger with a quote quantity", { ...TRIGGER, quoteQuantity: "1" }, [TRIGGERED]],
  [
    "what triggers without a trigger",
    { ...MARKET, triggerBy: "LastPrice" },
    ["triggerBy needs a triggerPrice"],
  ],
  [
    "exits without their triggers",
    { ...LIMIT, takeProfitLimitPrice: "150", stopLossTriggerBy: "MarkPrice" },
    [
      "takeProfitLimitPrice needs a takeProfitTriggerPrice",
      "stopLossTriggerBy needs a stopLossTriggerPrice",
    ],
  ],
  [
    "post-only on a Market order",
    { ...MARKET, postOnly: true },
    ["postOnly is for Limit orders"],
  ],
  [
    "post-only at once",
    { ...LIMIT, postOnly: true, timeInForce: "FOK" },
    ["postOnly rests on the book, and FOK never does: drop one"],
  ],
  [
    "a share of the position",
    { ...TRIGGER, triggerQuantity: "50%" },
    ['triggerQuantity is an amount here, such as "1.5", and no share of the position'],
  ],
  [
    "a share where there is none",
    { ...LIMIT, quantity: "50%" },
    ['quantity "50%" is not a decimal above zero in plain digits, such as "140.10"'],
  ],
  [
    "a trigger quantity that is no number",
    { ...TRIGGER, triggerQuantity: "all" },
    ['triggerQuantity "all" is not a decimal above zero in plain digits, such as "140.10"'],
  ],
];

for (const [name, request, wanted] of ROWS) {
  const verdict = wanted.length === 0 ? "an order" : "no order";
  Deno.test(`requestProblems() finds ${name} to be ${verdict}`, () => {
    assertEquals(requestProblems(request), [...wanted]);
  });
}

Deno.test("requestProblems() shows what keeps an amount from being one, though it can't be seen", () => {
  const rows = [
    ...[[" 1", '" 1"'], ["1\n", '"1\\n"'], ["1\u200b", '"1\\u200b"']],
    // Longer ones are cut as all foreign text is.
    ["\u200b".repeat(40), `"${"\\u200b".repeat(40)}"`],
    ["x".repeat(300), quoted("x".repeat(300))],
  ] as const;
  for (const [quantity, shown] of rows) {
    const [problem] = requestProblems({ ...LIMIT, quantity });
    assertEquals(
      problem,
      `quantity ${shown} is not a decimal above zero in plain digits, such as "140.10"`,
    );
  }
});

Deno.test("requestProblems() tells every amount that is none", () => {
  const names = [
    ...["price", "triggerPrice", "takeProfitTriggerPrice", "takeProfitLimitPrice"],
    ...["stopLossTriggerPrice", "stopLossLimitPrice", "quantity", "triggerQuantity"],
    ...["quoteQuantity", "slippageTolerance"],
  ];
  for (const name of names) {
    const problems = requestProblems({ ...LIMIT, [name]: "0" });
    const wanted = `${name} "0" is not a decimal above zero in plain digits, such as "140.10"`;
    assertEquals(problems[0], wanted);
  }
});
