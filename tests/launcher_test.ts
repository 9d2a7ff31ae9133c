/**
 * The launcher: which registries it sees, what it hands on, and what it leaves behind.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { ENVIRONMENT_NAMES, readConfig } from "../lib/config.ts";
import { documentationFindings } from "../scripts/doc_lint.ts";
import { linesOf } from "../scripts/json_lines.ts";
import { neutralEnvironment } from "../scripts/neutral.ts";
import { TASKS } from "../scripts/tasks.ts";
import { JSR_SPECIFIERS, reachableWorld, worldFlags } from "../scripts/world.ts";
import settings from "../deno.json" with { type: "json" };
import { Served } from "../scripts/serve.ts";
import { NO_JSR, Project } from "./_project.ts";

const DOTENV = "jsr:@std/dotenv@0.225.8";

/** Says in which world it runs, with what arguments, and echoes its input. */
const ECHO_MAIN = `
import { world } from "@std/dotenv";
const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
write(JSON.stringify({ world, args: Deno.args }) + "\\n");
for await (const bytes of Deno.stdin.readable) Deno.stdout.writeSync(bytes);
Deno.exit(7);
`;

/** A server that says when it is there and ends with 5 on SIGTERM, with 6 on SIGINT. */
const SIGNAL_MAIN = `
Deno.addSignalListener("SIGTERM", () => Deno.exit(5));
Deno.addSignalListener("SIGINT", () => Deno.exit(6));
Deno.stdout.writeSync(new TextEncoder().encode("there\\n"));
await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

const MODULE = 'export const world = "jsr";';

/** As much of JSR as Deno asks for. */
async function serveJsr(module: string | undefined): Promise<Served> {
  const bytes = new TextEncoder().encode(MODULE);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const manifest = { "/mod.ts": { size: bytes.length, checksum: `sha256-${digest}` } };
  const replies: Record<string, string | undefined> = {
    "/@std/dotenv/meta.json": JSON.stringify({ latest: "0.225.8", versions: { "0.225.8": {} } }),
    "/@std/dotenv/0.225.8_meta.json": JSON.stringify({ manifest, exports: { ".": "./mod.ts" } }),
    "/@std/dotenv/0.225.8/mod.ts": module,
  };
  return new Served((request) => {
    const reply = replies[new URL(request.url).pathname];
    return new Response(reply ?? "none", { status: reply === undefined ? 404 : 200 });
  });
}

async function probe(jsrUrl: string, limitMs = 20_000): Promise<string> {
  const cache = await Deno.makeTempDir();
  try {
    const env = { JSR_URL: jsrUrl, DENO_DIR: cache };
    return await reachableWorld({ specifiers: [DOTENV], env, limitMs });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

Deno.test("the launcher asks for the packages of deno.json", () => {
  assertEquals(JSR_SPECIFIERS, ["jsr:@std/assert@1.0.19", DOTENV]);
});

Deno.test("the launcher sees JSR where the packages can be had", async () => {
  await using jsr = await serveJsr(MODULE);
  assertEquals(await probe(jsr.baseUrl), "jsr");
});

Deno.test("the launcher sees npm alone where JSR lacks a file", async () => {
  await using jsr = await serveJsr(undefined);
  assertEquals(await probe(jsr.baseUrl), "npm");
});

Deno.test("the launcher sees npm alone where JSR refuses connections", async () => {
  assertEquals(await probe(NO_JSR), "npm");
});

Deno.test("the launcher waits for a JSR that never answers no longer than its limit", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const startMs = performance.now();
  assertEquals(await probe(`http://127.0.0.1:${listener.addr.port}`, 300), "npm");
  assertLess(performance.now() - startMs, 5000);
});

Deno.test("each world has its flags", () => {
  assertEquals(worldFlags("jsr", "/r/", false), ["--no-lock"]);
  assertEquals(worldFlags("jsr", "/r/", true), ["--lock=/r/deno.lock", "--frozen"]);
  assertEquals(worldFlags("npm", "/r/", true), [
    "--import-map=/r/scripts/npm_only.json",
    "--lock=/r/scripts/npm_only.lock",
    "--frozen",
  ]);
});

Deno.test("a task hands on arguments, input and exit code, and adds nothing to stdout", async () => {
  await using project = await Project.create({ main: ECHO_MAIN });
  const before = project.files();
  const { code, stdout } = await project.run(["start", "--flag", "a b"], { input: "hello\n" });
  const args = ["--checkout", "--flag", "a b"];
  assertEquals(stdout, `${JSON.stringify({ world: "npm", args })}\nhello\n`);
  assertEquals(code, 7);
  assertEquals(project.files(), before);
});

