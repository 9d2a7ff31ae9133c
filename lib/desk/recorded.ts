/**
 * A cancel on record: its intent before it leaves, its outcome afterwards.
 *
 * @module
 */

import type { Commit } from "../effects.ts";
import { DeskError } from "../errors.ts";
import type { NewIntent } from "./intents.ts";
import type { DeskParts } from "./mod.ts";

/** Runs `work`, which must call `commit` before its effect leaves, and records how it ended. */
export async function recorded<Result extends { outcome: string }>(
  desk: DeskParts,
  intent: NewIntent,
  work: (commit: Commit) => Promise<Result>,
): Promise<Result> {
  let seq: number | undefined;
  const settle = (state: string, details: Record<string, string> = {}): void => {
    if (seq !== undefined) desk.intents.settle(seq, undefined, { state, by: "reply", ...details });
  };
  try {
    const result = await work((stamp) => seq = desk.intents.commit(intent, stamp, () => {}));
    settle(result.outcome);
    return result;
  } catch (error) {
    if (error instanceof DeskError) {
      settle(error.outcome ?? "unknown", { code: error.code, message: error.message });
    }
    throw error;
  }
}
