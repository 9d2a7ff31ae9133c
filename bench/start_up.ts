/**
 * From the start of the executable to its answers: to `initialize`, to `tools/list`, to the first
 * `list_orders`, on paper and on a live account. Beside an empty program, and beside two other
 * exchanges' servers from the npm registry.
 *
 * @module
 */

import { linesOf } from "../scripts/json_lines.ts";
import vectors from "../tests/testdata/signing_vectors.json" with { type: "json" };
import { type Executables, withExecutables } from "./_executables.ts";
import { type Figure, NotMeasuredError, type Row, type Tell } from "./_figure.ts";
import { Loopback } from "./_loopback.ts";
import { median } from "./_measure.ts";
import type { CommandLine } from "./_program.ts";

const WARM_UP = 2;
const ROUNDS = 15;
const PEERS = ["okx-trade-mcp@1.2.8", "@mcpfun/mcp-server-ccxt@1.2.1"];
const PEER_PROGRAMS = ["okx-trade-mcp", "mcp-server-ccxt"];

const INITIALIZE = {
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  },
};
const CALL = { method: "tools/call", params: { name: "list_orders", arguments: {} } };
/** Each is sent when the one before it is answered. */
const SESSION = [INITIALIZE, { method: "tools/list", params: {} }, CALL];

/** What is started, and in what surroundings. */
interface Start {
  readonly command: CommandLine;
  readonly env: Record<string, string>;
  /** What it is asked; an empty program says something of its own accord. */
  readonly requests: readonly object[];
}

/** How long after the start each answer came, ms. */
async function answerTimes({ command: [path, ...args], env, requests }: Start): Promise<number[]> {
  const startMs = performance.now();
  const child = new Deno.Command(path, {
    args,
    env: { PATH: Deno.env.get("PATH") ?? "", ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  const lines = linesOf(child.stdout);
  const times: number[] = [];
  for (const [id, request] of requests.entries()) {
    const line = `${JSON.stringify({ jsonrpc: "2.0", id, ...request })}\n`;
    await input.write(new TextEncoder().encode(line)).catch(() => {});
    const { value } = await lines.next();
    const { error, result } = JSON.parse(value ?? "{}");
    if (error !== undefined || result?.isError) throw new Error(`${path}: ${value}`);
    times.push(performance.now() - startMs);
  }
  await input.close().catch(() => {});
  child.kill();
  for await (const _ of lines);
  await child.status;
  return times;
}

/** The medians of each start's answers; started by turns. */
async function measure(starts: readonly Start[], tell: Tell): Promise<number[][]> {
  const samples: number[][][] = starts.map(({ requests }) => requests.map(() => []));
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    tell(`start_up: ${Math.max(0, round)} of ${ROUNDS}`);
    for (const [at, start] of starts.entries()) {
      const times = await answerTimes(start);
      if (round >= 0) times.forEach((time, answer) => samples[at]?.[answer]?.push(time));
    }
  }
  return samples.map((answers) => answers.map(median));
}

async function besideEmpty(
  { ours, empty, env }: Executables,
  baseUrl: string,
  tell: Tell,
): Promise<readonly Row[]> {
  const live = { BACKPACK_BASE_URL: baseUrl, BACKPACK_PRIVATE_KEY: vectors.seed };
  const times = await measure([
    { command: [empty], env: {}, requests: [{}] },
    { command: [ours], env: { ...env, BACKPACK_MODE: "paper" }, requests: SESSION },
    { command: [ours], env: { ...env, ...live }, requests: SESSION },
  ], tell);
  const [[floor = NaN] = [], paper = [], account = []] = times;
  const row = (what: string, ms: number | undefined, bound: number, room: number): Row => ({
    what: `start to the reply to ${what}`,
    against: "an empty program",
    unit: "ms",
    floor,
    ours: ms ?? NaN,
    reach: { compare: "ratio", limit: "most", bound, room },
  });
  return [
    row("initialize, paper", paper[0], 2.5, 1.5),
    row("initialize, live", account[0], 2.5, 1.5),
    row("tools/list, paper", paper[1], 5, 5),
    row("the first list_orders, paper", paper[2], 6, 6),
    row("the first list_orders, live", account[2], 6, 6),
  ];
}

/** Installs the peers without running anything of theirs; resolves to their programs. */
async function installPeers(folder: string): Promise<string[]> {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  const command = new Deno.Command("npm", {
    args: ["install", "--prefix", folder, ...flags, ...PEERS],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (success) return PEER_PROGRAMS.map((name) => `${folder}/node_modules/.bin/${name}`);
  throw new NotMeasuredError(`${PEERS.join(", ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

async function besidePeers({ ours, folder, env }: Executables, tell: Tell): Promise<Row> {
  const programs = await installPeers(`${folder}/peers`);
  const requests = [INITIALIZE];
  const [[time = NaN] = [], ...theirs] = await measure([
    { command: [ours], env: { ...env, BACKPACK_MODE: "paper" }, requests },
    ...programs.map((path): Start => ({
      command: ["node", path],
      env: { HOME: folder },
      requests,
    })),
  ], tell);
  const times = theirs.map(([ms = NaN]) => ms);
  return {
    what: "the same, to initialize",
    against: PEERS[times.indexOf(Math.min(...times))] ?? "",
    unit: "ms",
    floor: Math.min(...times),
    ours: time,
    reach: { compare: "ratio", limit: "most", bound: 0.2, room: 0.15 },
  };
}

async function run(tell: Tell): Promise<readonly Row[]> {
  using loopback = await Loopback.start(10);
  return await withExecutables(async (built) => [
    ...await besideEmpty(built, loopback.baseUrl, tell),
    await besidePeers(built, tell),
  ]);
}

/** How soon the executable answers. */
export const startUp: Figure = { name: "start_up", run };
