/**
 * The record of starts: what is kept of each, for how long, and what the doctor says of it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createRedact, Secret } from "../lib/secret.ts";
import {
  KEPT_STARTS,
  logWithRecord,
  outdatedStarts,
  readStart,
  type StartFile,
  startFileName,
} from "../lib/starts.ts";
import { openStartLog, readStartLogs } from "../lib/program/start_log.ts";
import { Person } from "./_cli.ts";
import { SEED, START_MS } from "./_helpers.ts";
import { denoCommand, denoDir, Program, ROOT, withFolder } from "./_program.ts";

const TIME = new Date(START_MS).toISOString();

function line(event: string, fields: Record<string, unknown>, level = "info"): string {
  return `${JSON.stringify({ time: TIME, level, event, ...fields })}\n`;
}

const STARTED = line("start", { version: "1.2.3", mode: "live", pid: 4711 });

/** What `doctor` says in its lines about starts. */
async function said(...starts: (string | StartFile)[]): Promise<string[]> {
  const { stdout } = await new Person({ env: {}, starts }).run("doctor");
  const lines = stdout.split("\n");
  return lines.flatMap((text, at) => {
    if (!/^\S starts /.test(text)) return [];
    return lines[at + 1]?.includes("→") ? [text, (lines[at + 1] ?? "").trim()] : [text];
  });
}

Deno.test("startFileName() sorts by time, and outdatedStarts() makes room for one more", () => {
  const names = Array.from({ length: KEPT_STARTS + 2 }, (_, index) => startFileName(index, 7));
  assertEquals(names[0], "1970-01-01T00-00-00.000Z-7.jsonl");
  assertEquals(outdatedStarts([...names, "notes.txt", "-1.jsonl"].reverse()), names.slice(0, 3));
  assertEquals(outdatedStarts(names.slice(0, KEPT_STARTS - 1)), []);
});

Deno.test("the record has what matters, redacted, whatever stderr is asked for", () => {
  const shown: string[] = [];
  const kept: string[] = [];
  const redact = createRedact([new Secret(SEED)]);
  const options = { redact, now: () => START_MS, write: (text: string) => void shown.push(text) };
  const log = logWithRecord({ ...options, level: "error" }, (text) => kept.push(text));
  log.info("start", { version: "1", mode: "paper", pid: 1 });
  log.error("journal", { problem: `the seed is ${SEED}` });
  log.debug("request");
  assertEquals(shown, [line("journal", { problem: "the seed is [redacted]" }, "error")]);
  assertEquals(kept, [line("start", { version: "1", mode: "paper", pid: 1 }), ...shown]);
});

Deno.test("readStart() reads a whole log, and one that a crash cut short", () => {
  const text = STARTED + line("config", { problem: "A: wrong" }, "error") +
    line("watch", { reason: "x" }, "warn") + line("resolved", {});
  const start = { atMs: START_MS, version: "1.2.3", mode: "live", pid: 4711 };
  const trouble = [{ atMs: START_MS, text: 'watch {"reason":"x"}' }];
  const open = { ...start, problems: ["A: wrong"], trouble };
  assertEquals(readStart(`${text}{"time":"2026-`), open);
  const end = { atMs: START_MS, by: "client" };
  assertEquals(readStart(text + line("end", { by: "client" })), { ...open, end });
  assertEquals(readStart('{"time":'), undefined);
});

Deno.test("doctor says how the latest servers ended, and the newest one's troubles", async () => {
  const when = `${TIME.slice(0, 19).replace("T", " ")}Z, live, version 1.2.3`;
  assertEquals(await said(), ["· starts    no server has started with /data yet"]);
  assertEquals(await said(STARTED + line("end", { by: "client" })), [
    `✓ starts    ${when}: ended by its client after 0 s`,
  ]);
  assertEquals(
    await said({ text: STARTED, isRunning: true }, { text: STARTED, isRunning: false }),
    [
      `✓ starts    ${when}: process 4711 is running`,
      `· starts    ${when}: no end on record: process 4711 was killed`,
    ],
  );
  assertEquals(await said(STARTED + line("end", { by: "SIGTERM" })), [
    `✓ starts    ${when}: ended by SIGTERM after 0 s`,
  ]);
  assertEquals(
    await said(
      STARTED + line("watch", { reason: "x" }, "warn"),
      STARTED + line("config", { problem: "A: wrong" }, "error") + line("end", { by: "client" }),
      STARTED + line("end", { by: "TypeError: no" }),
      "not read any more",
    ),
    [
      `· starts    ${when}: no end on record: process 4711 is still running, or was killed`,
      `! starts    ${when}: the desk was closed: A: wrong`,
      "→ settings are read once: after a correction, restart the client",
      `! starts    ${when}: ended by a fault: TypeError: no after 0 s`,
      "→ tell the maintainers what the fault says",
      `· starts    of the newest: ${when.slice(0, 20)} watch {"reason":"x"}`,
    ],
  );
});

