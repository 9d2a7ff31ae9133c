/**
 * The sandbox from inside: a hidden build of each kind opens the desk as the program does and then
 * tries to get out; see `_executable.ts`.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { bakedDataDirectory, executableTest, PROBES } from "./_executable.ts";
import { denoCommand, denoDir, ROOT, runToEnd } from "./_program.ts";
import { ATTEMPTS, GAPS } from "./_sandbox_attempts.ts";

/** A permission that is missing, in the words of the runtime's parts. */
const DENIED_REGEXP = /^NotCapable: |max 0$|EPERM| is denied$|Module not found/;
/** Node's sockets say this of a missing permission; that nobody was reached shows on the other side. */
const REFUSED_REGEXP = /^Error: connect ECONNREFUSED/;

/** A place to break out of, and a listener that counts who comes. */
class Cell {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepting: Promise<void>;
  visitors = 0;

  private constructor(readonly folder: string) {
    Deno.mkdirSync(`${folder}/data`, { recursive: true });
    Deno.mkdirSync(`${folder}/config/backpack-mcp`, { recursive: true });
    const { port } = this.#listener.addr as Deno.NetAddr;
    Deno.writeTextFileSync(`${folder}/data/own.txt`, String(port));
    Deno.writeTextFileSync(`${folder}/secret.txt`, "secret");
    Deno.writeTextFileSync(`${folder}/module.js`, "export const secret = 1;");
    for (const path of [".env", "config/backpack-mcp/.env"]) {
      Deno.writeTextFileSync(`${folder}/${path}`, "BACKPACK_LOG=error\n");
    }
    this.#accepting = this.#accept();
  }

  /** In the folder around the data directory that the program at `path` is confined to, if any. */
  static make(path?: string): Cell {
    const data = path === undefined ? undefined : bakedDataDirectory(path);
    return new Cell(data?.replace(/\/data$/, "") ?? Deno.makeTempDirSync());
  }

  /** What became of each attempt that the program made here. */
  async attempts(command: readonly string[], env: Record<string, string>): Promise<
    Record<string, string>
  > {
    const start = { command, cwd: this.folder, clearEnv: true };
    const { stdout, stderr } = await runToEnd({
      ...start,
      env: {
        HOME: this.folder,
        PATH: "/usr/bin:/bin",
        XDG_CONFIG_HOME: `${this.folder}/config`,
        BACKPACK_DATA_DIR: `${this.folder}/data`,
        ...env,
      },
    });
    if (!stdout.startsWith("{")) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Deno.remove(this.folder, { recursive: true });
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.visitors++;
      connection.close();
    }
  }
}

for (const probe of PROBES) {
  for (const mode of ["live", "paper"]) {
    const name = `${probe.replace(/^.*\//, "")}, ${mode}: nothing gets out of the sandbox`;
    executableTest(name, async () => {
      await using cell = Cell.make(probe);
      const outcomes = await cell.attempts([probe], { BACKPACK_MODE: mode });
      for (const attempt of Object.keys(ATTEMPTS)) {
        const isNode = attempt === "connect through `node:net`";
        assertMatch(outcomes[attempt] ?? "", isNode ? REFUSED_REGEXP : DENIED_REGEXP, attempt);
      }
      assertEquals(cell.visitors, 0);
      const files = [...Deno.readDirSync(cell.folder)].map((entry) => entry.name).sort();
      assertEquals(files, [".env", "config", "data", "module.js", "secret.txt"]);
      // Once the runtime asks for a permission here, these belong to the attempts.
      assertEquals(Object.keys(GAPS).map((gap) => outcomes[gap]), ["allowed"]);
    });
  }
}

Deno.test("each attempt to leave the sandbox succeeds where everything is granted", async () => {
  await using cell = Cell.make();
  const [deno = "", ...args] = denoCommand(["--allow-all"], `${ROOT}tests/_sandbox_probe.ts`);
  const outcomes = await cell.attempts([deno, ...args, "unopened"], {
    DENO_DIR: denoDir(),
    BACKPACK_MODE: "paper",
  });
  assertEquals(Object.keys(outcomes), [...Object.keys(ATTEMPTS), ...Object.keys(GAPS)]);
  for (const [attempt, outcome] of Object.entries(outcomes)) {
    assertNotMatch(outcome, DENIED_REGEXP, attempt);
  }
});

Deno.test("SECURITY.md lists every attempt, and every gap", () => {
  const text = Deno.readTextFileSync(`${ROOT}SECURITY.md`).replace(/\s+/g, " ");
  const section = /## The sandbox (.*?) ## /.exec(text)?.[1] ?? "";
  const listed = [...section.matchAll(/- \*\*[A-Z][a-z ]+\*\*: (.*?)\.(?= - | What)/g)]
    .flatMap(([, names = ""]) => names.split("; "));
  assertEquals(listed.toSorted(), Object.keys(ATTEMPTS).toSorted());
  assertEquals(Object.keys(GAPS), ["import a module from the disk"]);
  assertMatch(section, /\*\*imports modules from the disk\*\*/);
});
