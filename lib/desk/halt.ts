/**
 * The halt: while it stands, no new order leaves. The owner sets it, or the desk itself once its
 * record has proved wrong. Nothing that a model can say lifts it.
 *
 * @module
 */

import { DeskError } from "../errors.ts";
import type { Log } from "../log.ts";
import { plainText } from "../quote.ts";
import type { DeskParts } from "./parts.ts";

/** Tells whether the desk is halted, asked anew for every order, and halts it. */
export interface Halt {
  /** Whether new orders must not leave; asked before each. */
  isHalted(): boolean;
  /** Whether it counts as halted because nobody can tell whether it is. */
  isUntold?(): boolean;
  /** Halts for `reason`, a sentence without a final period. Never throws. */
  halt(reason: string): void;
}

/** The file that halts every process which shares its directory. */
export interface HaltFile {
  /** Whether it is there. Never throws: every answer asks, also that of an order that was placed. */
  exists(): boolean;
  /** Whether it counts as there because nobody can look. */
  isUntold?(): boolean;
  /** Makes it, unless it is there; absent where nothing is kept on disk. */
  create?(reason: string): void;
}

/** A halt that lasts as long as its file, or as this process where the file can't be made. */
export function fileHalt(file: HaltFile, log: Log): Halt {
  let isHeld = false;
  return {
    isHalted: () => isHeld || file.exists(),
    isUntold: () => !isHeld && file.isUntold?.() === true,
    halt: (reason) => {
      log.error("halted", { reason });
      try {
        file.create?.(reason);
        isHeld ||= file.create === undefined;
      } catch (error) {
        isHeld = true;
        log.error("halt_file", { reason: String(error) });
      }
    },
  };
}

/**
 * Stops a new order while the desk is halted. An order that has shown up halts by the journal
 * alone, whatever became of the file.
 *
 * @throws {DeskError} `halted`
 */
export function refuseWhenHalted(desk: HaltParts): void {
  const reasons = haltReasons(desk);
  if (reasons.length === 0) return;
  throw new DeskError("halted", `${reasons.join("; ")}: no new orders`, {
    outcome: "not_placed",
    hint: `Cancels still work${whatToDo(desk)}`,
  });
}

function whatToDo({ watch, halt }: HaltParts): string {
  if (watch.reappeared.length > 0) {
    return ", and list_orders shows what is open. Tell the owner, who alone can resume, by the " +
      "command backpack-mcp resume";
  }
  return halt.isUntold?.()
    ? ". Tell the owner: `backpack-mcp doctor` says what is wrong with the data directory"
    : ". Only the owner can resume, by the command backpack-mcp resume";
}

const UNTOLD =
  "Whether the owner has halted the desk can't be told: the data directory can't be read";

type HaltParts = Pick<DeskParts, "halt" | "intents" | "watch">;

/**
 * Why the desk is halted, each a sentence without a final period; empty while it is not.
 *
 * @throws {DeskError} `journal` if that can't be read
 */
export function haltReasons({ halt, intents, watch }: HaltParts): string[] {
  if (watch.reappeared.length === 0 && !halt.isHalted()) return [];
  const recorded = intents.halts().map((entry) => entry.body.reason)
    .filter((reason) => typeof reason === "string").map(plainText);
  const reasons = [...recorded, ...watch.unrecorded.map((id) => shownUp(id))];
  if (reasons.length > 0) return reasons;
  return [halt.isUntold?.() ? UNTOLD : "The owner has halted the desk"];
}

/** Why the desk is halted for an order that it had called not placed. */
export function shownUp(clientId: number, symbol?: string): string {
  const where = symbol === undefined ? "" : ` on ${symbol}`;
  return `The order with clientId ${clientId}${where}, which the desk had called not placed, has ` +
    "shown up on the exchange";
}
