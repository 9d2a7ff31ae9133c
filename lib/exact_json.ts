/**
 * JSON (RFC 8259) whose numbers are not rounded: one of more digits than a double holds is read as
 * the text that was sent. Before it is parsed, and not by a reviver, which calls itself for every
 * level and gives up where nesting is deep.
 *
 * @module
 */

/** Decimal digits that a double always keeps. */
const CERTAIN_DIGITS = 15;
const LONG_REGEXP = /\d[\d.]{15}/;
const TOKEN_REGEXP = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** What a caller finds its answer by stays of its kind. */
const ID_REGEXP = /^"(id|requestId|progressToken)"/;

/**
 * What the text says.
 *
 * @throws {SyntaxError} if it is no JSON
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(LONG_REGEXP.test(text) ? withLongNumbersAsText(text) : text);
}

function withLongNumbersAsText(text: string): string {
  let name = "";
  return text.replaceAll(TOKEN_REGEXP, (token: string, colon?: string) => {
    if (colon !== undefined) name = token;
    if (token.startsWith('"') || !isLong(token) || ID_REGEXP.test(name)) return token;
    return `"${token}"`;
  });
}

function isLong(number: string): boolean {
  const digits = number.replace(/e.*$/i, "").replace(/[-.]/g, "").replace(/^0+/, "");
  return digits.length > CERTAIN_DIGITS;
}
