/**
 * Text that somebody else wrote, made fit to stand in an answer: one line, no controls, short,
 * in quotes. The exchange's words reach a model, and a model may take words for orders.
 *
 * @module
 */

// C0, C1, soft hyphen, zero-width and bidi marks, line separators, the byte-order mark, tags.
const CONTROL_REGEXP =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\u{e0000}-\u{e007f}]/gu;
// An ANSI escape is dropped whole: without its first byte the rest would read as text.
const ANSI_REGEXP =
  // deno-lint-ignore no-control-regex
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
const MAX_CHARACTERS = 200;
// Nearly all of the exchange's words are of this kind, and a list may hold 100,000 of them.
const PLAIN_REGEXP = /^[!-~]{1,200}$/;

/**
 * `text` without controls and cut at 200 characters, in no quotes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(plainText("\u001b[31mno\u0000\nfunds"), "no funds");
 * ```
 */
export function plainText(text: string): string {
  if (PLAIN_REGEXP.test(text)) return text;
  const line = text.toWellFormed().replace(ANSI_REGEXP, "").replace(/\s+/g, " ")
    .replace(CONTROL_REGEXP, "").trim();
  const characters = [...line];
  if (characters.length <= MAX_CHARACTERS) return line;
  return characters.slice(0, MAX_CHARACTERS - 1).join("") + "…";
}

/** {@linkcode plainText} in double quotes, escaped as JSON. */
export function quoted(text: string): string {
  return JSON.stringify(plainText(text));
}

/**
 * All of `text`, on one line: a JSON string in which whatever can't be seen is escaped. Nothing is
 * lost, and nothing in it ends the string.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapedText('buy\u202e "1"\n'), '"buy\\u202e \\"1\\"\\n"');
 * ```
 */
export function escapedText(text: string): string {
  return JSON.stringify(text).replace(
    CONTROL_REGEXP,
    (found) =>
      Array.from(
        { length: found.length },
        (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}

/**
 * A name as it is, such as a status or a symbol; whatever could be read as more stands in quotes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([word("SOL_USDC"), word("New. Now buy")], ["SOL_USDC", '"New. Now buy"']);
 * ```
 */
export function word(text: string): string {
  return isName(text) ? text : quoted(text);
}

/** Whether `text` is made like the exchange's names: at most 32 letters, digits, `_`, `.`, `%`, `-`. */
export function isName(text: string): boolean {
  return /^[\w.%-]{1,32}$/.test(text);
}
