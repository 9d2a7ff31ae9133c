/**
 * The record of a server's starts, by which a "disconnected" in a client can be explained afterwards:
 * a file for each start, of log lines, from what it was started as to how it ended.
 *
 * @module
 */

import { createLog, type Log, type LogOptions } from "./log.ts";

/** As many starts are kept. */
export const KEPT_STARTS = 20;

/** One file of the record. */
export interface StartFile {
  /** Log lines. */
  readonly text: string;
  /** Whether the server that writes it runs; absent where that can't be told. */
  readonly isRunning?: boolean;
}

/** One start, read back from its file. */
export interface StartRecord {
  /** Unix ms. */
  readonly atMs: number;
  /** The program's, such as `1.2.3`. */
  readonly version: string;
  /** `live` or `paper`. */
  readonly mode: string;
  /** The process, by its number. */
  readonly pid: number;
  /** What was wrong with the settings: the desk was closed. */
  readonly problems: readonly string[];
  /** Warnings and errors after that, oldest first, each an event with its fields as JSON. */
  readonly trouble: readonly { readonly atMs: number; readonly text: string }[];
  /** Unix ms, and what ended it; absent while it runs, and where it was killed. */
  readonly end?: { readonly atMs: number; readonly by: string };
}

/** The file's name; names sort by time. */
export function startFileName(atMs: number, pid: number): string {
  return `${new Date(atMs).toISOString().replaceAll(":", "-")}-${pid}.jsonl`;
}

/** Which of the files in the directory of starts make room for one more; all others stay. */
export function outdatedStarts(names: readonly string[]): string[] {
  const files = names.filter((name) => /^\d{4}-\d\d-\d\dT[\d.-]+Z-\d+\.jsonl$/.test(name)).sort();
  return files.slice(0, Math.max(0, files.length - KEPT_STARTS + 1));
}

/** A log that writes to both; `kept` has everything that matters, whatever the owner asks stderr for. */
export function logWithRecord(options: LogOptions, keep: (line: string) => void): Log {
  const shown = createLog(options);
  const level = options.level === "debug" ? "debug" : "info";
  const kept = createLog({ ...options, level, write: keep });
  const both = (level: keyof Log): Log[keyof Log] => (event, fields) => {
    shown[level](event, fields);
    kept[level](event, fields);
  };
  return { error: both("error"), warn: both("warn"), info: both("info"), debug: both("debug") };
}

/** Reads a file of log lines; `undefined` where the first does not tell of a start. */
export function readStart(text: string): StartRecord | undefined {
  const [first, ...rest] = text.split("\n").map(lineOf).filter((line) => line !== undefined);
  if (first?.event !== "start") return undefined;
  const problems = rest.filter(({ event }) => event === "config")
    .map(({ fields }) => String(fields.problem));
  const trouble = rest
    .filter(({ event, level }) => event !== "config" && /^(warn|error)$/.test(level))
    .map(({ atMs, event, fields }) => ({ atMs, text: `${event} ${JSON.stringify(fields)}` }));
  const end = rest.find(({ event }) => event === "end");
  const { version, mode, pid } = first.fields;
  return {
    atMs: first.atMs,
    version: String(version),
    mode: String(mode),
    pid: Number(pid),
    problems,
    trouble,
    ...(end && { end: { atMs: end.atMs, by: String(end.fields.by) } }),
  };
}

interface Line {
  readonly atMs: number;
  readonly level: string;
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

/** A line that a crash cut short counts for nothing. */
function lineOf(text: string): Line | undefined {
  try {
    const { time, level, event, ...fields } = JSON.parse(text);
    return { atMs: Date.parse(time), level, event, fields };
  } catch {
    return undefined;
  }
}
