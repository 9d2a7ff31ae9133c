/**
 * The log: one JSON object a line, redacted, over an injected write function. stdout belongs to
 * JSON-RPC, so nothing else in the program writes lines of its own.
 *
 * @module
 */

import type { Redact } from "./secret.ts";

/** From the least to the most talkative. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Writes one event; `fields` must be JSON values. */
export type LogEvent = (event: string, fields?: Record<string, unknown>) => void;

/** A function for each level. */
export type Log = Readonly<Record<LogLevel, LogEvent>>;

/** What {@linkcode createLog} needs. */
export interface LogOptions {
  /** Events above this level are dropped. */
  level: LogLevel;
  /** Takes the secrets out of a line. */
  redact: Redact;
  /** Unix ms. */
  now(): number;
  /** Writes one line, its newline included. */
  write(line: string): void;
}

/** A log that writes lines such as `{"time":"2026-01-01T00:00:00.000Z","level":"info","event":"start"}`. */
export function createLog(options: LogOptions): Log {
  const at = (level: LogLevel): LogEvent => (event, fields) => {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(options.level)) return;
    const time = new Date(options.now()).toISOString();
    options.write(options.redact(JSON.stringify({ time, level, event, ...fields })) + "\n");
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}
