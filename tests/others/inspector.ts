/**
 * The Inspector's command line: it lints the tools, lists all there is, calls a tool and measures,
 * in every era of the protocol.
 *
 * @module
 */

import type { Ended } from "../_program.ts";
import { npx, PACKAGES } from "./packages.ts";
import { type Report, serverProgram } from "./part.ts";

const ERAS = ["legacy", "auto", "modern"];
/** Another quantity each time: the same order twice is refused as a repetition. */
function order(era: string): string {
  const quantity = String(ERAS.indexOf(era) + 1);
  const limit = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130.10" };
  return JSON.stringify({ ...limit, quantity });
}

/** Two requests to the exchange each, of which it takes 2,000 a minute. */
const LOAD = ["--load", "--load-requests", "500"];
/** What must be in each list, so that an empty one does not pass. */
const LISTS: Readonly<Record<string, readonly [member: string, wanted: string]>> = {
  "tools/list": ["tools", "create_order"],
  "resources/list": ["resources", "account"],
  "resources/templates/list": ["resourceTemplates", "balance"],
  "prompts/list": ["prompts", "plan_order"],
};

/** Without an error or a warning. */
export async function inspector(folder: string): Promise<Report> {
  const server = serverProgram(folder);
  const lines: string[] = [];
  const problems: string[] = [];
  for (const era of ERAS) {
    const run = (...args: string[]): Promise<Ended> =>
      npx(folder, [PACKAGES.inspector, "--cli", "--protocol-era", era, ...args, server]);
    for (const [method, list] of Object.entries(LISTS)) {
      const strict = method === "tools/list" ? ["--strict"] : [];
      const ended = await run("--method", method, ...strict);
      problems.push(...listProblems(ended, list).map((text) => `${era} ${method}: ${text}`));
    }
    problems.push(...callProblems(await run(...callOf("create_order", order(era))), era));
    const load = await run(...callOf("list_orders", "{}"), ...LOAD);
    lines.push(`${era}: ${loadLine(load)}`);
  }
  return { lines, problems };
}

function callOf(tool: string, args: string): string[] {
  return ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", args];
}

function listProblems(
  { code, stdout, stderr }: Ended,
  [member, wanted]: readonly string[],
): string[] {
  if (code !== 0) return [`it ended with ${code}: ${stderr}`];
  const names = JSON.parse(stdout)[member ?? ""].map(({ name }: { name: string }) => name);
  const complaint = stderr.split("\n").filter((line) => /^(Warning|Error)\b|^ +Path:/.test(line));
  return [
    ...(names.includes(wanted) ? [] : [`${wanted} is not in its list`]),
    ...complaint.map((line) => `mend the schema in lib/tools/: ${line.trim()}`),
  ];
}

function callProblems({ code, stdout, stderr }: Ended, era: string): string[] {
  const outcome = code === 0 ? JSON.parse(stdout).structuredContent?.outcome : undefined;
  return outcome === "placed" ? [] : [`${era} tools/call: no order was placed: ${stdout}${stderr}`];
}

function loadLine({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new Error(`the load run ended with ${code}: ${stderr}`);
  const { requests, ok, throughput, latencyMs } = JSON.parse(stdout);
  if (ok !== requests) throw new Error(`${requests - ok} of ${requests} calls failed: ${stdout}`);
  const { p50, p99 } = latencyMs;
  return `list_orders 10 at a time: ${throughput} calls/s, p50 ${p50} ms, p99 ${p99} ms`;
}
