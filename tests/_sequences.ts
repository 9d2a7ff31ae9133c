/**
 * Random sequences of calls, faults, kills and waiting, and what runs them.
 *
 * @module
 */

import fc from "fast-check";
import type { ForeignReply } from "../lib/paper/faults.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { type AskedCall, Truth } from "./_sequences_truth.ts";
import { type BadReads, type CallResult, type NetworkFault, World } from "./_sequences_world.ts";

/** What happens while the calls of a step run. */
interface Trouble {
  /** For the effects of the step, in turn. */
  readonly effects?: readonly NetworkFault[];
  /** For every `every`-th read of the step. */
  readonly reads?: BadReads;
  /** Where the market moves to just before the first effect arrives. */
  readonly moveTo?: string;
  /** When the client cancels the first call. */
  readonly abortAfterMs?: number;
  /** When the process is killed; it is started again after the step. */
  readonly killAfterMs?: number;
}

/** One thing that happens. */
export type Step =
  | { readonly do: "call"; readonly calls: readonly AskedCall[]; readonly trouble: Trouble }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "set wall clock"; readonly byMs: number }
  | { readonly do: "move price"; readonly symbol: string; readonly price: string }
  | { readonly do: "lag"; readonly lagMs: number; readonly looks: boolean }
  | { readonly do: "bad reads" } & BadReads
  | { readonly do: "good reads" }
  | { readonly do: "kill"; readonly downMs: number };

/**
 * How long everything may take to come right once nothing goes wrong any more. An order needs two
 * minutes; of a cancel whose order is on no list, history may tell for ten.
 */
const RECOVERY_MS = 12 * 60_000;
/** An absence is inferred two minutes after a signature's end; look-ups that lag more can't help. */
const MAX_LAG_MS = 100_000;
const SYMBOLS = ["SOL_USDC", "BTC_USDC"] as const;
const CLIENT_IDS = [7, 8, 9] as const;
const PRICES = {
  SOL_USDC: { below: "130.10", near: "131.00", above: "141.00", quantities: ["1.5", "2", "30"] },
  BTC_USDC: {
    below: "59000.0",
    near: "59100.0",
    above: "60300.0",
    quantities: ["0.01", "0.020", "0.015"],
  },
} as const;

/** Through what rests there, just far enough to fill a part of much, and back. */
const MOVES = ["129.00", "130.08", "130.08", "140.00", "141.02", "145.00"] as const;

const REPLIES: readonly ForeignReply[] = [
  ...["server_error", "timeout", "failed", "bad_gateway", "maintenance", "unavailable"] as const,
  ...["page", "empty", "accepted", "redirect", "id_taken"] as const,
];
const when = fc.constantFrom("before" as const, "after" as const);
const ms = (...durations: number[]): fc.Arbitrary<number> => fc.constantFrom(...durations);

const lost: fc.Arbitrary<NetworkFault> = fc.oneof(
  fc.record({ kind: fc.constantFrom("reset" as const, "half" as const, "cut" as const), when }),
  fc.record({ kind: fc.constant("hang" as const), when }),
  fc.record({ kind: fc.constant("reply" as const), reply: fc.constantFrom(...REPLIES), when }),
  fc.record({ kind: fc.constant("late" as const), delayMs: ms(400, 3000, 4900, 12_000) }),
);
const effectFault: fc.Arbitrary<NetworkFault> = fc.oneof(
  { arbitrary: lost, weight: 6 },
  { arbitrary: fc.record({ kind: fc.constant("kill" as const), when }), weight: 2 },
  { arbitrary: fc.constant<NetworkFault>({ kind: "refused" }), weight: 1 },
  {
    arbitrary: fc.constant<NetworkFault>({ kind: "reply", reply: "too_many", when: "before" }),
    weight: 1,
  },
);
const readFault: fc.Arbitrary<NetworkFault> = fc.oneof(
  lost,
  fc.constant<NetworkFault>({ kind: "refused" }),
  fc.constant<NetworkFault>({ kind: "reply", reply: "too_many", when: "before" }),
);

const badReads: fc.Arbitrary<BadReads> = fc.record({
  fault: readFault,
  every: fc.integer({ min: 1, max: 4 }),
  sparesTime: fc.boolean(),
});