Deno.test("a task takes the packages from JSR where it can, and leaves the tree clean", async () => {
  await using jsr = await serveJsr(MODULE);
  await using project = await Project.create({ main: ECHO_MAIN, jsrUrl: jsr.baseUrl });
  const before = project.files();
  const { stdout } = await project.run(["start"]);
  assertEquals(JSON.parse(stdout).world, "jsr");
  assertEquals(project.files(), before);
});

for (const [signal, expected] of [["SIGTERM", 5], ["SIGINT", 6]] as const) {
  for (const task of ["start", "dev"]) {
    Deno.test({
      name: `a task passes ${signal} on and ends with the server's code: ${task}`,
      ignore: Deno.build.os === "windows",
      fn: async () => {
        await using project = await Project.create({ main: SIGNAL_MAIN });
        const child = project.start([task]);
        const output = linesOf(child.stdout);
        assertEquals((await output.next()).value, "there");
        child.kill(signal);
        assertEquals((await child.status).code, expected);
        await Promise.all([output.return(undefined), child.stderr.cancel(), child.stdin.close()]);
      },
    });
  }
}

/** Says which of the directories it may write to. */
const WRITE_MAIN = `
const isGranted = (path) => Deno.permissions.querySync({ name: "write", path }).state === "granted";
const granted = ["/its/own", "/named"].filter(isGranted);
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(granted)));
`;

Deno.test("no setting of the owner's reaches demo, tests or benchmarks, however it is spelt", async () => {
  const names = ENVIRONMENT_NAMES.filter((name) => name.startsWith("BACKPACK_"));
  const owners = Object.fromEntries(names.map((name) => [name, "x"]));
  const env = { ...owners, ...neutralEnvironment() };
  const { ok } = await readConfig({ env, userFilePath: "", trustWorkingFile: false });
  assertEquals([names.includes("BACKPACK_READONLY"), ok], [true, true]);
});

Deno.test("start grants the data directory that a command's --data-dir names, and no other", async () => {
  await using project = await Project.create({ main: WRITE_MAIN });
  const env = { BACKPACK_DATA_DIR: "/its/own" };
  const run = async (...args: string[]): Promise<string> =>
    (await project.run(["start", ...args], { env })).stdout;
  assertEquals(await run("halt"), '["/its/own"]');
  assertEquals(await run("halt", "--data-dir", "/named"), '["/named"]');
});

Deno.test("compile refuses a data directory that is no absolute path, and other arguments", async () => {
  await using project = await Project.create({ main: "" });
  const relative = await project.run(["compile", "--data-dir", "here"]);
  assertEquals(relative.code, 2);
  assertMatch(relative.stderr, /--data-dir: wanted an absolute path/);
  const other = await project.run(["compile", "--output=/tmp/x"]);
  assertEquals(other.code, 2);
  assertMatch(other.stderr, /no use for --output/);
});

Deno.test("the launcher knows the tasks that deno.json hands it, and no others", () => {
  const handed = Object.values(settings.tasks)
    .flatMap(({ command }) => command.split(" scripts/deno.ts ").slice(1));
  assertEquals(handed.toSorted(), Object.keys(TASKS).toSorted());
});

Deno.test("an unknown task of the launcher is refused by name", async () => {
  await using project = await Project.create({ main: "" });
  project.write(
    "deno.json",
    JSON.stringify({
      lock: false,
      imports: {},
      tasks: { x: "deno run -q --no-config --no-lock --allow-read scripts/deno.ts nonsense" },
    }),
  );
  const { code, stdout, stderr } = await project.run(["x"]);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /nonsense is no task; there are: start, dev, /);
});

Deno.test("the doc gate waives inferred types, members and foreign exports, nothing else", () => {
  const finding = (rule: string, file = "a.ts", line = "export const a = 1;"): string =>
    `error[${rule}]: text\n  --> ${file}:1:1\n   | \n 1 | ${line}\n\n`;
  const waived = finding("missing-explicit-type") + finding("private-type-ref");
  const end = "error: Found 3 documentation lint errors.\n";
  assertEquals(documentationFindings(waived + finding("missing-jsdoc") + end), [
    finding("missing-jsdoc").trimEnd(),
  ]);
  const member = finding("missing-jsdoc", "a.ts", "  readonly a: number;");
  const foreign = finding("missing-jsdoc", "a.d.ts");
  assertEquals(documentationFindings(member + foreign + end), []);
  assertEquals(documentationFindings(waived + end), []);
  assertEquals(documentationFindings("error: Module not found\n"), undefined);
});
