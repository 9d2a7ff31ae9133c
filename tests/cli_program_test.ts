/**
 * The commands as a person types them: the real program, a real directory, and for a yes a real
 * terminal.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { recordQuestion } from "../lib/journal/approvals.ts";
import { Served } from "../scripts/serve.ts";
import { API_KEY, SEED } from "./_helpers.ts";
import { Home, SCRIPT } from "./_home.ts";
import { denoCommand, type Ended, Program, ROOT, runToEnd } from "./_program.ts";
import { serverGrants } from "../scripts/grants.ts";

const CODE = "K7QX2M";

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

/** Only a process that may read and write everything may make a link. */
async function linkToNothing(path: string, { folder, env }: Home): Promise<void> {
  const link = `Deno.symlinkSync("nothing", ${JSON.stringify(path)})`;
  const { code } = await runToEnd({ command: [Deno.execPath(), "eval", link], cwd: folder, env });
  assertEquals(code, 0);
}

Deno.test("halt and resume work on a directory that did not exist", async () => {
  using home = new Home();
  const halted = await home.run(["halt"]);
  assertEquals([halted.code, halted.stdout], [
    0,
    `Halted: no new order leaves a desk whose data directory is ${home.data}.\n`,
  ]);
  if (Deno.build.os !== "windows") {
    const paths = [home.data, `${home.data}/HALT`, `${home.data}/journal.sqlite`];
    assertEquals(paths.map(modeOf), ["700", "600", "600"]);
  }
  assertEquals((await home.run(["resume"], { input: "yes\n" })).code, 2);
  const resumed = await home.run(["resume", "--yes"]);
  assertEquals(resumed.code, 0);
  assertMatch(
    resumed.stderr,
    /^Halted since 20.* ago\): The owner halted the desk by backpack-mcp halt\n$/,
  );
  using journal = home.openJournal();
  assertEquals([...journal.entries({})].map(({ kind }) => kind), ["opened", "halted", "resumed"]);
});

Deno.test("another user's build says that it is one, and nothing of a file that may not be there", async () => {
  using home = new Home();
  const elsewhere = `${home.folder}/elsewhere`;
  const { code, stdout } = await home.run(["doctor"], { env: { XDG_CONFIG_HOME: elsewhere } });
  assertEquals(code, 1);
  assertStringIncludes(stdout, `✗ settings  ${elsewhere}/backpack-mcp/.env\n`);
  assertStringIncludes(stdout, "built for another user or HOME: run `deno task compile` as this");
  for (const untrue of ["cannot be read", "there is no "]) {
    assertEquals(stdout.includes(untrue), false, untrue);
  }
});

