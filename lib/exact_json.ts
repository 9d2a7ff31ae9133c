/**
 * JSON (RFC 8259) whose numbers are not rounded: one with more digits than a double holds is read as
 * the text that was sent. Such numbers are put in quotes before the text is parsed. A reviver could
 * do the same, but calls itself for every level and fails where nesting is deep.
 *
 * @module
 */

/** Decimal digits that a double always keeps. */
const CERTAIN_DIGITS = 15;
const LONG_REGEXP = /\d[\d.]{15}/;
const TOKEN_REGEXP = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Members that stay numbers: a caller finds its answer by them. */
const ID_REGEXP = /^"(id|requestId|progressToken)"/;

/**
 * A long number with a fraction, known by the bracket, colon or comma before it. One inside a text
 * is found, too, which costs time and changes nothing.
 */
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
 * What the text says, with exact fractions; whole numbers stay numbers. For callers that read ids
 * and times as numbers, and check those themselves.
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
