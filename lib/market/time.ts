/**
 * Times for people and models: ISO 8601 in UTC, with its zone.
 *
 * @module
 */

/** Unix ms as ISO text; whole seconds without a fraction. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}