Deno.test("a data directory that was not granted is named, and no halt of the owner's is invented", async () => {
  using home = new Home();
  const elsewhere = `${home.folder}/elsewhere`;
  const advice = `\`deno task compile --data-dir ${elsewhere}\` builds one that has`;
  const server = new Program({
    command: home.command([]),
    cwd: home.folder,
    env: { ...home.env, BACKPACK_DATA_DIR: elsewhere, BACKPACK_BASE_URL: "http://127.0.0.1:1" },
  });
  await server.initialize();
  const { structuredContent: told } = await server.call("get_status");
  assertMatch(told.obstacles[0], /^Whether the owner has halted the desk can't be told: /);
  assertStringIncludes(told.notes.at(-1), `this program has no permission for ${elsewhere}. `);
  assertStringIncludes(told.notes.at(-1), advice);
  assertEquals((await server.end()).code, 0);
  const doctor = await home.run(["doctor"], { env: { BACKPACK_DATA_DIR: elsewhere } });
  assertStringIncludes(doctor.stdout, advice);
});

Deno.test("halt is finished even when nobody reads its answer", async () => {
  using home = new Home();
  const [program = "", ...args] = home.command(["halt"]);
  const options = { args, env: home.env, stdin: "null", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(program, options).spawn();
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  assertEquals((await child.status).code, 0);
  using journal = home.openJournal();
  assertEquals([...journal.entries({ kind: "halted" })].length, 1);
});

Deno.test("no key or signature leaves a command, whatever the exchange echoes", async () => {
  using home = new Home();
  const signatures: string[] = [];
  await using server = new Served((request) => {
    if (request.url.endsWith("/time")) return new Response(String(Date.now()));
    signatures.push(request.headers.get("x-signature") ?? "");
    const message = [...request.headers].join(" ");
    return Response.json({ code: "INVALID_CLIENT_REQUEST", message }, { status: 400 });
  });
  const env = {
    BACKPACK_BASE_URL: server.baseUrl,
    BACKPACK_PRIVATE_KEY: SEED,
    BACKPACK_LOG: "debug",
  };
  const commands = [["orders"], ["balances", "--json"], ["doctor"], ["halt", "--cancel-all"]];
  const ended = await Promise.all(commands.map((args) => home.run(args, { env })));
  for (const { code, stdout, stderr } of ended) {
    assertEquals(code, 1);
    assertStringIncludes(stdout + stderr, "[redacted]");
    for (const secret of [SEED, API_KEY, ...signatures]) {
      assertEquals((stdout + stderr).includes(secret), false);
    }
  }
  assertEquals(signatures.length > 0 && signatures.every((text) => text.length === 88), true);
});

Deno.test("halt needs no journal that can be read", async () => {
  using home = new Home();
  Deno.mkdirSync(home.data, { recursive: true });
  Deno.writeTextFileSync(`${home.data}/journal.sqlite`, "not a journal".repeat(100));
  const { code, stderr } = await home.run(["halt"], { env: { BACKPACK_MODE: "demo" } });
  assertEquals([code, Deno.statSync(`${home.data}/HALT`).isFile], [0, true]);
  assertStringIncludes(stderr, "could not be recorded");
});

Deno.test("a running desk stops at once when its owner halts it", async () => {
  using home = new Home();
  await home.run(["halt"]);
  const request = (id: number, method: string, params: unknown): string =>
    JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n";
  const input = request(0, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  }) + request(1, "tools/call", {
    name: "create_order",
    arguments: { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" },
  });
  const { stdout } = await home.run([], { input, env: { BACKPACK_MODE: "paper" } });
  assertEquals(JSON.parse(stdout.trim().split("\n")[1] ?? "").result.isError, true);
  assertStringIncludes(stdout, "halted");
});

Deno.test("halt reaches a desk whose client has put the data elsewhere, and resume ends it", async () => {
  using home = new Home();
  const user = `${home.folder}/.local/state/backpack-mcp`;
  const elsewhere = `${home.folder}/elsewhere`;
  const { userFile: userFilePath, env } = home;
  // What the launcher grants, to a client that names a directory, and to a terminal that does not.
  const common = { userFilePath, baseUrl: undefined, everyDesksDirectory: user };
  const program = (dataDirectory: string, ...args: string[]): string[] =>
    denoCommand(serverGrants({ ...common, dataDirectory }), `${ROOT}main.ts`, ...args);
  const server = new Program({
    command: program(elsewhere),
    cwd: home.folder,
    env: { ...env, BACKPACK_MODE: "paper", BACKPACK_DATA_DIR: elsewhere },
  });
  await server.initialize();
  const order = {
    symbol: "SOL_USDC",
    side: "Bid",
    orderType: "Limit",
    price: "130",
    quantity: "1",
  };
  const place = async (): Promise<string> => {
    const { content, structuredContent } = await server.call("create_order", order);
    return structuredContent?.outcome ?? JSON.parse(content[0].text).code;
  };
  const onTerminal = (...args: string[]): Promise<Ended> =>
    runToEnd({
      command: program(user, ...args),
      cwd: home.folder,
      env: { ...env, XDG_STATE_HOME: "" },
    });
  assertEquals(await place(), "placed");
  assertEquals((await onTerminal("halt")).code, 0);
  assertEquals(await place(), "halted");
  assertEquals((await onTerminal("resume", "--yes")).code, 0);
  // Windows lets only some users make links.
  for (const directory of Deno.build.os === "windows" ? [] : [user, elsewhere]) {
    await linkToNothing(`${directory}/HALT`, home);
    assertEquals(await place(), "halted", `a link to nothing in ${directory}`);
    Deno.removeSync(`${directory}/HALT`);
  }
  assertEquals(await place(), "repeat");
  assertEquals((await server.end()).code, 0);
});

Deno.test("a directory that was not granted is refused with the way to get it", async () => {
  using home = new Home();
  const { code, stderr } = await home.run(["halt", "--data-dir", `${home.folder}/other`]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, `deno task compile --data-dir ${home.folder}/other`);
});

Deno.test("the directory that was granted at the start is the one that commands use", async () => {
  using home = new Home();
  const env = { XDG_STATE_HOME: `${home.folder}/elsewhere` };
  const granted = `--granted-data-dir=${home.data}`;
  assertEquals((await home.run([granted, "halt"], { env })).code, 0);
  assertEquals(Deno.statSync(`${home.data}/HALT`).isFile, true);
  // Even where the settings have problems.
  const broken = { ...env, BACKPACK_MODE: "demo" };
  assertEquals((await home.run([granted, "resume", "--yes"], { env: broken })).code, 0);
  assertEquals([...Deno.readDirSync(home.data)].some(({ name }) => name === "HALT"), false);
});

Deno.test("keygen fills the .env that the desk then reads, and doctor says who else can", async () => {
  using home = new Home();
  const { code, stdout, stderr } = await home.run(["keygen"]);
  assertEquals(code, 0);
  Deno.mkdirSync(`${home.folder}/config/backpack-mcp`, { recursive: true });
  const path = `${home.folder}/config/backpack-mcp/.env`;
  Deno.writeTextFileSync(path, stdout, { mode: 0o644 });
  const env = { BACKPACK_BASE_URL: "http://127.0.0.1:9" };
  const doctor = await home.run(["doctor", "--json"], { env });
  assertEquals(doctor.code, 1);
  const states = JSON.parse(doctor.stdout).findings
    .map(({ check, state }: Record<string, string>) => `${check} ${state}`);
  const isWindows = Deno.build.os === "windows";
  assertEquals(states, [
    ...["program ok", "sandbox ok", "settings ok", "settings ok", "settings ok"],
    ...[
      isWindows ? "files note" : "files problem",
      "keys ok",
      "halt ok",
      "journal ok",
      "orders ok",
      "starts note",
    ],
    ...["exchange problem", "client ok"],
  ]);
  const [, seed = ""] = /^BACKPACK_PRIVATE_KEY=(.*)$/m.exec(stdout) ?? [];
  for (const text of [stderr, doctor.stdout, doctor.stderr]) {
    assertEquals(text.includes(seed), false);
  }
  const config = await home.run(["config", "claude-desktop"]);
  assertEquals(JSON.parse(config.stdout).mcpServers.backpack.command, Deno.execPath());
});

Deno.test("approve refuses a yes that is piped in", async () => {
  using home = new Home();
  const { code, stderr } = await home.run(["approve", CODE], { input: "yes\n" });
  assertEquals(code, 2);
  assertStringIncludes(stderr, "run this on a terminal");
});

const HAS_TERMINAL =
  Deno.permissions.querySync({ name: "run", command: SCRIPT }).state === "granted";

Deno.test({
  name: "marks have colours on a terminal, and never with NO_COLOR or in a file",
  ignore: !HAS_TERMINAL,
  fn: async () => {
    using home = new Home();
    const env = { BACKPACK_MODE: "paper", NO_COLOR: "" };
    const coloured = await home.runOnTerminal(["doctor"], "", env);
    assertStringIncludes(coloured.stdout, "\u001b[32m✓\u001b[0m program");
    const plain = await home.runOnTerminal(["doctor"], "", { ...env, NO_COLOR: "1" });
    assertMatch(plain.stdout, /^✓ program/);
    assertMatch((await home.run(["doctor"], { env })).stdout, /^✓ program/);
  },
});

for (const [answer, expected] of [["yes", 0], ["y", 1]] as const) {
  Deno.test({
    name: `approve asks on the terminal itself: ${answer}`,
    ignore: !HAS_TERMINAL,
    fn: async () => {
      using home = new Home();
      using journal = home.openJournal();
      const question = {
        clientId: 7,
        symbol: "SOL_USDC",
        request: {},
        bestOpposite: "140.1",
        lines: ["LIVE BUY 2 SOL"],
      };
      journal.transact(() => recordQuestion(journal, question, CODE));
      const { code, stdout } = await home.runOnTerminal(["approve", CODE], `${answer}\n`);
      assertEquals(code, expected);
      assertStringIncludes(stdout, "LIVE BUY 2 SOL");
      const approved = [...journal.entries({ kind: "approved" })].map(({ body }) => body);
      assertEquals(approved, expected === 0 ? [{ asked: 2, by: "terminal" }] : []);
    },
  });
}
