/**
 * Reads the text of an `.env` file: our variables in it and what is wrong with them. Only lines
 * that begin with `BACKPACK_` reach the parser, one at a time and without their comment, and only
 * if every dotenv parser would read them alike; a line that was surely meant for us but is
 * written otherwise is a problem, never skipped. Lines of other programs are none of our business.
 *
 * @module
 */

import { parse } from "@std/dotenv";
import { adviceFor, MISSPELLINGS } from "./misspellings.ts";
import { type Problem, shownName } from "./problem.ts";
import { KNOWN_NAMES } from "./settings.ts";

/** A variable as a file gives it. */
export interface EnvEntry {
  /** Known or not. */
  readonly name: string;
  /** Without quotes and blanks around it; may be empty. */
  readonly value: string;
  /** Such as `/home/ada/.config/backpack-mcp/.env, line 3`. */
  readonly where: string;
}

/** What {@linkcode readEnvText} found. */
export interface EnvContent {
  /** One for each name. */
  readonly entries: readonly EnvEntry[];
  /** Why the file can't be used as it is. */
  readonly problems: readonly Problem[];
  /** Texts that must not be shown, since the problems left them out of `entries`. */
  readonly suspects: readonly string[];
}

// Also what `^` and `$` in a parser's expression take for the end of a line.
const LINE_END_REGEXP = /\r\n|[\n\r\u2028\u2029]/;
const OURS_REGEXP = /^(BACKPACK_\w*)[ \t]*=(.*)$/;
// "export BACKPACK_X=", " BACKPACK_X=", "BACKPACK_X: y", "backpack_x"; not "FOO=BACKPACK_X".
const STRAY_REGEXP = /^[^=#]*?(?<!\w)(BACKPACK_[^\s=:]*)/i;
const ASSIGNMENT_REGEXP = /^\s*(?:export\s+)?(\w+)\s*=/;

/**
 * The variables of ours in the text of the file at `path`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { entries } = readEnvText("PORT=80\nBACKPACK_MODE=paper # no money\n", ".env");
 * assertEquals(entries, [{ name: "BACKPACK_MODE", value: "paper", where: ".env, line 2" }]);
 * ```
 */
export function readEnvText(text: string, path: string): EnvContent {
  if (text.includes("\0")) {
    const message = "is not plain text: save it as UTF-8";
    return { entries: [], problems: [{ variable: path, message }], suspects: [] };
  }
  const entries = new Map<string, EnvEntry>();
  const problems: Problem[] = [];
  const suspects: string[] = [];
  for (const [index, line] of text.replace(/^\ufeff/, "").split(LINE_END_REGEXP).entries()) {
    const where = `${path}, line ${index + 1}`;
    const read = readLine(line, where);
    if (read === undefined) continue;
    const problem = "message" in read ? read : clashOf(entries.get(read.name), read);
    if (problem !== undefined) suspects.push(...tokensOf(line));
    if (problem !== undefined) problems.push(problem);
    else if (!("message" in read)) entries.set(read.name, read);
  }
  return { entries: [...entries.values()], problems, suspects };
}

/** The parts of a refused text that may be secrets: all that is as long as a part of a key. */
export function tokensOf(text: string): string[] {
  return text.split(/[\s"'`#$\\]+/)
    .flatMap((part) => [part, part.replace(/^\w*[=:]/, ""), part.replace(/^BACKPACK_[A-Z_]*/, "")])
    .filter((part) => part.length >= 12 && !/^[A-Z_]+[=:]*$/.test(part));
}

function readLine(line: string, where: string): EnvEntry | Problem | undefined {
  if (line.trimStart().startsWith("#")) return undefined;
  const [, name, rest] = OURS_REGEXP.exec(line) ?? [];
  if (name === undefined || rest === undefined) return strayOf(line, where);
  const variable = shownName(name, KNOWN_NAMES);
  const { raw, fault } = readValue(rest);
  if (fault !== undefined) return { variable, message: `${fault} (${where})` };
  const value = (parse(`${name}=${raw}`)[name] ?? "").trim();
  return { name, value, where };
}

/** A line that does not begin with one of our names and was yet meant for us. */
function strayOf(line: string, where: string): Problem | undefined {
  const stray = STRAY_REGEXP.exec(line)?.[1];
  if (stray !== undefined) {
    const message = "begin the line with the name and write NAME=value, " +
      `with nothing before the name (${where})`;
    return { variable: shownName(stray, KNOWN_NAMES), message };
  }
  const assigned = ASSIGNMENT_REGEXP.exec(line)?.[1] ?? "";
  if (!MISSPELLINGS.has(assigned.toUpperCase())) return undefined;
  const message = `is not a known name: ${adviceFor(assigned)} (${where})`;
  return { variable: shownName(assigned, KNOWN_NAMES), message };
}

/** The value as it is written, without its comment; or why parsers would not agree on it. */
function readValue(rest: string): { raw: string; fault?: string } {
  const quote = /^["']/.exec(rest.trim())?.[0];
  if (quote !== undefined) return readQuoted(rest.trim(), quote);
  const comment = rest.search(/[ \t]#/);
  const raw = (comment < 0 ? rest : rest.slice(0, comment)).trim();
  if (raw.includes("#")) return { raw, fault: 'put a value that holds "#" in single quotes' };
  if (/[$`]/.test(raw)) {
    return { raw, fault: "put a value that holds $ or a back-tick in single quotes" };
  }
  if (/["']/.test(raw)) return { raw, fault: "put quotes around the whole value or nowhere" };
  return { raw, ...plainFault(raw) };
}

function readQuoted(rest: string, quote: string): { raw: string; fault?: string } {
  const end = rest.indexOf(quote, 1);
  if (end < 0) {
    return { raw: rest, fault: "close the quotes on the same line: a value has one line" };
  }
  const raw = rest.slice(0, end + 1);
  if (!/^[ \t]*$|^[ \t]+#/.test(rest.slice(end + 1))) {
    return { raw, fault: 'nothing but a blank and a "# comment" may follow the closing quote' };
  }
  return { raw, ...plainFault(raw) };
}

function plainFault(raw: string): { fault?: string } {
  if (raw.includes("\\")) return { fault: "write the value without a backslash" };
  return /^[\t -~]*$/.test(raw) ? {} : { fault: "write the value in plain ASCII characters" };
}

function clashOf(earlier: EnvEntry | undefined, entry: EnvEntry): Problem | undefined {
  if (earlier === undefined || earlier.value === entry.value) return undefined;
  const message = `is set twice with different values: keep one (${earlier.where}, and again at ` +
    `${entry.where.replace(/.*, /, "")})`;
  return { variable: shownName(entry.name, KNOWN_NAMES), message };
}
