/**
 * The program itself over stdio, started in paper mode by every client there is.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { CLIENTS, join, STATELESS } from "./_eras.ts";
import { denoCommand, denoDir, Program, ROOT, withFolder } from "./_program.ts";

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1",
};

function start(folder: string): Program {
  const grants = ["--allow-net=127.0.0.1", "--allow-env", `--allow-read=.env,${folder}`];
  return new Program({
    command: denoCommand(grants, `${ROOT}main.ts`),
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: "", DENO_DIR: denoDir() },
      ...{ BACKPACK_MODE: "paper", BACKPACK_CONFIRM_ABOVE: "0", BACKPACK_PROXY: "allow" },
    },
    cwd: folder,
  });
}

for (const name of CLIENTS) {
  Deno.test(`${name} trades over stdio and asks its person`, () =>
    withFolder(async (folder) => {
      const forms: unknown[] = [];
      const onForm = ({ message }: Record<string, unknown>): Promise<unknown> => {
        forms.push(message);
        return Promise.resolve({ action: "accept", content: { approve: forms.length === 1 } });
      };
      const program = start(folder);
      try {
        const client = await join(name, program.wire(), { onForm });
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
        await program.end();
      }
    }));
}