const troubles = {
  effects: fc.array(effectFault, { minLength: 1, maxLength: 2 }),
  reads: badReads,
  moveTo: fc.constantFrom(...MOVES),
  abortAfterMs: ms(0, 100, 3000, 8000),
  killAfterMs: ms(0, 200, 1000, 6000, 11_000),
};
const { effects, reads, moveTo, abortAfterMs, killAfterMs } = troubles;
/** Most steps know one trouble or none. */
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ effects }) },
  { weight: 1, arbitrary: fc.record({ reads }) },
  { weight: 2, arbitrary: fc.record({ effects, reads }) },
  { weight: 2, arbitrary: fc.record({ effects, moveTo }) },
  { weight: 1, arbitrary: fc.record({ moveTo }) },
  { weight: 1, arbitrary: fc.record({ abortAfterMs }) },
  { weight: 1, arbitrary: fc.record({ killAfterMs }) },
  { weight: 1, arbitrary: fc.record({ effects, abortAfterMs }) },
  { weight: 1, arbitrary: fc.record({ effects, killAfterMs }) },
);

const order: fc.Arbitrary<AskedCall> = fc.record({
  symbol: fc.constantFrom(...SYMBOLS),
  side: fc.constantFrom("Bid", "Ask"),
  kind: fc.constantFrom("rest", "rest", "cross", "market", "ioc", "postOnly"),
  quantity: fc.constantFrom(0, 0, 1, 1, 2),
  clientId: fc.option(fc.constantFrom(...CLIENT_IDS), { nil: undefined }),
  repeatOf: fc.option(fc.constantFrom(...CLIENT_IDS), { nil: undefined, freq: 6 }),
}).map(({ symbol, side, kind, quantity, ...ids }) => {
  const { below, above, quantities } = PRICES[symbol];
  const [rest, cross] = side === "Bid" ? [below, above] : [above, below];
  const given = Object.entries(ids).filter(([, id]) => id !== undefined);
  const limit = { orderType: "Limit", price: kind === "cross" ? cross : rest };
  const terms = {
    rest: limit,
    cross: limit,
    ioc: { ...limit, timeInForce: "IOC" },
    postOnly: { ...limit, postOnly: true },
    market: { orderType: "Market" },
  }[kind] ?? limit;
  const args = {
    symbol,
    side,
    ...terms,
    quantity: quantities[quantity],
    ...Object.fromEntries(given),
  };
  return { name: "create_order", args };
});

/** Of the order that is open then, by its place in the list: {@linkcode aim} says which. */
const replacement: fc.Arbitrary<AskedCall> = fc.record({
  open: fc.nat(2),
  price: fc.constantFrom("below", "near", "above"),
  quantity: fc.nat(2),
}, { requiredKeys: ["open", "price"] }).map((args) => ({ name: "replace_order", args }));

const otherCall: fc.Arbitrary<AskedCall> = fc.oneof(
  fc.record({ symbol: fc.constantFrom(...SYMBOLS), clientId: fc.constantFrom(...CLIENT_IDS) })
    .map((args) => ({ name: "cancel_order", args })),
  fc.constantFrom(...SYMBOLS).map((symbol) => ({ name: "cancel_all_orders", args: { symbol } })),
  fc.constantFrom(...CLIENT_IDS).map((clientId) => ({
    name: "get_order_outcome",
    args: { clientId },
  })),
  fc.constant({ name: "list_orders", args: { marketType: "ALL" } }),
);
const placing = fc.oneof(order, replacement);
const call = fc.oneof({ arbitrary: placing, weight: 5 }, { arbitrary: otherCall, weight: 2 });
/** One call, or several at once; then often the same order twice. */
const calls = fc.oneof(
  { arbitrary: call.map((one) => [one]), weight: 5 },
  { arbitrary: placing.map((one) => [one, one]), weight: 1 },
  { arbitrary: fc.array(call, { minLength: 2, maxLength: 3 }), weight: 1 },
);

const LARGE: AskedCall = {
  name: "create_order",
  args: { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130.10", quantity: "30" },
};

function move(price: string): Step {
  return { do: "move price", symbol: "SOL_USDC", price };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("call" as const), calls, trouble }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: ms(1000, 18_000, 60_000, 150_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("set wall clock" as const),
      byMs: ms(-3_600_000, -20_000, -600, 600, 20_000, 7_200_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...MOVES).map(move),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("lag" as const),
      lagMs: ms(0, 1000, 15_000, 45_000, MAX_LAG_MS),
      looks: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: badReads.map((bad) => ({ do: "bad reads" as const, ...bad })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "good reads" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("kill" as const),
      downMs: ms(0, 3000, 30_000, 200_000),
    }),
  },
);

/** An order that much of may be filled when the price moves a little, and what becomes of it. */
const replacing: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: step },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("call" as const),
        calls: fc.array(replacement, { minLength: 1, maxLength: 2 }),
        trouble,
      }),
    },
    { weight: 1, arbitrary: fc.constant<Step>(move("130.08")) },
  ),
  { minLength: 1, maxLength: 7 },
).map((steps) => [{ do: "call", calls: [LARGE], trouble: {} }, ...steps]);

