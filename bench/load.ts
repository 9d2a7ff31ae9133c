/**
 * Calls a second, ten at a time, as the Inspector's load mode counts them: a call that asks the
 * exchange once, beside a server whose one tool does nothing, and beside one whose tool does no more
 * than to ask the same.
 *
 * @module
 */

import vectors from "../tests/testdata/signing_vectors.json" with { type: "json" };
import { type Figure, NotMeasuredError, type Row, type Tell } from "./_figure.ts";
import { Loopback } from "./_loopback.ts";
import { interleave, median, type Samples } from "./_measure.ts";
import { type CommandLine, fromSources, sourcesIn, withFolder } from "./_program.ts";

const INSPECTOR = "@modelcontextprotocol/inspector@2.12.0";
const ROUNDS = { name: "load", warmUp: 1, rounds: 10 };
/** Fewer than the exchange allows in a minute, so that nothing waits for its turn. */
const CALLS = 1800;
const CALL = ["--tool-name", "get_ticker", "--tool-arg", "symbol=SOL_USDC"];

/** Calls a second, by the Inspector. */
async function throughput(
  server: CommandLine,
  call: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const variables = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const load = ["--load", "--load-concurrency", "10", "--load-requests", `${CALLS}`];
  const command = new Deno.Command("npx", {
    args: [
      ...["-y", INSPECTOR, "--cli", "--format", "json", "--quiet", ...variables],
      ...["--method", "tools/call", ...call, ...load, "--", ...server],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const [text, problem] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new NotMeasuredError(`${INSPECTOR} can't be run: ${problem?.trim()}`);
  const { ok, requests, throughput } = JSON.parse(text ?? "").result;
  if (ok !== requests) throw new Error(`${requests - ok} of ${requests} calls failed: ${text}`);
  return throughput;
}

async function run(tell: Tell): Promise<readonly Row[]> {
  using loopback = await Loopback.start(0);
  return await withFolder(async (folder) => {
    const server = sourcesIn(folder);
    const tiny = fromSources("bench/_tiny_server.ts", ["--allow-env", "--allow-net=127.0.0.1"]);
    const asking = `${loopback.baseUrl}/api/v1/ticker?symbol=SOL_USDC&interval=1d`;
    const env = {
      ...{ BACKPACK_BASE_URL: loopback.baseUrl, BACKPACK_PRIVATE_KEY: vectors.seed },
      ...{ BACKPACK_DATA_DIR: `${folder}/data`, BACKPACK_LOG: "error", XDG_CONFIG_HOME: folder },
    };
    const ours = (): Promise<number> => throughput(server, CALL, env);
    const beside = (command: CommandLine): Promise<Samples> => {
      const floor = (): Promise<number> => throughput(command, ["--tool-name", "nothing"], {});
      return interleave({ floor, ours }, { ...ROUNDS, tell });
    };
    return [
      row("an empty tool of a tiny server", await beside(tiny), [0.5, 0.4]),
      row("a tool of a tiny server that asks the same", await beside([...tiny, asking]), [
        0.6,
        0.4,
      ]),
    ];
  });
}

function row(
  against: string,
  { floor, ours }: Samples,
  [bound, room]: readonly [number, number],
): Row {
  return {
    ...{ what: "get_ticker, 10 at a time", against, unit: "calls/s" },
    ...{ floor: median(floor), ours: median(ours) },
    reach: { compare: "ratio", limit: "least", bound, room },
  };
}

/** Calls a second. */
export const load: Figure = { name: "load", run };
