/**
 * JSON with one spelling: members sorted by name, nothing undefined, big integers as text. The
 * journal's hashes are taken over it, so that equal content hashes alike on every machine.
 *
 * @module
 */

/**
 * The canonical JSON of a value. Total on purpose: what happened to an order must never go
 * unrecorded because of an odd value in a reply, so whatever JSON can't say becomes text or null.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "bigint") return JSON.stringify(value.toString());
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if ("toJSON" in value && typeof value.toJSON === "function") return canonicalJson(value.toJSON());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
