/**
 * A released executable, which is built for nobody's directories: it works wherever it is started,
 * and keeps of its permissions what the desk needs; see `_executable.ts`. What else it can't do,
 * `sandbox_test.ts` tries from inside.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { bakedArguments, embeddedPermissions, executableTest, RELEASE } from "./_executable.ts";
import { Program, runToEnd } from "./_program.ts";

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1.5",
};

/** The server of a user whose home is `folder`. */
function start(folder: string, env: Record<string, string>): Program {
  return new Program({
    command: [RELEASE],
    cwd: "/",
    clearEnv: true,
    env: { HOME: folder, BACKPACK_MODE: "paper", ...env },
  });
}

function run(folder: string, ...args: string[]): ReturnType<typeof runToEnd> {
  const env = { HOME: folder, BACKPACK_MODE: "paper" };
  return runToEnd({ command: [RELEASE, ...args], cwd: "/", clearEnv: true, env });
}

executableTest("a release embeds every file, one host and our variables, and nothing else", () => {
  const { allow_read, allow_write, allow_net, allow_env, ...others } = embeddedPermissions(RELEASE);
  assertEquals([allow_read, allow_write], [["/"], ["/"]]);
  assertEquals(allow_net, ["api.backpack.exchange:443"]);
  assertEquals(allow_env, [
    ...["BACKPACK_*", "XDG_CONFIG_HOME", "HOME", "APPDATA", "XDG_STATE_HOME", "LOCALAPPDATA"],
    ...["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
  ]);
  const allowed = Object.entries(others)
    .filter(([name, value]) => name.startsWith("allow_") && value !== null)
    .map(([name]) => name);
  assertEquals(allowed, ["allow_import"]);
  assertEquals(others.prompt, false);
  assertEquals(bakedArguments(RELEASE), ["--release"]);
  return Promise.resolve();
});

executableTest(
  "a release keeps its account where its user is, for every server there",
  async (folder) => {
    const [first, second] = [start(folder, {}), start(folder, {})];
    await Promise.all([first.initialize(), second.initialize()]);
    for (let count = 0; count < 12; count++) {
      const desk = count % 2 === 0 ? first : second;
      const { structuredContent } = await desk.call("create_order", {
        ...ORDER,
        price: `130.${10 + count}`,
      });
      assertEquals(structuredContent.outcome, "placed");
    }
    assertEquals((await first.end()).code, 0);
    const listed = await second.call("list_orders", {});
    assertEquals(listed.structuredContent.orders.length, 12);
    assertEquals((await second.end()).code, 0);
    const files = [...Deno.readDirSync(`${folder}/.local/state/backpack-mcp`)].map(({ name }) =>
      name
    );
    assertEquals(files.filter((name) => name.endsWith(".sqlite")).sort(), [
      "paper-journal.sqlite",
      "paper.sqlite",
    ]);
  },
);

executableTest(
  "a release is halted and resumed by the file, from its terminal too",
  async (folder) => {
    const desk = start(folder, {});
    await desk.initialize();
    assertEquals((await run(folder, "halt")).code, 0);
    const { content } = await desk.call("create_order", ORDER);
    assertEquals(JSON.parse(content[0].text).code, "halted");
    await Deno.remove(`${folder}/.local/state/backpack-mcp/HALT`);
    const { structuredContent } = await desk.call("create_order", ORDER);
    assertEquals(structuredContent.outcome, "placed");
    assertEquals((await desk.end()).code, 0);
  },
);

executableTest(
  "a release loads what it needs late, when it can't read files any more",
  async (folder) => {
    const desk = start(folder, {});
    await desk.initialize();
    const { content } = await desk.call("get_klines", {
      symbol: "SOL_USDC",
      interval: "1h",
      limit: 10,
      chart: true,
    });
    const image = content.find(({ type }: { type: string }) => type === "image");
    assertEquals(image?.data.slice(0, 8), "iVBORw0K");
    assertEquals((await desk.end()).code, 0);
  },
);

executableTest("a release takes its settings from its user's .env", async (folder) => {
  await Deno.mkdir(`${folder}/.config/backpack-mcp`, { recursive: true });
  await Deno.writeTextFile(`${folder}/.config/backpack-mcp/.env`, "BACKPACK_READ_ONLY=true\n", {
    mode: 0o600,
  });
  const desk = start(folder, {});
  await desk.initialize();
  const { tools } = (await desk.ask("tools/list")).result;
  assertEquals(tools.some(({ name }: { name: string }) => name === "create_order"), false);
  assertEquals((await desk.end()).code, 0);
});

executableTest("a release reaches one host, and says what to do about another", async (folder) => {
  const env = { BACKPACK_MODE: "live", BACKPACK_BASE_URL: "http://127.0.0.1:4000" };
  const desk = start(folder, env);
  const { instructions } = (await desk.initialize()).result;
  assertStringIncludes(instructions, "no network permission for this host");
  assertEquals((await desk.end()).code, 2);
});
