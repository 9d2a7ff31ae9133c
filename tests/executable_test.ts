/**
 * The executable that `deno task compile` wrote, as a client starts it; see `_executable.ts`.
 *
 * What the sandbox lets through is shown twice: by the permissions that are embedded in the file,
 * and by what the program can't do where it would like to.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };
import { bakedArguments, embeddedPermissions, EXECUTABLE, executableTest } from "./_executable.ts";
import { Program } from "./_program.ts";
import tools from "./testdata/tools.json" with { type: "json" };

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1.5",
};

/** The running executable, in an empty folder of its own. */
function start(folder: string, env: Record<string, string>, args: readonly string[] = []): Program {
  return new Program({
    command: [EXECUTABLE, ...args],
    cwd: folder,
    clearEnv: true,
    // Without permission there, paper accounts stay in memory and leave the one baked in alone.
    env: {
      HOME: folder,
      BACKPACK_DATA_DIR: folder,
      XDG_CONFIG_HOME: bakedConfigDirectory(),
      ...env,
    },
  });
}

/** The folder of the user's `.env` that was granted when the executable was built. */
function bakedConfigDirectory(): string {
  const [, file = ""] = embeddedPermissions(EXECUTABLE).allow_read as string[];
  return file.replace(/\/backpack-mcp\/\.env$/, "");
}

executableTest("the executable works on the one data directory that it was granted", (folder) => {
  const [granted] = embeddedPermissions(EXECUTABLE).allow_write as string[];
  assertEquals(bakedArguments(EXECUTABLE), [`--granted-data-dir=${granted}`]);
  const { code, stdout, stderr } = new Deno.Command(EXECUTABLE, {
    args: ["pending", "--data-dir", `${folder}/other`],
    env: { HOME: folder },
  }).outputSync();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stdout)], [2, ""]);
  assertStringIncludes(decoder.decode(stderr), `deno task compile --data-dir ${folder}/other`);
  return Promise.resolve();
});

executableTest("the executable serves the same tools and places an order", async (folder) => {
  const program = start(folder, { BACKPACK_MODE: "paper" });
  const { serverInfo } = (await program.initialize()).result;
  assertEquals([serverInfo.name, serverInfo.version], ["backpack-mcp (paper)", denoJson.version]);
  const listed = (await program.ask("tools/list")).result.tools;
  assertEquals(listed, tools.map(({ tokens: _, ...definition }) => definition));
  const { structuredContent } = await program.call("create_order", ORDER);
  assertEquals(structuredContent.outcome, "placed");
  assertEquals(structuredContent.order.status, "New");
  assertEquals((await program.end()).code, 0);
});

executableTest("the executable loads what it needs late: the picture of a book", async (folder) => {
  const program = start(folder, { BACKPACK_MODE: "paper" });
  await program.initialize();
  const { content } = await program.call("get_depth", { symbol: "SOL_USDC", chart: true });
  const [, , image] = content;
  assertEquals([image.type, image.mimeType], ["image", "image/png"]);
  assertEquals(image.data.slice(0, 8), "iVBORw0K");
  assertEquals((await program.end()).code, 0);
});

executableTest("the executable ends with its input", async (folder) => {
  const durationsMs: number[] = [];
  // On a machine that runs other tests at the same time, one of a few is left in peace.
  while (durationsMs.length < 8 && !durationsMs.some((ms) => ms < 100)) {
    const program = start(folder, { BACKPACK_MODE: "paper" });
    await program.initialize();
    const startMs = performance.now();
    const { code, rest } = await program.end();
    durationsMs.push(performance.now() - startMs);
    assertEquals([code, rest], [0, []]);
  }
  assertLess(Math.min(...durationsMs), 100);
});

executableTest("the executable tells its version and refuses other arguments", async (folder) => {
  const version = await start(folder, {}, ["--version"]).end();
  assertEquals([version.code, version.rest], [0, [`backpack-mcp ${denoJson.version}`]]);
  assertEquals((await start(folder, {}, ["--nonsense"]).end()).code, 2);
});

executableTest("the executable embeds exactly the permissions it needs", () => {
  const { allow_read, allow_net, allow_env, ...others } = embeddedPermissions(EXECUTABLE);
  const [working, user, data, ...moreFiles] = allow_read as string[];
  assertEquals(working, ".env");
  // Built with another data directory, it may look for the HALT of every desk too.
  assertEquals(moreFiles.filter((path) => !path.endsWith("/backpack-mcp/HALT")), []);
  assertEquals(others.allow_write, [data]);
  assert(/^\/.*\/backpack-mcp$/.test(data ?? ""));
  assert(/^\/.*\/backpack-mcp\/\.env$/.test(user ?? ""));
  const [, ...loopback] = allow_net as string[];
  assertEquals(loopback, ["127.0.0.1", "localhost", "[::1]"]);
  assertEquals(allow_env, [
    ...["BACKPACK_*", "XDG_CONFIG_HOME", "HOME", "APPDATA", "XDG_STATE_HOME", "LOCALAPPDATA"],
    ...["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
  ]);
  // An empty list would stand for everything; null is nothing.
  const allowed = Object.entries(others)
    .filter(([name, value]) => name.startsWith("allow_") && value !== null)
    .map(([name]) => name);
  // Deno's default; an executable finds no module but those that are embedded in it.
  assertEquals(allowed.sort(), ["allow_import", "allow_write"]);
  assertEquals(others.prompt, false);
  return Promise.resolve();
});

executableTest("the executable reads .env where it is started", async (folder) => {
  await Deno.writeTextFile(`${folder}/.env`, "BACKPACK_MODE=paper\n");
  const program = start(folder, {});
  assertEquals((await program.initialize()).result.serverInfo.name, "backpack-mcp (paper)");
  assertEquals((await program.end()).code, 0);
});

executableTest("the executable can't read another file, and says which", async (folder) => {
  // Another XDG_CONFIG_HOME makes it look where it was granted nothing when it was built.
  await Deno.mkdir(`${folder}/backpack-mcp`);
  await Deno.writeTextFile(`${folder}/backpack-mcp/.env`, "BACKPACK_MODE=paper\n");
  const program = start(folder, { XDG_CONFIG_HOME: folder });
  const { instructions, serverInfo } = (await program.initialize()).result;
  assertEquals(serverInfo.name, "backpack-mcp");
  assertStringIncludes(instructions, `${folder}/backpack-mcp/.env`);
  const { code, stderr } = await program.end();
  assertEquals(code, 2);
  assertStringIncludes(stderr, "no permission to look there");
});

executableTest("the executable can't reach another host, and says how to", async (folder) => {
  const program = start(folder, { BACKPACK_BASE_URL: "https://elsewhere.test" });
  const { instructions } = (await program.initialize()).result;
  assertStringIncludes(instructions, "no network permission for this host");
  const { content } = await program.call("list_orders");
  assertEquals(JSON.parse(content[0].text).code, "config");
  assertEquals((await program.end()).code, 2);
});

executableTest("the executable can't be told to trust a folder's .env", async (folder) => {
  await Deno.writeTextFile(`${folder}/.env`, "BACKPACK_TIMEOUT=50\n");
  const program = start(folder, { BACKPACK_MODE: "paper" });
  const { instructions } = (await program.initialize()).result;
  assertStringIncludes(instructions, "BACKPACK_TIMEOUT");
  assertEquals((await program.end()).code, 2);
});
