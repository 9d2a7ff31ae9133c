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

/** After a bracket, colon or comma: outside of text it is a number with a fraction. */
const LONG_FRACTION_REGEXP = /[[:,]\s*-?(?=[\d.]{17})\d+\.\d/;

/**
 * What the text says.
 *
 * @throws {SyntaxError} if it is no JSON
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(LONG_REGEXP.test(text) ? withNumbersAsText(text, isLong) : text);
}

/**
 * What the text says, with whole numbers as they are: for who checks those, and reads ids and times
 * among them.
 *
 * @throws {SyntaxError} if it is no JSON
 */
export function parseExactFractions(text: string): unknown {
  const isLost = (number: string): boolean => number.includes(".") && isLong(number);
  return JSON.parse(LONG_FRACTION_REGEXP.test(text) ? withNumbersAsText(text, isLost) : text);
}

function withNumbersAsText(text: string, isLost: (number: string) => boolean): string {
  let name = "";
  return text.replaceAll(TOKEN_REGEXP, (token: string, colon?: string) => {
    if (colon !== undefined) name = token;
    if (token.startsWith('"') || !isLost(token) || ID_REGEXP.test(name)) return token;
    return `"${token}"`;
  });
}

function isLong(number: string): boolean {
  const digits = number.replace(/e.*$/i, "").replace(/[-.]/g, "").replace(/^0+/, "");
  return digits.length > CERTAIN_DIGITS;
}
