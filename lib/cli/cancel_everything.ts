/**
 * Cancelling every open order of the account, over all markets, until a look finds none. Only
 * reduce-only triggers are spared: a stop protects a position.
 *
 * @module
 */

import { type Call, sleep, withDeadline } from "../clock.ts";
import type { Desk } from "../desk/mod.ts";
import { DeskError } from "../errors.ts";
import { Journal } from "../journal/mod.ts";
import type { Order } from "../schemas/mod.ts";
import { orderLine } from "../tools/order_line.ts";
import { type ExitCode, Refusal } from "./command.ts";
import { unknownOrders } from "./pending.ts";
import type { DataDirectory, World } from "./world.ts";

const ROUNDS = 4;
const CALL_MS = 50_000;
/** An order that was on its way when the desk was halted is on the book by then, as a rule. */
const SETTLE_MS = 2000;
/** After these, another order would fail in the same way. */
const HOPELESS: ReadonlySet<string> = new Set(["auth", "journal", "config"]);

/** Cancels what is open; 1 when something still stands, or when nobody can tell. */
export async function cancelEverything(data: DataDirectory, world: World): Promise<ExitCode> {
  const desk = await openLiveDesk(data.path, world);
  try {
    const { standing, spared } = await cancelAllRounds(desk, world);
    if (spared.length > 0) {
      world.terminal.print(`Spared, since they only reduce a position:\n${listed(spared)}`);
    }
    if (standing.length === 0) return endWith(spared.length, unknownIds(data), world);
    world.terminal.print(`STILL OPEN:\n${listed(standing)}`);
    world.terminal.say("Run it again, or cancel them on Backpack.\n");
    return 1;
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    const why = `${error.message}. ${error.hint}`;
    throw new Refusal(
      1,
      `the desk is halted, but what is open is NOT known: ${why}. Run it ` +
        "again, or look on Backpack",
    );
  } finally {
    desk.stop();
  }
}

function unknownIds(data: DataDirectory): number[] {
  const journal = data.openJournal();
  // Without a journal no cancel would have left, and the command would not have come here.
  if (!(journal instanceof Journal)) return [];
  using open = journal;
  return unknownOrders(open).map(({ clientId = 0 }) => clientId);
}

/** An empty book is no proof while nobody knows what became of an order. */
function endWith(spared: number, unknown: readonly number[], { terminal }: World): ExitCode {
  terminal.print(spared > 0 ? "No other order is open.\n" : "No order is open.\n");
  if (unknown.length === 0) return 0;
  terminal.print(`MAY STILL STAND, their outcome is unknown: client id ${unknown.join(", ")}\n`);
  terminal.say("Look on Backpack; `backpack-mcp pending` says more. Then run it again.\n");
  return 1;
}

async function openLiveDesk(dataDir: string, world: World): Promise<Desk> {
  const { configuration } = world;
  const missing = !configuration.ok
    ? "the settings have problems (`backpack-mcp doctor`)"
    : configuration.config.mode === "live" && configuration.config.signer === undefined
    ? "no key is set"
    : undefined;
  if (missing === undefined && configuration.ok) {
    return await world.openDesk({ ...configuration.config, dataDir });
  }
  throw new Refusal(
    2,
    `the desk is halted, but nothing was cancelled: ${missing}. Open orders ` +
      "can be cancelled on Backpack",
  );
}

interface Found {
  /** What a cancel is meant for. */
  readonly standing: readonly Order[];
  /** What is left alone. */
  readonly spared: readonly Order[];
}

/** Until two looks, some time apart, find nothing; at most so many rounds. */
async function cancelAllRounds(desk: Desk, world: World): Promise<Found> {
  for (let round = 0;; round++) {
    const found = await lookTwice(desk, world);
    if (found.standing.length === 0 || round === ROUNDS) return found;
    progress(world, `${found.standing.length} open; cancelling …`);
    if (await cancelRound(desk, found.standing, world)) return await look(desk, world);
  }
}

async function lookTwice(desk: Desk, world: World): Promise<Found> {
  const found = await look(desk, world);
  if (found.standing.length > 0) return found;
  progress(world, "Nothing to cancel; looking once more …");
  await sleep(world.edges, SETTLE_MS);
  return await look(desk, world);
}

async function look(desk: Desk, { edges }: World): Promise<Found> {
  const query = { marketType: "ALL" } as const;
  const { orders } = await withDeadline(edges, CALL_MS, (call) => desk.listOrders(query, call));
  return {
    standing: orders.filter((order) => !protects(order)),
    spared: orders.filter(protects),
  };
}

/** Whether there is no use in going on. */
async function cancelRound(
  desk: Desk,
  orders: readonly Order[],
  world: World,
): Promise<boolean> {
  for (const work of cancels(desk, orders)) {
    try {
      await withDeadline(world.edges, CALL_MS, work);
    } catch (error) {
      if (!(error instanceof DeskError)) throw error;
      // What another did meanwhile (filled, cancelled) the next look shows.
      if (error.code !== "not_found") world.terminal.say(`${error.message}\n`);
      if (HOPELESS.has(error.code)) return true;
    }
  }
  return false;
}

type Work = (call: Call) => Promise<unknown>;

/** Resting orders market by market; triggers one by one, so that none of the spared is hit. */
function cancels(desk: Desk, orders: readonly Order[]): Work[] {
  const resting = orders.filter(({ triggerPrice }) => triggerPrice === undefined);
  const triggers = orders.filter(({ triggerPrice }) => triggerPrice !== undefined);
  const symbols = [...new Set(resting.map(({ symbol }) => symbol))];
  const orderType = "RestingLimitOrder";
  return [
    ...symbols.map((symbol): Work => (call) => desk.cancelAllOrders({ symbol, orderType }, call)),
    ...triggers.map(({ symbol, id }): Work => (call) =>
      desk.cancelOrder({ symbol, orderId: id }, call)
    ),
  ];
}

function protects(order: Order): boolean {
  return order.reduceOnly === true && order.triggerPrice !== undefined;
}

function progress({ terminal }: World, text: string): void {
  if (terminal.showsNotes) terminal.say(`${text}\n`);
}

function listed(orders: readonly Order[]): string {
  return orders.map((order) => `  ${orderLine("live", order)} (id ${order.id})\n`).join("");
}
