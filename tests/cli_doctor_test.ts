/**
 * `doctor`: a row for each way in which a set-up is broken, and what is said of it.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { OTHER, PUBLIC, SEED, USER } from "./_config.ts";
import { Person, type PersonOptions } from "./_cli.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { json, MEMORY, START_MS, TestClock } from "./_helpers.ts";
import { refusal, type Route } from "./_routes.ts";

const KEY = { BACKPACK_PRIVATE_KEY: SEED };
const ACCOUNT: Record<string, Route> = { "GET /api/v1/account": () => json({ autoLend: false }) };
const HTML = (): Response =>
  new Response("<html><b>Sign in to the hotel's network</b></html>", {
    headers: { "content-type": "text/html" },
  });

function sound(options: PersonOptions = {}): Person {
  const journal = Journal.open(MEMORY, () => START_MS);
  return new Person({ env: KEY, journal, ...options, routes: { ...ACCOUNT, ...options.routes } });
}

function file(text: string): PersonOptions {
  return { env: {}, sources: { userFile: { path: USER, text } } };
}

Deno.test("doctor says of a sound set-up what it found, and no value", async () => {
  const user = `BACKPACK_PRIVATE_KEY=${SEED}\nBACKPACK_PUBLIC_KEY=${PUBLIC}\n`;
  const person = sound({ ...file(user), env: { BACKPACK_TIMEOUT: "20" } });
  const { code, stdout, stderr } = await person.run("doctor");
  assertEquals(
    stdout,
    `✓ program   backpack-mcp 1.2.3 on linux: /opt/backpack-mcp
✓ sandbox   permissions are limited to what it needs
✓ settings  BACKPACK_PRIVATE_KEY from ${USER}, line 1
✓ settings  BACKPACK_PUBLIC_KEY from ${USER}, line 2
✓ settings  BACKPACK_TIMEOUT from the environment
✓ files     ${USER}, for you alone
✓ keys      private and public key belong together (ff73a0647bbc29aa)
✓ halt      not halted
✓ journal   the journal in /data is sound (\`audit --verify\` checks all of it)
✓ orders    the outcome of every order is known
✓ exchange  https://api.backpack.exchange answers
✓ clock     0 s off
✓ account   the exchange accepts the key
· account   whether the key may trade can't be told without an order: Backpack's list of API keys says which are Read Only
✓ client    a client sees backpack-mcp with ${TOOLS.length} tools

Nothing stands in the way of an order.
`,
  );
  assertEquals([code, stderr], [0, "Asking https://api.backpack.exchange …\n"]);
  assertEquals(person.exchange.effects(), []);
});

Deno.test("doctor --json is one value, with nothing on stderr where no person looks", async () => {
  const { code, stdout, stderr } = await sound({ piped: true }).run("doctor", "--json");
  const { ok, findings } = JSON.parse(stdout);
  assertEquals([code, ok, stderr], [0, true, ""]);
  assertEquals(findings[0], {
    check: "program",
    state: "ok",
    text: "backpack-mcp 1.2.3 on linux: /opt/backpack-mcp",
  });
});

Deno.test("doctor minds no file that holds no key", async () => {
  const text = "BACKPACK_LOG=debug\n# BACKPACK_PRIVATE_KEY=\n";
  const machine = { modeOf: () => 0o100644 };
  const { code, stdout } = await sound({ ...file(text), env: KEY, machine }).run("doctor");
  assertEquals(code, 0);
  assertStringIncludes(stdout, `✓ files     ${USER}, without a key`);
});

Deno.test("doctor does not call a file private where the system has no modes", async () => {
  const machine = { os: "windows", modeOf: () => undefined };
  const { stdout } = await sound({ ...file(`BACKPACK_PRIVATE_KEY=${SEED}\n`), machine }).run(
    "doctor",
  );
  assertStringIncludes(
    stdout,
    `· files     ${USER} holds a key; who else may read it can't be told`,
  );
});

Deno.test("doctor needs neither keys nor network for paper", async () => {
  const { code, stdout } = await sound({ env: { BACKPACK_MODE: "paper" } }).run("doctor");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "✓ keys      paper trading needs none");
  assertStringIncludes(stdout, "✓ exchange  simulated in this program");
});

function unknownOrder(): Journal {
  const journal = Journal.open(MEMORY, () => START_MS);
  const body = { tool: "create_order", symbol: "SOL_USDC", key: "k", request: {} };
  journal.transact(() => journal.append("intent", { clientId: 8, body }));
  return journal;
}

function halted(person: Person): void {
  person.halt = { sinceMs: START_MS - 60_000, reason: "the day's loss" };
}

function clockOff(offsetMs: number): PersonOptions {
  const clock = new TestClock();
  return {
    clock,
    routes: { "GET /api/v1/time": () => new Response(String(clock.now() + offsetMs)) },
  };
}

const JOURNAL = "/data/journal.sqlite";

/** A broken set-up, the line that names it, and what to do; a warning does not end with 1. */
const BROKEN: readonly {
  name: string;
  given: PersonOptions;
  line: string;
  todo: string;
  isWarning?: true;
  prepare?: (person: Person) => void;
}[] = [
  {
    name: "no key",
    given: { env: {} },
    line: "✗ keys      there is no key",
    todo: "`backpack-mcp keygen` makes one",
  },
  {
    name: "a key that the exchange does not know",
    given: {
      routes: {
        "GET /api/v1/account": () => refusal("INVALID_CLIENT_REQUEST", "Invalid signature"),
      },
    },
    line: '✗ account   The exchange refused: INVALID_CLIENT_REQUEST "Invalid signature"',
    todo: "Check that the configured key is this account's",
  },
  {
    name: "swapped keys",
    given: { env: { BACKPACK_PRIVATE_KEY: PUBLIC, BACKPACK_PUBLIC_KEY: SEED } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "swapped",
  },
  {
    name: "the same key twice",
    given: { env: { BACKPACK_PRIVATE_KEY: SEED, BACKPACK_PUBLIC_KEY: SEED } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "holds the same text as the public key",
  },
  {
    name: "somebody else's public key",
    given: { env: { ...KEY, BACKPACK_PUBLIC_KEY: OTHER } },
    line: "✗ settings  BACKPACK_PUBLIC_KEY",
    todo: "is not the public key of the private key",
  },
  {
    name: "a blank in a key",
    given: { env: { BACKPACK_PRIVATE_KEY: `${SEED.slice(0, 20)} ${SEED.slice(20)}` } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "holds a blank or a line break",
  },
  {
    name: "half a key",
    given: { env: { BACKPACK_PRIVATE_KEY: SEED.slice(0, 20) } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "15 bytes long: wanted base64 of 32 bytes",
  },
  {
    name: "a key in hexadecimal",
    given: { env: { BACKPACK_PRIVATE_KEY: Uint8Array.fromBase64(SEED).toHex() } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "looks like hexadecimal",
  },
  {
    name: "a public key alone",
    given: { env: { BACKPACK_API_KEY: PUBLIC } },
    line: "✗ settings  BACKPACK_API_KEY",
    todo: "without its private key",
  },
  {
    name: "two values for one name",
    given: file(`BACKPACK_PRIVATE_KEY=${SEED}\nBACKPACK_SECRET_KEY=${OTHER}\n`),
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "two names for one thing",
  },
  {
    name: "a name twice in a file",
    given: file("BACKPACK_MODE=live\nBACKPACK_MODE=paper\n"),
    line: "✗ settings  BACKPACK_MODE",
    todo: "is set twice with different values",
  },
  {
    name: "a misspelt name",
    given: file(`BACKPACK_PRIVAT_KEY=${SEED}\n`),
    line: "✗ settings  BACKPACK_PRIVAT_KEY",
    todo: "BACKPACK_PRIVATE_KEY",
  },
  {
    name: "a malformed mode",
    given: { env: { ...KEY, BACKPACK_MODE: "Paper" } },
    line: "✗ settings  BACKPACK_MODE",
    todo: "wanted live or paper, in lower case",
  },
  {
    name: "a working directory that loosens",
    given: { sources: { workingFile: { path: ".env", text: "BACKPACK_TIMEOUT=49\n" } } },
    line: "✗ settings  BACKPACK_TIMEOUT",
    todo: USER,
  },
  {
    name: "a file that can't be read",
    given: { sources: { unreadable: [USER] } },
    line: `✗ settings  ${USER}`,
    todo: "chmod 600",
  },
  {
    name: "a file that others can read",
    given: { ...file(`BACKPACK_PRIVATE_KEY=${SEED}\n`), machine: { modeOf: () => 0o100640 } },
    line: `✗ files     ${USER} holds a key, and others on this machine may read it`,
    todo: `chmod 600 ${USER}`,
  },
  {
    name: "a proxy",
    given: { env: { ...KEY, HTTPS_PROXY: "http://proxy.test" } },
    line: "✗ settings  HTTPS_PROXY",
    todo: "BACKPACK_PROXY=allow",
  },
  {
    name: "a host without permission",
    given: { sources: { grantedNet: () => false } },
    line: "✗ settings  BACKPACK_BASE_URL",
    todo: "deno task compile",
  },
  {
    name: "all permissions",
    given: { machine: { unlimited: ["net", "run"] } },
    line: "✗ sandbox   it may do anything with: net, run",
    todo: "deno task start",
  },
  {
    name: "a data directory that is no absolute path",
    given: { env: { ...KEY, BACKPACK_DATA_DIR: "data" } },
    line: "✗ data      the journal has no place",
    todo: "wanted an absolute path",
  },
  {
    name: "a data directory without permission",
    given: { forbidden: true },
    line: "✗ data      the journal has no place",
    todo: "deno task compile --data-dir /data",
  },
  {
    name: "a directory that is read-only",
    given: { journal: new JournalError("unwritable", JOURNAL, "Read-only file system") },
    line: "✗ journal   the journal in /data can't be used: no order can leave",
    todo: "Read-only file system. Free disk space, let this user write",
  },
  {
    name: "a damaged journal",
    given: { journal: new JournalError("damaged", JOURNAL, "row 17 was changed") },
    line: "✗ journal   the journal in /data can't be used: no order can leave",
    todo: "row 17 was changed. Nothing was overwritten. Keep the file",
  },
  {
    name: "a journal of a later version",
    given: { journal: new JournalError("newer", JOURNAL, "its version is 9") },
    line: "✗ journal   the journal in /data can't be used: no order can leave",
    todo: "Update backpack-mcp",
  },
  {
    name: "halted",
    given: {},
    prepare: halted,
    line: "✗ halt      Halted since 2025-12-31 23:59:00Z (1 min ago): the day's loss",
    todo: "`backpack-mcp resume`",
  },
  {
    name: "an order of unknown outcome",
    given: { journal: unknownOrder() },
    line: "✗ orders    of unknown outcome: client id 8",
    todo: "`backpack-mcp pending` and `resolve` say more",
  },
  {
    name: "a host that is not there",
    given: {
      routes: {
        "GET /api/v1/time": () =>
          Promise.reject(new TypeError("client error (Connect): dns error: no such host")),
      },
    },
    line: "✗ exchange  https://api.backpack.exchange does not answer as it should: No connection",
    todo: "look at BACKPACK_BASE_URL and at the network",
  },
  {
    name: "a portal that answers in HTML",
    given: { routes: { "GET /api/v1/time": HTML } },
    line:
      "✗ exchange  https://api.backpack.exchange does not answer as it should: The exchange did " +
      "not tell its time",
    todo: "something on the way answered in the exchange's place",
  },
  {
    name: "a firewall's 403",
    given: {
      routes: { "GET /api/v1/time": () => new Response("<html>blocked</html>", { status: 403 }) },
    },
    line: "✗ exchange  https://api.backpack.exchange does not answer as it should: The exchange " +
      'answered: HTTP 403 "<html>blocked</html>"',
    todo: "look at BACKPACK_BASE_URL and at the network",
  },
  {
    name: "an exchange in trouble",
    given: { routes: { "GET /api/v1/time": () => new Response("down", { status: 503 }) } },
    line: "✗ exchange  https://api.backpack.exchange does not answer as it should: The exchange",
    todo: "status page",
  },
  {
    name: "a clock that is two minutes behind",
    given: clockOff(120_000),
    isWarning: true,
    line: "! clock     this machine's clock is 2 min behind",
    todo: "set it",
  },
  {
    name: "a clock that is ahead",
    given: clockOff(-95_000),
    isWarning: true,
    line: "! clock     this machine's clock is 1 min 35 s ahead",
    todo: "set it",
  },
];

for (const { name, given, line, todo, isWarning, prepare } of BROKEN) {
  Deno.test(`doctor names what is broken and what to do: ${name}`, async () => {
    const person = sound(given);
    prepare?.(person);
    const { code, stdout, stderr } = await person.run("doctor");
    const lines = stdout.split("\n");
    const at = lines.findIndex((text) => text.startsWith(line));
    assert(at >= 0, stdout);
    assertStringIncludes(lines[at + 1] ?? "", todo);
    assertEquals(code, isWarning ? 0 : 1);
    assertEquals(person.exchange.effects(), []);
    for (const secret of [SEED, OTHER, PUBLIC]) assert(!(stdout + stderr).includes(secret));
  });
}

Deno.test("doctor counts the tools of the groups that the owner left in", async () => {
  const rows: [Record<string, string>, string][] = [
    [{ BACKPACK_TOOLS: "market" }, "with 7 tools of market"],
    [{ BACKPACK_TOOLS: "orders,market" }, "with 19 tools of market and orders"],
    [{ BACKPACK_TOOLS: "orders", BACKPACK_READ_ONLY: "true" }, "with 8 tools of orders, none"],
    [{ BACKPACK_TOOLS: "orders,account,market" }, `with ${TOOLS.length} tools\n`],
  ];
  for (const [env, wanted] of rows) {
    const { stdout } = await sound({ env: { ...KEY, ...env } }).run("doctor");
    assertStringIncludes(stdout, `a client sees backpack-mcp ${wanted}`);
  }
});

Deno.test("doctor asks nobody while the settings have problems, and says what a client sees", async () => {
  const person = sound({ env: { BACKPACK_MODE: "demo", BACKPACK_WINDOW: "0" } });
  const { stdout } = await person.run("doctor");
  assertEquals(person.exchange.received, []);
  assertStringIncludes(stdout, "· exchange  not asked: the settings have problems");
  assertStringIncludes(stdout, "✗ client    a client sees a closed desk: BACKPACK_");
  assertStringIncludes(stdout, "(and 1 more)");
});

Deno.test("doctor colours its marks where colours are wanted", async () => {
  const person = sound();
  const world = await person.world();
  let out = "";
  const { doctor } = await import("../lib/cli/doctor.ts");
  const terminal = {
    ...world.terminal,
    hasColours: true,
    print: (text: string) => void (out += text),
  };
  const given = { switches: new Set<string>(), values: new Map<string, string>(), operands: [] };
  await person.clock.run(Promise.resolve(doctor.run(given, { ...world, terminal })));
  assertStringIncludes(out, "\u001b[32m✓\u001b[0m program");
});
