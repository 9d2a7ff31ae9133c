/**
 * `doctor` as a person runs it on a broken set-up: the real program, files, ports and SQLite.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Served } from "../scripts/serve.ts";
import { SEED } from "./_helpers.ts";
import { Home } from "./_home.ts";

/** Breaks the set-up; whatever it returns is undone afterwards. */
type Break = (home: Home) => void | Disposable;

function journalOf(home: Home): DatabaseSync {
  home.openJournal().close();
  return new DatabaseSync(`${home.data}/journal.sqlite`);
}

function changeJournal(sql: string): Break {
  return (home) => {
    const db = journalOf(home);
    db.exec(sql);
    db.close();
  };
}

function userFile(bytes: Uint8Array<ArrayBuffer> | string, mode = 0o600): Break {
  return (home) => {
    Deno.mkdirSync(`${home.folder}/config/backpack-mcp`, { recursive: true });
    const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    Deno.writeFileSync(home.userFile, content, { mode });
  };
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const codes = Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0));
  return new Uint8Array(codes.buffer);
}

/** Held until the test ends. */
function lockJournal(home: Home): Disposable {
  const db = journalOf(home);
  db.exec("BEGIN EXCLUSIVE");
  return { [Symbol.dispose]: () => db.close() };
}

/** Hands `work` the address of an exchange that tells its time, and serves nobody. */
async function withExchange(work: (baseUrl: string) => Promise<void>): Promise<void> {
  await using server = new Served((request) =>
    request.url.endsWith("/time")
      ? new Response(String(Date.now()))
      : Response.json({ code: "RESOURCE_NOT_FOUND", message: "none" }, { status: 404 })
  );
  await work(server.baseUrl);
}

/** A port on which nothing listens any more. */
function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const ROWS: readonly {
  name: string;
  break?: Break;
  env?: Record<string, string>;
  line: RegExp;
  todo: string;
}[] = [
  {
    name: "a file saved as UTF-16",
    break: userFile(utf16(`BACKPACK_PRIVATE_KEY=${SEED}\n`)),
    line: /✗ settings {2}.*\/\.env$/,
    todo: "is not plain text: save it as UTF-8",
  },
  {
    name: "a file that others can read",
    break: userFile(`BACKPACK_PRIVATE_KEY=${SEED}\n`, 0o644),
    line: /✗ files .* holds a key, and others on this machine may read it$/,
    todo: "chmod 600",
  },
  {
    name: "a file where the data directory should be",
    break: (home) => {
      Deno.mkdirSync(`${home.folder}/state`);
      Deno.writeTextFileSync(home.data, "");
    },
    line: /✗ halt {6}whether the desk is halted can't be told, so no order can leave: Not a dir/,
    todo: "a directory that this user may read and write",
  },
  {
    name: "a journal that another process holds",
    break: lockJournal,
    line: /✗ journal {3}.* no order can leave: database is locked/,
    todo: "End the other process that holds it",
  },
  {
    name: "a journal whose row was changed",
    break: changeJournal("DROP TABLE entries"),
    line: /✗ journal {3}.* no order can leave: /,
    todo: "Keep the file",
  },
  {
    name: "a journal of a later version",
    break: changeJournal("PRAGMA user_version = 99"),
    line: /✗ journal {3}.*its version is 99/,
    todo: "Update backpack-mcp",
  },
  {
    name: "no home",
    env: { HOME: "", XDG_CONFIG_HOME: "", XDG_STATE_HOME: "" },
    line: /✗ data {6}the journal has no place/,
    todo: "set HOME",
  },
  {
    name: "an exchange that is not running",
    env: { BACKPACK_BASE_URL: `http://127.0.0.1:${closedPort()}` },
    line: /✗ exchange {2}.* refuses connections: /,
    todo: "an exchange of your own has to be started first",
  },
];

for (const row of ROWS) {
  Deno.test({
    name: `doctor tells of the real thing: ${row.name}`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withExchange(async (baseUrl) => {
        using home = new Home();
        using _held = row.break?.(home) ?? { [Symbol.dispose]: () => {} };
        const env = { BACKPACK_BASE_URL: baseUrl, ...row.env };
        const { code, stdout } = await home.run(["doctor"], { env });
        const lines = stdout.split("\n");
        const at = lines.findIndex((line) => row.line.test(line));
        assert(at >= 0, stdout);
        assertStringIncludes(lines[at + 1] ?? "", row.todo);
        assert(!stdout.includes(SEED));
        assertEquals(code, 1);
      }),
  });
}

Deno.test("doctor tells of the real thing: a port that speaks no TLS", async () => {
  await using server = new Served(() => new Response("plain"));
  using home = new Home();
  const env = { BACKPACK_BASE_URL: `https://127.0.0.1:${server.port}` };
  const { code, stdout } = await home.run(["doctor"], { env });
  assertStringIncludes(stdout, "offers no secure connection that can be trusted");
  assertStringIncludes(stdout, "is it a plain-HTTP port");
  assertEquals(code, 1);
});

Deno.test("doctor minds neither a byte order mark nor Windows line ends", async () => {
  using home = new Home();
  const text = `\ufeff# mine\r\nBACKPACK_MODE=paper\r\nBACKPACK_PRIVATE_KEY=${SEED}\r\n`;
  userFile(text)(home);
  const { code, stdout } = await home.run(["doctor"]);
  assertStringIncludes(stdout, "BACKPACK_MODE from");
  assertStringIncludes(stdout, "/.env, line 2");
  assertEquals(code, 0);
});
