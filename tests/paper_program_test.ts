/**
 * Paper trading as its users have it: real servers in processes of their own, one data directory,
 * and another exchange on loopback whose prices they follow.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { serveExchange } from "../scripts/exchange.ts";
import { serverGrants } from "../scripts/grants.ts";
import {
  denoCommand,
  denoDir,
  type Ended,
  Program,
  ROOT,
  runToEnd,
  type Start,
  withFolder,
} from "./_program.ts";

function startOf(
  folder: string,
  env: Record<string, string>,
  { dataDirectory, args = [] }: { dataDirectory: string | undefined; args?: string[] },
): Start {
  const userFilePath = `${folder}/.config/backpack-mcp/.env`;
  const grants = serverGrants({ userFilePath, baseUrl: env.BACKPACK_BASE_URL, dataDirectory });
  return {
    command: denoCommand(grants, `${ROOT}main.ts`, ...args),
    cwd: folder,
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: "", XDG_STATE_HOME: `${folder}/state` },
      ...{ DENO_DIR: denoDir(), BACKPACK_MODE: "paper", ...env },
    },
  };
}

/** Runs a command as a person does. */
function run(folder: string, env: Record<string, string>, args: string[]): Promise<Ended> {
  return runToEnd(startOf(folder, env, { dataDirectory: `${folder}/state/backpack-mcp`, args }));
}

/** A server in a process of its own, and the client that talks to it. */
class Server {
  readonly client = new Client({ name: "test", version: "1" });
  readonly #program: Program;

  private constructor(folder: string, env: Record<string, string>, dataDirectory?: string) {
    this.#program = new Program(startOf(folder, env, { dataDirectory }));
  }

  static async start(
    folder: string,
    env: Record<string, string>,
    dataDirectory?: string,
  ): Promise<Server> {
    const server = new Server(folder, env, dataDirectory);
    await server.client.connect(server.#program.wire());
    return server;
  }

  // deno-lint-ignore no-explicit-any
  async call(name: string, args: Record<string, unknown> = {}): Promise<any> {
    const { structuredContent, content } = await this.client.callTool({ name, arguments: args });
    return structuredContent ?? JSON.parse((content as { text: string }[]).at(-1)?.text ?? "");
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    await this.#program.kill();
  }
}

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "138", quantity: "1" };

function paperTest(name: string, work: (folder: string) => Promise<void>): void {
  Deno.test(name, () => withFolder(work));
}

async function idsOf(server: Server): Promise<number[]> {
  const { orders } = await server.call("list_orders");
  return orders.map(({ clientId }: { clientId: number }) => clientId).sort();
}

paperTest(
  "paper orders survive kill -9, and two servers share them at live prices",
  async (folder) => {
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
    }
  },
);

paperTest(
  "without a permission to write, paper orders are in memory, which is said",
  async (folder) => {
    const server = await Server.start(folder, {});
    try {
      const placed = await server.call("create_order", LIMIT);
      assertEquals(placed.outcome, "placed", JSON.stringify(placed));
      const { paper } = await server.call("get_limits");
      assertStringIncludes(
        paper,
        "in memory, gone when this server ends (this program has no perm",
      );
      assertStringIncludes(paper, "; scripted prices");
    } finally {
      await server.kill();
    }
  },
);
