/**
 * Tries a bundle as a client does: unpacks it, fills the manifest in with what a user chose,
 * starts what it says and talks to that, up to an order on paper. Ends with 1 if anything is not
 * as it must be.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { messageOf } from "../../lib/errors.ts";
import denoJson from "../../deno.json" with { type: "json" };
import { StdioTransport } from "../../lib/stdio.ts";
import type { Manifest } from "./manifest.ts";
import { bundleName, targetOf } from "./targets.ts";
import { mcpb } from "./tool.ts";

/** What a user chose; a field that is left empty is not there. */
type Choices = Readonly<Record<string, boolean | number | string>>;

const ORDER = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130.10" };

/** Fills in what a client knows; like clients, it leaves what nobody chose as it stands. */
export function fill(text: string, folder: string, manifest: Manifest, chosen: Choices): string {
  const values: Record<string, unknown> = { __dirname: folder };
  for (const [id, { default: preset }] of Object.entries(manifest.user_config)) {
    const value = chosen[id] ?? preset;
    if (value !== undefined) values[`user_config.${id}`] = value;
  }
  return text.replace(/\$\{([\w.]+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Lets a client talk to the server that the bundle in `folder` starts with these choices. */
async function withServer(
  folder: string,
  chosen: Choices,
  talk: (client: Client) => Promise<void>,
): Promise<void> {
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`));
  const { command, args, env } = manifest.server.mcp_config;
  const filled = (text: string): string => fill(text, folder, manifest, chosen);
  const variables = Object.entries(env).map(([name, text]) => [name, filled(text)]);
  const child = new Deno.Command(filled(command), {
    args: args.map(filled),
    clearEnv: true,
    env: { ...Object.fromEntries(variables), ...homeIn(folder) },
    cwd: folder,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = child.stdin.getWriter();
  const client = new Client({ name: "try-bundle", version: "1" });
  await client.connect(
    new StdioTransport({
      input: child.stdout,
      write: (bytes) => input.write(bytes),
      redact: (text) => text,
    }),
  );
  await talk(client);
  await input.close();
  expect((await child.status).code === 0, "the server ends with its client");
}

/** A home without settings, so that the owner's own have no part in this. */
function homeIn(folder: string): Record<string, string> {
  const root = Deno.env.get("SystemRoot");
  const names = ["HOME", "APPDATA", "LOCALAPPDATA"];
  return {
    ...Object.fromEntries(names.map((name) => [name, folder])),
    BACKPACK_DATA_DIR: `${folder}/data`,
    ...(root === undefined ? {} : { SystemRoot: root }),
  };
}

async function tryDefaults(client: Client): Promise<void> {
  expect(client.getServerVersion()?.name === "backpack-mcp (paper)", "it starts on paper");
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names.includes("list_orders"), "it can look");
  const acting = names.filter((name) => /^(create|cancel|replace)_/.test(name));
  expect(acting.length === 0, "it can't act: read-only");
}

async function tryOrders(client: Client): Promise<void> {
  const place = (quantity: string): ReturnType<Client["callTool"]> =>
    client.callTool({ name: "create_order", arguments: { ...ORDER, quantity } });
  const placed = await place("1.5");
  const { outcome } = placed.structuredContent as { outcome?: string } ?? {};
  expect(outcome === "placed", "with read-only off it places an order on paper");
  const { isError, content } = await place("4");
  const [{ text = "" } = {}] = content as { text?: string }[];
  expect(
    isError === true && text.includes("BACKPACK_MAX_ORDER_NOTIONAL"),
    "an order over the cap is refused",
  );
}

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`NOT OK: ${what}`);
  say(`ok: ${what}`);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** The bundle for this system. */
function bundleIn(folder: string): string {
  const name = bundleName(targetOf(Deno.build.target), denoJson.version);
  return `${folder}/${name}`;
}

/** The first thing that is wrong ends it. */
async function main(release = ""): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-bundle-" });
  try {
    await mcpb(["unpack", bundleIn(release), folder], [folder]);
    await withServer(folder, {}, tryDefaults);
    await withServer(folder, { read_only: false, max_order_notional: 500 }, tryOrders);
    return 0;
  } catch (error) {
    say(messageOf(error));
    return 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args[0]));