/** Sequences of steps. */
export const sequences: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 2, arbitrary: fc.array(step, { minLength: 1, maxLength: 9 }) },
  { weight: 1, arbitrary: replacing },
);

/** Runs a sequence; what it broke, each as a sentence. */
export async function run(steps: readonly Step[], limits?: Limits): Promise<readonly string[]> {
  const world = await World.open(limits);
  try {
    const truth = new Truth(world);
    for (const step of steps) {
      await take(step, world, truth);
      await world.start();
      if (truth.broken.length > 0) return truth.broken;
    }
    await recover(world, truth);
    return truth.broken;
  } finally {
    world.close();
  }
}

async function take(step: Step, world: World, truth: Truth): Promise<void> {
  switch (step.do) {
    case "call":
      return await makeCalls(step, world, truth);
    case "wait":
      await world.wait(step.ms);
      break;
    case "set wall clock":
      world.clock.setWall(world.clock.now() + step.byMs);
      break;
    case "move price":
      world.exchange.setPrice(step.symbol, step.price);
      break;
    case "lag":
      world.lag = step;
      break;
    case "bad reads":
      world.badReads = step;
      break;
    case "good reads":
      world.badReads = undefined;
      break;
    case "kill":
      world.kill();
      await world.wait(step.downMs);
  }
  truth.check();
}

async function makeCalls(
  { calls: meant, trouble }: Step & { do: "call" },
  world: World,
  truth: Truth,
): Promise<void> {
  const calls = meant.map((call) => aim(call, world));
  const { effects = [], reads, moveTo, abortAfterMs, killAfterMs } = trouble;
  const left = [...effects];
  const bad = world.badReads;
  world.badReads = reads ?? bad;
  world.effectFault = () => {
    if (moveTo !== undefined) world.exchange.setPrice("SOL_USDC", moveTo);
    return left.shift();
  };
  const leaving = new AbortController();
  const callOffs = [
    ...(abortAfterMs === undefined ? [] : [world.clock.after(abortAfterMs, () => leaving.abort())]),
    ...(killAfterMs === undefined ? [] : [world.clock.after(killAfterMs, () => world.kill())]),
  ];
  truth.begin(calls);
  const running = calls.map(({ name, args }, index) =>
    world.call(name, args, index === 0 && abortAfterMs !== undefined ? leaving.signal : undefined)
  );
  const results = await world.clock.run(Promise.all(running));
  for (const callOff of callOffs) callOff();
  world.effectFault = () => undefined;
  world.badReads = bad;
  truth.end(results);
}

/** A replacement is of an order that is open; where none is, one is placed that can be replaced. */
function aim({ name, args }: AskedCall, world: World): AskedCall {
  if (name !== "replace_order") return { name, args };
  const orders = world.exchange.openOrders();
  const old = orders[Number(args.open) % orders.length];
  const symbol = String(old?.symbol ?? "SOL_USDC") as keyof typeof PRICES;
  const { quantities, ...prices } = PRICES[symbol];
  const price = prices[args.price as keyof typeof prices];
  const quantity = quantities[Number(args.quantity)];
  const given = Object.entries({ price, quantity }).filter(([, value]) => value !== undefined);
  const changes = Object.fromEntries(given);
  if (old !== undefined) return { name, args: { symbol, orderId: old.id, ...changes } };
  const limit = { side: "Bid", orderType: "Limit", price: prices.below, quantity: quantities[2] };
  return { name: "create_order", args: { symbol, ...limit, ...changes } };
}

/** Nothing goes wrong any more: everything must become known. */
async function recover(world: World, truth: Truth): Promise<void> {
  world.lag = { lagMs: 0, looks: false };
  world.badReads = undefined;
  await world.wait(RECOVERY_MS);
  const ask = (name: string, args: Record<string, unknown>): Promise<CallResult> =>
    world.clock.run(world.call(name, args));
  const outcomes = new Map<number, CallResult>();
  for (const clientId of truth.sentIds()) {
    outcomes.set(clientId, await ask("get_order_outcome", { clientId }));
  }
  truth.finish(await ask("list_orders", {}), outcomes);
}

/** The property: no sequence breaks anything, under these limits. `onRun` is called before each. */
export function holding(
  { onRun = (): void => {}, limits }: { onRun?: () => void; limits?: Limits } = {},
): fc.IAsyncProperty<[Step[]]> {
  return fc.asyncProperty(sequences, async (steps) => {
    onRun();
    const broken = await run(steps, limits);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  });
}
