/**
 * A cancel on record: its intent before it leaves, its outcome afterwards.
 *
 * @module
 */

import type { Commit } from "../effects.ts";
import { DeskError } from "../errors.ts";
import type { Order } from "../schemas/mod.ts";
import type { Outcome } from "./intent.ts";
import type { DeskParts } from "./parts.ts";

const IN_DOUBT: ReadonlySet<string> = new Set(["unknown", "pending"]);

/** What the journal keeps of how a cancel ended. */
interface CancelRecord {
  outcome: string;
  order?: Order;
  cancelled?: Order[];
  stillOpen?: Order[];
}

/**
 * Runs `work`, which must call `commit` before its effect leaves, and records how it ended.
 * `params` is what the tool took and what is sent: for a cancel they are the same.
 */
export async function recorded<Result extends CancelRecord>(
  desk: DeskParts,
  tool: string,
  params: { symbol: string },
  work: (commit: Commit) => Promise<Result>,
): Promise<Result> {
  const intent = { tool, symbol: params.symbol, request: { ...params }, body: { ...params } };
  let seq: number | undefined;
  const settle = (state: string, details: Partial<Outcome>): void => {
    if (seq === undefined) return;
    desk.intents.settle(seq, undefined, { state, by: "reply", ...details });
    if (IN_DOUBT.has(state)) desk.resolver.wake();
  };
  try {
    const result = await work((stamp) => [seq] = desk.intents.commit([intent], stamp, () => {}));
    settle(result.outcome, detailsOf(result));
    return result;
  } catch (error) {
    const { outcome, code, message } = error instanceof DeskError
      ? error
      : new DeskError("internal", String(error));
    settle(outcome ?? "unknown", { code, message });
    throw error;
  }
}

function detailsOf({ order, cancelled, stillOpen }: CancelRecord): Partial<Outcome> {
  const ids = (orders: readonly Order[]): string[] => orders.map(({ id }) => id);
  return {
    ...(order === undefined ? {} : { order }),
    ...(cancelled === undefined ? {} : { cancelled: ids(cancelled) }),
    ...(stillOpen === undefined ? {} : { stillOpen: ids(stillOpen) }),
  };
}
