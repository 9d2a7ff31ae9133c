/**
 * The owner's halt: while it stands, no new order leaves. Nothing that a model can say lifts it.
 *
 * @module
 */

import { DeskError } from "../errors.ts";

/** Tells whether the owner has halted the desk; asked anew for every order. */
export interface Halt {
  isHalted(): boolean;
}

/**
 * Stops a new order while the desk is halted.
 *
 * @throws {DeskError} `halted`
 */
export function refuseWhenHalted(desk: { halt: Halt }): void {
  if (!desk.halt.isHalted()) return;
  throw new DeskError("halted", "The owner has halted the desk: no new orders", {
    outcome: "not_placed",
    hint: "Cancels still work. Only the owner can resume: by removing the file HALT from the " +
      "data directory",
  });
}
