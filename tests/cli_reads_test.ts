/**
 * `orders`, `balances`, `positions`: what the exchange says, as tables for a person.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Person } from "./_cli.ts";
import { json, SEED } from "./_helpers.ts";
import { refusal, type Route, wireOrder } from "./_routes.ts";

const KEY = { BACKPACK_PRIVATE_KEY: SEED };

function person(routes: Record<string, Route>): Person {
  return new Person({ env: KEY, routes });
}

const SPOT = wireOrder({ status: "New\u001b[31m" });
const STOP = wireOrder({
  id: "9",
  clientId: null,
  symbol: "SOL_USDC_PERP",
  side: "Ask",
  orderType: "Market",
  status: "TriggerPending",
  price: null,
  quantity: null,
  timeInForce: null,
  reduceOnly: true,
  triggerPrice: "120",
  triggerQuantity: "100%",
});
const ORDERS: Record<string, Route> = {
  "GET /api/v1/orders": ({ query }) => json(query.marketType === "SPOT" ? [SPOT] : [STOP]),
};

Deno.test("orders is a table of spot and perpetuals", async () => {
  const { code, stdout, stderr } = await person(ORDERS).run("orders");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `symbol         side  type    quantity   price  filled  trigger  status          flags        order id     client id  created
SOL_USDC       BUY   Limit        1.5  140.10       0           New             GTC          28563670003          7  2026-01-01 00:00:00Z
SOL_USDC_PERP  SELL  Market      100%  market       0      120  TriggerPending  reduce-only  9                       2026-01-01 00:00:00Z
`,
  );
});

Deno.test("orders --json is what list_orders says of them", async () => {
  const { stdout } = await person(ORDERS).run("orders", "--json");
  const { orders } = JSON.parse(stdout);
  assertEquals(orders.map(({ id }: { id: string }) => id), ["28563670003", "9"]);
  assertEquals(orders[0].price, "140.10");
});

const HELD: Record<string, Route> = {
  "GET /api/v1/capital": () =>
    json({
      USDC: { available: "0.000001", locked: "100", staked: "0" },
      SOL: { available: "1.50", locked: "0", staked: "2" },
      JTO: { available: "0", locked: "0.0", staked: "0" },
    }),
  "GET /api/v1/capital/collateral": () =>
    json({ collateral: [{ symbol: "USDC", lendQuantity: "9900" }] }),
};

Deno.test("balances adds what is lent, exactly, and leaves out what is not held", async () => {
  const { code, stdout } = await person(HELD).run("balances");
  assertEquals(code, 0);
  assertEquals(
    stdout,
    `asset  available  locked  staked  lent         total
SOL         1.50       0       2     0           3.5
USDC    0.000001     100       0  9900  10000.000001
`,
  );
  assertEquals(JSON.parse((await person(HELD).run("balances", "--json")).stdout), {
    balances: [
      { asset: "SOL", available: "1.50", locked: "0", staked: "2", lent: "0", total: "3.5" },
      {
        asset: "USDC",
        available: "0.000001",
        locked: "100",
        staked: "0",
        lent: "9900",
        total: "10000.000001",
      },
    ],
  });
});

const POSITION = {
  symbol: "SOL_USDC_PERP",
  netQuantity: "-1.5",
  entryPrice: "140.1",
  markPrice: "139.0",
  estLiquidationPrice: "0",
  netExposureNotional: "208.5",
  pnlUnrealized: "1.65",
};

Deno.test("positions is a table that says LONG or SHORT", async () => {
  const { code, stdout } = await person({ "GET /api/v1/position": () => json([POSITION]) })
    .run("positions");
  assertEquals(code, 0);
  assertEquals(
    stdout,
    `symbol         side   quantity  entry   mark  exposure  unrealized
SOL_USDC_PERP  SHORT      -1.5  140.1  139.0     208.5        1.65
`,
  );
});

for (
  const [command, text] of [
    ["orders", "No open orders.\n"],
    ["balances", "Nothing is held.\n"],
    ["positions", "No open positions.\n"],
  ] as const
) {
  const nothing: Record<string, Route> = {
    "GET /api/v1/orders": () => json([]),
    "GET /api/v1/capital": () => json({}),
    "GET /api/v1/capital/collateral": () => json({ collateral: [] }),
    "GET /api/v1/position": () => json([]),
  };
  Deno.test(`${command} says when there is nothing`, async () => {
    assertEquals(await person(nothing).run(command), { code: 0, stdout: text, stderr: "" });
  });

  Deno.test(`${command} ends with 1 when the exchange refuses, and says why`, async () => {
    const refuse = (): Response => refusal("INVALID_CLIENT_REQUEST", `Invalid signature ${SEED}`);
    const all = Object.fromEntries(Object.keys(nothing).map((route) => [route, refuse]));
    const { code, stdout, stderr } = await person(all).run(command);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, 'INVALID_CLIENT_REQUEST "Invalid signature [redacted]"');
  });

  Deno.test(`${command} needs a key, and settings in order`, async () => {
    const keyless = await new Person().run(command);
    assertEquals(keyless.code, 1);
    assertStringIncludes(keyless.stderr, "Set BACKPACK_PRIVATE_KEY");
    const broken = await new Person({ env: { BACKPACK_TIMEOUT: "soon" } }).run(command);
    assertEquals([broken.code, broken.stdout], [2, ""]);
    assertStringIncludes(broken.stderr, "BACKPACK_TIMEOUT: wanted seconds");
  });
}

Deno.test("a paper account is said to be a new one", async () => {
  const paper = new Person({ env: { BACKPACK_MODE: "paper" }, routes: ORDERS });
  assertStringIncludes((await paper.run("orders")).stderr, "this is the paper account");
});