Deno.test("the record is for its owner alone, bounded in number and in size", () =>
  withFolder((folder) => {
    for (let count = 0; count < KEPT_STARTS + 3; count++) {
      const record = openStartLog(folder, START_MS + count);
      record.keep(STARTED);
      record.close();
    }
    const names = [...Deno.readDirSync(`${folder}/starts`)].map(({ name }) => name);
    assertEquals(names.length, KEPT_STARTS);
    const { keep, close } = openStartLog(folder, START_MS + 1000);
    keep(STARTED);
    for (let count = 0; count < 2000; count++) {
      keep(line("request", { count, text: "x".repeat(99) }));
    }
    keep(line("long", { text: "x".repeat(100_000) }));
    keep(line("end", { by: "client" }));
    close();
    const newest = readStartLogs(folder, 1)[0]?.text ?? "";
    assert(newest.length <= 64 * 1024);
    const { end, pid } = readStart(newest) ?? {};
    assertEquals([pid, end?.by], [4711, "client"]);
    assertStringIncludes(newest, '"count":1999');
    if (Deno.build.os !== "windows") {
      const [name = ""] = [...Deno.readDirSync(`${folder}/starts`)].map(({ name }) => name);
      const modes = [`${folder}/starts`, `${folder}/starts/${name}`]
        .map((path) => (Deno.statSync(path).mode ?? 0) & 0o777);
      assertEquals(modes, [0o700, 0o600]);
    }
    return Promise.resolve();
  }));

Deno.test("a record that can't be kept stops nothing", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/starts`, "in the way");
    openStartLog(folder, START_MS).keep(STARTED);
    openStartLog(undefined, START_MS).keep(STARTED);
    assertEquals(readStartLogs(folder, 3), []);
    const server = startIn(folder);
    assertEquals((await server.initialize()).result.serverInfo.name, "backpack-mcp (paper)");
    assertEquals((await server.end()).code, 0);
  }));

/** A server with `folder` for its data. */
function startIn(
  folder: string,
  env: Record<string, string> = {},
  command: readonly string[] = ["main.ts"],
): Program {
  const grants = [`--allow-read=.env,${folder}`, `--allow-write=${folder}`, "--allow-env"];
  return new Program({
    command: denoCommand(grants, ...command.map((path, at) => at === 0 ? ROOT + path : path)),
    cwd: folder,
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: "", DENO_DIR: denoDir() },
      ...{ BACKPACK_DATA_DIR: folder, BACKPACK_MODE: "paper", ...env },
    },
  });
}

Deno.test("each server leaves its record: ended by its client, by a signal, killed, closed", () =>
  withFolder(async (folder) => {
    const [first, second, third] = [startIn(folder), startIn(folder), startIn(folder)];
    await Promise.all([first, second, third].map((server) => server.initialize()));
    await first.end();
    second.signal("SIGTERM");
    await second.ended();
    await second.end();
    await third.kill();
    const running = startIn(folder);
    await running.initialize();
    const states = (): unknown[] => readStartLogs(folder, 9).map(({ isRunning }) => isRunning);
    if (Deno.build.os !== "windows") assertEquals(states(), [true, false, false, false]);
    await running.kill();
    if (Deno.build.os !== "windows") assertEquals(states(), [false, false, false, false]);
    const closed = startIn(folder, { BACKPACK_TIMEOUT: SEED });
    await closed.initialize();
    assertEquals((await closed.end()).code, 2);
    const texts = readStartLogs(folder, 9).map(({ text }) => text);
    const starts = texts.map(readStart);
    assertEquals(starts.map((start) => start?.end?.by ?? "none").sort(), [
      ...["SIGTERM", "client", "client", "none", "none"],
    ]);
    assertMatch(starts[0]?.problems.join() ?? "", /^BACKPACK_TIMEOUT: /);
    assert(!texts.join("").includes(SEED));
  }));

Deno.test("a server that a fault ends says which, without a key", () =>
  withFolder(async (folder) => {
    const env = { BACKPACK_PRIVATE_KEY: SEED };
    const server = startIn(folder, env, ["tests/_crashing.ts", SEED]);
    await server.ended();
    assertEquals((await server.end()).code, 1);
    const text = readStartLogs(folder, 1)[0]?.text ?? "";
    assertEquals(readStart(text)?.end?.by, "TypeError: gone bad with [redacted]");
  }));
