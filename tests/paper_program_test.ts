/**
 * Paper trading as its users have it: real servers in processes of their own, one data directory,
 * and another exchange on loopback whose prices they follow.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioTransport } from "../lib/stdio.ts";
import { serveExchange } from "../scripts/exchange.ts";
import { serverGrants } from "../scripts/grants.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** How this test itself was started decides where packages come from. */
function worldFlags(): string[] {
  const isNpmOnly = import.meta.resolve("@std/assert").includes("std_assert.ts");
  return isNpmOnly ? [`--import-map=${ROOT}scripts/npm_only.json`, "--no-lock"] : ["--no-lock"];
}

function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

const DENO_DIR = denoDir();

function programOptions(
  folder: string,
  env: Record<string, string>,
  { dataDirectory, args = [] }: { dataDirectory: string | undefined; args?: string[] },
): Deno.CommandOptions {
  const userFilePath = `${folder}/.config/backpack-mcp/.env`;
  const grants = serverGrants({ userFilePath, baseUrl: env.BACKPACK_BASE_URL, dataDirectory });
  const flags = ["run", "--quiet", "--no-check", ...worldFlags(), ...grants];
  return {
    args: [...flags, `${ROOT}main.ts`, ...args],
    cwd: folder,
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: "", XDG_STATE_HOME: `${folder}/state`, DENO_DIR },
      ...{ BACKPACK_MODE: "paper", ...env },
    },
  };
}

/** Runs a command as a person does. */
async function run(
  folder: string,
  env: Record<string, string>,
  args: string[],
): Promise<{ code: number; stdout: string }> {
  const dataDirectory = `${folder}/state/backpack-mcp`;
  const options = programOptions(folder, env, { dataDirectory, args });
  const { code, stdout } = await new Deno.Command(Deno.execPath(), options).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

/** A server in a process of its own, and the client that talks to it. */
class Server {
  readonly client = new Client({ name: "test", version: "1" });
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(folder: string, env: Record<string, string>, dataDirectory?: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      ...programOptions(folder, env, { dataDirectory }),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
  }

  static async start(
    folder: string,
    env: Record<string, string>,
    dataDirectory?: string,
  ): Promise<Server> {
    const server = new Server(folder, env, dataDirectory);
    await server.client.connect(
      new StdioTransport({
        input: server.#child.stdout,
        write: (bytes) => server.#input.write(bytes),
        redact: (text) => text,
      }),
    );
    return server;
  }

  // deno-lint-ignore no-explicit-any
  async call(name: string, args: Record<string, unknown> = {}): Promise<any> {
    const { structuredContent, content } = await this.client.callTool({ name, arguments: args });
    return structuredContent ?? JSON.parse((content as { text: string }[]).at(-1)?.text ?? "");
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#input.abort().catch(() => {});
  }
}

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "138", quantity: "1" };

async function idsOf(server: Server): Promise<number[]> {
  const { orders } = await server.call("list_orders");
  return orders.map(({ clientId }: { clientId: number }) => clientId).sort();
}

Deno.test("paper orders survive kill -9, and two servers share them at live prices", async () => {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-" });
  const served = await serveExchange({ port: 0 });
  const env = { BACKPACK_BASE_URL: served.url, BACKPACK_PAPER_PRICES: "live" };
  const dataDirectory = `${folder}/state/backpack-mcp`;
  const start = (): Promise<Server> => Server.start(folder, env, dataDirectory);
  const running: Server[] = [];
  try {
    const first = await start();
    const placed = await first.call("create_order", { ...LIMIT, clientId: 1 });
    assertEquals(placed.outcome, "placed", JSON.stringify(placed));
    await first.kill();
    running.push(...await Promise.all([start(), start()]));
    const [one, two] = running as [Server, Server];
    const answers = await Promise.all([
      one.call("create_order", { ...LIMIT, price: "137", clientId: 2 }),
      two.call("create_order", { ...LIMIT, price: "136", clientId: 3 }),
    ]);
    assertEquals(answers.map(({ outcome }) => outcome), ["placed", "placed"]);
    assertEquals([await idsOf(one), await idsOf(two)], [[1, 2, 3], [1, 2, 3]]);
    const { paper } = await one.call("get_limits");
    assertEquals(paper, `account kept in ${folder}/state/backpack-mcp; live prices`);
    served.exchange.setPrice("SOL_USDC", "137.5");
    // An order looks at the market first, and what has filled by then is filled.
    await one.call("create_order", { ...LIMIT, price: "135", clientId: 4 });
    await one.kill();
    running.shift();
    assertEquals(await idsOf(two), [2, 3, 4]);
    const halted = await run(folder, env, ["halt", "--cancel-all"]);
    assertEquals(halted.code, 0, halted.stdout);
    assertEquals(await idsOf(two), []);
    assertEquals((await run(folder, env, ["pending"])).code, 0);
    await run(folder, env, ["resume", "--yes"]);
    const args = ["paper", "reset", "--yes", "--usdc", "5000"];
    const { code, stdout } = await run(folder, env, args);
    assertEquals([code, stdout], [
      0,
      `The paper account at live prices in ${dataDirectory} starts afresh with 5000 USDC.\n`,
    ]);
    assertEquals(await idsOf(two), []);
    const again = await two.call("create_order", { ...LIMIT, price: "134", clientId: 5 });
    assertEquals([again.code, again.outcome], ["journal", "not_placed"], JSON.stringify(again));
  } finally {
    for (const server of running) await server.kill();
    await served.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without a permission to write, paper orders are in memory, which is said", async () => {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-" });
  const server = await Server.start(folder, {});
  try {
    const placed = await server.call("create_order", LIMIT);
    assertEquals(placed.outcome, "placed", JSON.stringify(placed));
    const { paper } = await server.call("get_limits");
    assertStringIncludes(paper, "account in memory, gone when this server ends (");
    assertStringIncludes(paper, "; scripted prices");
  } finally {
    await server.kill();
    await Deno.remove(folder, { recursive: true });
  }
});
