import { assertEquals } from "@std/assert";
import { createLog, LOG_LEVELS, type LogLevel } from "../lib/log.ts";
import { createRedact, Secret } from "../lib/secret.ts";

function linesAt(level: LogLevel): string[] {
  const lines: string[] = [];
  const redact = createRedact([new Secret("hunter2hunter2")]);
  const log = createLog({ level, redact, now: () => 0, write: (line) => lines.push(line) });
  for (const each of LOG_LEVELS) log[each]("x", { text: `a ${"hunter2hunter2"} b\n` });
  return lines;
}

Deno.test("the log writes one redacted JSON object a line", () => {
  assertEquals(linesAt("error"), [
    '{"time":"1970-01-01T00:00:00.000Z","level":"error","event":"x","text":"a [redacted] b\\n"}\n',
  ]);
});

Deno.test("the log drops what is above its level", () => {
  assertEquals(LOG_LEVELS.map((level) => linesAt(level).length), [1, 2, 3, 4]);
});
