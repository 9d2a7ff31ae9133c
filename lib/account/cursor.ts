/**
 * Cursors: the place in a history as text that a client hands back. A checksum over the question
 * and the place tells a cursor of another question, or one that was not copied whole; it is no
 * secret, since a cursor can only choose rows that the client may see anyway.
 *
 * @module
 */

import { DeskError } from "../errors.ts";
import type { Place } from "./reader.ts";

const CURSOR_REGEXP = /^([0-9a-z]{1,7})~(\d{1,8})~(\d{1,15})~([\w.:,-]{1,60000})$/;

/** The text for a place in the answer to `question`. */
export function cursorOf(place: Place, question: string): string {
  const text = `${place.offset}~${place.timeMs}~${place.keys.join(",")}`;
  return `${checksum(question + text)}~${text}`;
}

/**
 * The place that a cursor stands for.
 *
 * @throws {DeskError} `invalid_input` if it was not made for this question
 */
export function placeOf(cursor: string, question: string): Place {
  const [, sum, offset, timeMs, keys = ""] = CURSOR_REGEXP.exec(cursor) ?? [];
  const place = { offset: Number(offset), timeMs: Number(timeMs), keys: keys.split(",") };
  if (sum === undefined || cursorOf(place, question) !== cursor) {
    throw new DeskError("invalid_input", "cursor is not one that this question was answered with", {
      hint: "Pass nextCursor exactly as it came, with the same other arguments; or leave cursor " +
        "out to begin again",
    });
  }
  return place;
}

/** FNV-1a, 32 bits. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
