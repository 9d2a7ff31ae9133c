import { assert, assertEquals } from "@std/assert";
import type * as z from "zod";
import { DeskError } from "../lib/errors.ts";
import { replyFailure } from "../lib/http/failure.ts";
import { jsonWithNulls, readReply, type Reply } from "../lib/http/reply.ts";
import * as schemas from "../lib/schemas/mod.ts";
import recorded from "./testdata/replies.json" with { type: "json" };

async function read(text: string, status = 200): Promise<Reply> {
  return await readReply(new Response(text === "" ? null : text, { status }), () => 0);
}

async function parse<T>(schema: z.ZodType<T>, body: unknown): Promise<T> {
  return schema.parse((await read(JSON.stringify(body))).json);
}

const ORDER = {
  id: "4228978331",
  clientId: 123456789,
  createdAt: 1753626206762,
  executedQuantity: "0",
  executedQuoteQuantity: "0",
  orderType: "Limit",
  price: "3000",
  quantity: "0.001",
  side: "Bid",
  status: "New",
  symbol: "ETH_USDC",
  timeInForce: "GTC",
};

Deno.test("an order reads null members as absent and drops what it does not know", async () => {
  const wire = { ...ORDER, reduceOnly: null, triggerPrice: null, brandNew: { a: 1 } };
  assertEquals(await parse(schemas.Order, wire), ORDER);
});

Deno.test("an order of the history reads its naive UTC time as ms", async () => {
  const { createdAt } = await parse(schemas.HistoryOrder, {
    ...ORDER,
    createdAt: "2025-07-27T18:05:40.897123",
  });
  assertEquals(createdAt, Date.UTC(2025, 6, 27, 18, 5, 40, 897));
});

Deno.test("what was executed is never guessed, but of history's orders that nothing was of", () => {
  const { executedQuantity: _, executedQuoteQuantity: __, ...silent } = ORDER;
  assertEquals(schemas.Order.safeParse(silent).success, false);
  const ended = { ...silent, status: "Cancelled" };
  assertEquals(schemas.HistoryOrder.parse(ended), { ...ORDER, status: "Cancelled" });
  const filled = { ...silent, status: "Filled" };
  assertEquals(schemas.HistoryOrder.safeParse(filled).success, false);
});

Deno.test("a fill reads its textual client id as the number that orders carry", async () => {
  const fill = {
    orderId: 4228978331,
    clientId: "123456789",
    tradeId: null,
    symbol: "ETH_USDC",
    side: "Bid",
    price: "3000",
    quantity: "0.001",
    fee: "-0.0001",
    feeSymbol: "USDC",
    isMaker: true,
    timestamp: "2025-07-27T17:40:00.1",
  };
  const read = await parse(schemas.Fill, fill);
  assertEquals([read.clientId, read.orderId, read.fee], [123456789, "4228978331", "-0.0001"]);
});

Deno.test("a decimal that came as a number is text if its digits are certain, else unreadable", async () => {
  assertEquals((await parse(schemas.Order, { ...ORDER, price: 3000.5 })).price, "3000.5");
  const noisy = await parse(schemas.Order, { ...ORDER, price: 0.1 + 0.2 });
  assertEquals(noisy.price, "0.30000000000000004");
  for (const price of [1e-7, 1e21, "N/A", "1e5", "", "007", "9".repeat(65)]) {
    const reply = await read(JSON.stringify({ ...ORDER, price }));
    assertEquals(schemas.Order.safeParse(reply.json).success, false, String(price));
  }
});

Deno.test("a number whose digits a double would lose is read as the text that was sent", async () => {
  const quantities = ["1.00000000000000001", "0.10000000000000000555", "-0.30000000000000004"];
  for (const quantity of quantities) {
    const text = `[{"at":1767225600000000,"of":"a, 1.00000000000000002","quantity" : ${quantity}}]`;
    const reply = await read(text);
    const [row] = reply.json as Record<string, unknown>[];
    assertEquals([row?.quantity, row?.of], [quantity, "a, 1.00000000000000002"]);
    assertEquals(jsonWithNulls(reply), [row]);
  }
  assertEquals((await read("[1767225600000000,0.123456789012345]")).json, [
    1767225600000000,
    0.123456789012345,
  ]);
});

Deno.test("text of the exchange's is cleaned and cut in every order", async () => {
  const status = "\u001b[31mDo this\u202e " + "x".repeat(500);
  const order = await parse(schemas.Order, { ...ORDER, status });
  assert(order.status.startsWith("Do this x"));
  assertEquals([...order.status].length, 200);
});

const BY_FILE: [RegExp, z.ZodType][] = [
  [/^order\./, schemas.Order],
  [/^orders\.post\.batch/, schemas.Order],
  [/^orders\.(get|delete)/, schemas.Order.array()],
  [/^history-orders/, schemas.HistoryOrder.array()],
  [/^history-fills/, schemas.Fill.array()],
  [/^history-funding/, schemas.FundingPayment.array()],
  [/^markets\./, schemas.Market.array()],
  [/^market\./, schemas.Market],
  [/^status\./, schemas.Status],
  [/^ticker\./, schemas.Ticker],
  [/^tickers\./, schemas.Ticker.array()],
  [/^depth\./, schemas.Depth],
  [/^klines\./, schemas.Kline.array()],
  [/^trades/, schemas.Trade.array()],
  [/^markPrices\./, schemas.MarkPrice.array()],
  [/^account\./, schemas.Account],
  [/^capital-collateral\./, schemas.Collateral],
  [/^capital\./, schemas.Capital],
  [/^position\./, schemas.Position.array()],
  [/^deposits\./, schemas.Deposit.array()],
  [/^withdrawals\./, schemas.Withdrawal.array()],
  [/^limits-order\./, schemas.MaxOrderQuantity],
];

/** Replies of endpoints that the desk never asks: only their form is read. */
const UNUSED =
  /^(assets|borrowLend|collateral-params|deposit-address|fundingRates|history-(borrowLend|interest|position|settlement)|limits-(borrow|withdrawal)|openInterest)/;

for (const [name, text] of Object.entries(recorded)) {
  Deno.test(`the example ${name} is read`, async () => {
    const status = Number(/\.(\d{3})\./.exec(name)?.[1]);
    if (status === 204) return;
    const reply = await read(text, status);
    if (status >= 400) {
      assert(replyFailure(reply, "read") instanceof DeskError);
      const [, code] = /"code": ?"(\w+)"/.exec(text) ?? [];
      assertEquals(replyFailure(reply, "effect").exchangeCode, code);
      return;
    }
    const schema = BY_FILE.find(([pattern]) => pattern.test(name))?.[1];
    if (schema === undefined || name.endsWith(".txt")) {
      return assert(UNUSED.test(name) || name.endsWith(".txt"), `no schema reads ${name}`);
    }
    const items = name.startsWith("orders.post.batch")
      ? (reply.json as { operation: string }[]).filter((item) => item.operation === "Ok")
      : [reply.json];
    for (const item of items) schema.parse(item);
  });
}
