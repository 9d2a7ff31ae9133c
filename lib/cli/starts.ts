/**
 * The doctor's look at the record of starts: how the latest servers here began and ended.
 *
 * @module
 */

import { readStart, type StartRecord } from "../starts.ts";
import type { Finding } from "./finding.ts";
import { durationText, timeText } from "./times.ts";
import type { DataDirectory } from "./world.ts";

const SHOWN_STARTS = 3;
const SHOWN_TROUBLE = 5;

/** The latest starts, newest first, and the end of the newest one's log. */
export function startFindings(data: DataDirectory): Finding[] {
  const starts = data.readStarts(SHOWN_STARTS).map(readStart)
    .filter((start) => start !== undefined);
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

function findingOf(start: StartRecord): Finding {
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

function endOf({ atMs, pid, end }: StartRecord, what: string): Omit<Finding, "check"> {
  if (end === undefined) {
    return {
      state: "note",
      text: `${what}: no end on record: process ${pid} is still running, or was killed`,
    };
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
