/**
 * What `config` prints, read as each client reads it: whatever the program's path is made of
 * arrives unchanged, and the server that is started from it trades on paper.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CLIENTS } from "../lib/cli/clients.ts";
import { EXECUTABLE, RELEASE } from "./_executable.ts";
import { readAs, type Started } from "./_client_formats.ts";
import { join } from "./_eras.ts";
import { Home } from "./_home.ts";
import { Program, runToEnd } from "./_program.ts";
import { NO_JSR } from "./_project.ts";

const PATHS: readonly (readonly [os: string, ...program: string[]])[] = [
  ["linux", "/opt/backpack-mcp"],
  ["linux", "/home/ada/my tools/backpack-mcp"],
  ["linux", `/home/ada/it's "mine"/back\\pack $HOME \`x\`/mcp`],
  ["darwin", "/Users/ada/Library/Mobile Documents/☕ Grüße/backpack-mcp", "a b", "--x=1", ""],
  ["linux", "/opt/\u007f\t\u0001\u2028/mcp"],
  ["windows", "C:\\Program Files\\Ada\\backpack-mcp.exe"],
  ["windows", "C:\\deno.exe", "task", "--quiet", "--cwd", "C:\\src\\back pack", "start"],
];

function assertArrives(os: string, program: readonly string[]): void {
  for (const { name, text } of CLIENTS) {
    for (const env of [{}, { BACKPACK_MODE: "paper" }]) {
      const { command, args, env: arrived } = readAs(name, text({ program, env, os }), os, "typed");
      assertEquals([command, ...args], program, name);
      const asked = name === "vscode" && !("BACKPACK_MODE" in env);
      assertEquals(arrived, asked ? { BACKPACK_PRIVATE_KEY: "typed" } : env, name);
    }
  }
}

for (const [os, ...program] of PATHS) {
  Deno.test(`config says ${JSON.stringify(program[0])} so that every client reads it on ${os}`, () => {
    assertArrives(os, program);
  });
}

Deno.test("config says any path and argument so that every client reads it", () => {
  const word = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (program) => {
      assertArrives("linux", program);
    }),
    { numRuns: 1000 },
  );
});

/** The checkout, as this test found it; and the executable for anybody's home, where there is one. */
const LAUNCHES: Readonly<Record<string, (home: Home, args: string[]) => string[]>> = {
  "a checkout": (home, args) => home.command(["--checkout", ...args]),
  ...executable(),
};

function place(home: Home): { env: Record<string, string>; cwd: string } {
  return { env: home.env, cwd: home.folder };
}

function executable(): typeof LAUNCHES {
  return EXECUTABLE === "" ? {} : { "the executable": (_home, args) => [RELEASE, ...args] };
}

for (const [launch, command] of Object.entries(LAUNCHES)) {
  for (const { name } of CLIENTS) {
    Deno.test({
      name: `config ${name} starts ${launch} on paper`,
      ignore: Deno.build.os === "windows",
      fn: async () => {
        using home = new Home();
        const start = { command: command(home, ["config", name, "--paper"]), ...place(home) };
        const { code, stdout } = await runToEnd(start);
        assertEquals(code, 0);
        await trade(readAs(name, stdout), home);
      },
    });
  }
}

/** As a client does, in a folder of its own. */
async function trade({ command, args, env }: Started, home: Home): Promise<void> {
  const inherited = { ...home.env, JSR_URL: NO_JSR, BACKPACK_PROXY: "allow" };
  const start = { command: [command, ...args], cwd: home.folder, env: { ...inherited, ...env } };
  const program = new Program(start);
  try {
    const client = await join("SDK 1", program.wire());
    const params = { name: "list_orders", arguments: { marketType: "ALL" } };
    const { structuredContent, isError, content } = await client.request("tools/call", params);
    assert(isError !== true, JSON.stringify(content));
    assertEquals([structuredContent.count, structuredContent.desk.mode], [0, "paper"]);
    await client.close();
  } finally {
    await program.end();
  }
}
