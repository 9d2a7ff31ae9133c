/**
 * The program itself over stdio, started in paper mode by every client there is.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { linesOf } from "../scripts/json_lines.ts";
import { CLIENTS, join, STATELESS } from "./_eras.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1",
};

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

/** A client's transport to a program of its own; the SDKs' asks for more permissions than tests have. */
class Program {
  onmessage?: (message: unknown) => void;
  onclose?: () => void;
  readonly folder = Deno.makeTempDirSync();
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor() {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-check", ...worldFlags()],
        ...["--allow-net=127.0.0.1", "--allow-env", `--allow-read=.env,${this.folder}`],
        `${ROOT}main.ts`,
      ],
      env: {
        ...{ HOME: this.folder, XDG_CONFIG_HOME: "", DENO_DIR },
        ...{ BACKPACK_MODE: "paper", BACKPACK_CONFIRM_ABOVE: "0", BACKPACK_PROXY: "allow" },
      },
      cwd: this.folder,
      ...{ stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
  }

  start(): Promise<void> {
    this.#read();
    return Promise.resolve();
  }

  async send(message: unknown): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  }

  async close(): Promise<void> {
    await this.#input.close();
    await this.#child.status;
    this.onclose?.();
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.onmessage?.(JSON.parse(line));
  }
}

for (const name of CLIENTS) {
  Deno.test(`${name} trades over stdio and asks its person`, async () => {
    const forms: unknown[] = [];
    const onForm = ({ message }: Record<string, unknown>): Promise<unknown> => {
      forms.push(message);
      return Promise.resolve({ action: "accept", content: { approve: forms.length === 1 } });
    };
    const program = new Program();
    try {
      const client = await join(name, program, { onForm });
      const isStateless = name === "SDK 2 auto" || name === "SDK 2 pinned";
      assertEquals(client.revision(), isStateless ? STATELESS : "2025-11-25");
      const call = (args: Record<string, unknown>): Promise<{ isError?: boolean }> =>
        client.request("tools/call", { name: "create_order", arguments: args });
      assertEquals((await call(ORDER)).isError, undefined);
      assertEquals((await call({ ...ORDER, price: "130.20" })).isError, true);
      assertEquals(forms.length, 2);
      assertMatch(String(forms[0]), /^PAPER BUY 1 SOL_USDC at a limit of 130.10/);
      await client.close();
    } finally {
      // Closed already, unless the test failed.
      await program.close().catch(() => {});
      Deno.removeSync(program.folder, { recursive: true });
    }
  });
}
