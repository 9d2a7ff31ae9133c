/**
 * A cancel on record: its intent before it leaves, its outcome afterwards.
 *
 * @module
 */

import type { Commit } from "../effects.ts";
import { DeskError } from "../errors.ts";
import type { DeskParts } from "./mod.ts";

/**
 * Runs `work`, which must call `commit` before its effect leaves, and records how it ended.
 * `params` is what the tool took and what is sent: for a cancel they are the same.
 */
export async function recorded<Result extends { outcome: string }>(
  desk: DeskParts,
  tool: string,
  params: { symbol: string },
  work: (commit: Commit) => Promise<Result>,
): Promise<Result> {
  const intent = { tool, symbol: params.symbol, request: { ...params }, body: { ...params } };
  let seq: number | undefined;
  const settle = (state: string, details: Record<string, string> = {}): void => {
    if (seq !== undefined) desk.intents.settle(seq, undefined, { state, by: "reply", ...details });
  };
  try {
    const result = await work((stamp) => [seq] = desk.intents.commit([intent], stamp, () => {}));
    settle(result.outcome);
    return result;
  } catch (error) {
    if (error instanceof DeskError) {
      settle(error.outcome ?? "unknown", { code: error.code, message: error.message });
    }
    throw error;
  }
}
