/**
 * The doctor's look at the record of starts: how the latest servers here began and ended.
 *
 * @module
 */

import { readStart, type StartFile, type StartRecord } from "../starts.ts";
import type { Finding } from "./finding.ts";
import { durationText, timeText } from "./times.ts";
import type { DataDirectory } from "./world.ts";

const SHOWN_STARTS = 3;
const SHOWN_TROUBLE = 5;

/** The latest starts, newest first, and the end of the newest one's log. */
export function startFindings(data: DataDirectory): Finding[] {
  const starts = data.readStarts(SHOWN_STARTS).flatMap(startOf);
  const [newest] = starts;
  if (newest === undefined) {
    const text = `no server has started with ${data.path} yet`;
    return [{ check: "starts", state: "note", text }];
  }
  const trouble = newest.trouble.slice(-SHOWN_TROUBLE).map(({ atMs, text }): Finding => ({
    check: "starts",
    state: "note",
    text: `of the newest: ${timeText(atMs)} ${text}`,
  }));
  return [...starts.map(findingOf), ...trouble];
}

/** A start, and whether its server runs. */
type Start = StartRecord & Pick<StartFile, "isRunning">;

function startOf({ text, ...state }: StartFile): Start[] {
  const start = readStart(text);
  return start === undefined ? [] : [{ ...start, ...state }];
}

function findingOf(start: Start): Finding {
  const what = `${timeText(start.atMs)}, ${start.mode}, version ${start.version}`;
  const [problem] = start.problems;
  if (problem !== undefined) {
    const more = start.problems.length > 1 ? ` (and ${start.problems.length - 1} more)` : "";
    return {
      check: "starts",
      state: "warning",
      text: `${what}: the desk was closed: ${problem}${more}`,
      todo: "settings are read once: after a correction, restart the client",
    };
  }
  return { check: "starts", ...endOf(start, what) };
}

function endOf({ atMs, pid, end, isRunning }: Start, what: string): Omit<Finding, "check"> {
  if (end === undefined) {
    const state = isRunning === undefined ? "is still running, or was killed" : "was killed";
    const text = isRunning
      ? `process ${pid} is running`
      : `no end on record: process ${pid} ${state}`;
    return { state: isRunning ? "ok" : "note", text: `${what}: ${text}` };
  }
  const tookText = durationText(end.atMs - atMs);
  if (end.by === "client") {
    return { state: "ok", text: `${what}: ended by its client after ${tookText}` };
  }
  const isSignal = end.by.startsWith("SIG");
  const text = `${what}: ended by ${isSignal ? end.by : `a fault: ${end.by}`} after ${tookText}`;
  if (isSignal) return { state: "ok", text };
  return { state: "warning", text, todo: "tell the maintainers what the fault says" };
}
