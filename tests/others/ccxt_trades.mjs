/**
 * An independent Backpack client, the `ccxt` package, trades against the exchange at URL with KEY
 * and SECRET. The package is in FOLDER. Prints one JSON object: what it was told, as the exchange
 * wrote it (`info`), and whatever it could not do.
 */

// Node runs it as it is: it has no types.
// deno-lint-ignore-file explicit-function-return-type

import { createRequire } from "node:module";
import process from "node:process";

const { FOLDER, URL: url, KEY: apiKey, SECRET: secret } = process.env;
const ccxt = createRequire(`${FOLDER}/`)("ccxt");
const client = new ccxt.backpack({ apiKey, secret });
client.urls.api = { public: url, private: url };

const problems = [];

/** What fails is told, and the rest goes on. */
async function attempt(name, work) {
  try {
    return await work();
  } catch (error) {
    problems.push(`${name}: ${error.constructor.name}: ${error.message}`);
    return undefined;
  }
}

/** Tells of a result that is not what was asked for. */
function expect(name, actual, wanted) {
  if (String(actual) !== String(wanted)) problems.push(`${name}: ${actual} instead of ${wanted}`);
}

const infos = (rows) => (rows ?? []).map(({ info }) => info);
const order = (name, ...args) => attempt(name, () => client.createOrder(...args));

const markets = await attempt("loadMarkets", () => client.loadMarkets());
await attempt("fetchCurrencies", () => client.fetchCurrencies());
await attempt("fetchTime", () => client.fetchTime());
await attempt("fetchStatus", () => client.fetchStatus());
await attempt("fetchTicker", () => client.fetchTicker("SOL/USDC"));
await attempt("fetchOrderBook", () => client.fetchOrderBook("SOL/USDC"));
await attempt("fetchTrades", () => client.fetchTrades("SOL/USDC"));
await attempt("fetchOHLCV", () => client.fetchOHLCV("SOL/USDC", "1h"));
await attempt("fetchFundingRate", () => client.fetchFundingRate("SOL/USDC:USDC"));

const rested = await order("limit", "SOL/USDC", "limit", "buy", 1.5, 130.1, { clientOrderId: 11 });
expect("limit status", rested?.status, "open");
expect("limit clientOrderId", rested?.clientOrderId, "11");
const second = await order("second limit", "SOL/USDC", "limit", "buy", 2, 129);
const maker = { postOnly: true };
await order("post only", "BTC/USDC", "limit", "buy", 0.001, 50000, maker);
const bought = await order("market", "BTC/USDC", "market", "buy", 0.002);
expect("market status", bought?.status, "closed");
expect("market filled", bought?.filled, "0.002");
await order("market by cost", "BTC/USDC", "market", "buy", 1, undefined, { cost: 50 });
await order("sell at market", "BTC/USDC", "market", "sell", 0.001);
const stop = await order("stop", "SOL/USDC:USDC", "market", "buy", 1, undefined, {
  triggerPrice: 200,
});
expect("stop status", stop?.info?.status, "TriggerPending");
const perp = await order("perpetual", "SOL/USDC:USDC", "market", "buy", 2);
expect("perpetual status", perp?.status, "closed");

const batch = await attempt("createOrders", () =>
  client.createOrders([
    { symbol: "SOL/USDC", type: "limit", side: "buy", amount: 1, price: 128 },
    { symbol: "SOL/USDC", type: "limit", side: "buy", amount: 1, price: 127 },
  ]));
expect("createOrders", batch?.length, 2);

const found = await attempt("fetchOpenOrder", () => client.fetchOpenOrder(rested?.id, "SOL/USDC"));
expect("fetchOpenOrder", found?.id, rested?.id);
const cancelled = await attempt("cancelOrder", () => client.cancelOrder(second?.id, "SOL/USDC"));
expect("cancelOrder", cancelled?.status, "canceled");
const again = await attempt(
  "cancel again",
  () =>
    client.cancelOrder(second?.id, "SOL/USDC").then(
      () => "cancelled",
      (error) => error.constructor.name,
    ),
);
if (again === "cancelled") problems.push("an order was cancelled twice");
const broke = await attempt(
  "too much",
  () =>
    client.createOrder("SOL/USDC", "limit", "buy", 1e6, 130).then(
      () => "taken",
      (error) => error.constructor.name,
    ),
);
expect("an order beyond the balance", broke, "InsufficientFunds");

const openOrders = await attempt("fetchOpenOrders", () => client.fetchOpenOrders());
const orders = await attempt("fetchOrders", () => client.fetchOrders());
const balance = await attempt("fetchBalance", () => client.fetchBalance());
const capital = await attempt("capital", () => client.privateGetApiV1Capital());
const fills = await attempt("fetchMyTrades", () => client.fetchMyTrades());
const positions = await attempt("fetchPositions", () => client.fetchPositions());
await attempt("fetchFundingHistory", () => client.fetchFundingHistory());
await attempt("fetchDeposits", () => client.fetchDeposits());
await attempt("fetchWithdrawals", () => client.fetchWithdrawals());

process.stdout.write(`${
  JSON.stringify({
    version: ccxt.version,
    problems,
    markets: Object.keys(markets ?? {}).length,
    assets: Object.keys(balance?.total ?? {}),
    orders: infos(openOrders),
    history: infos(orders),
    balances: capital,
    fills: infos(fills),
    positions: infos(positions),
  })
}\n`);
