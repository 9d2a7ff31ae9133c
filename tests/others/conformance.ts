/**
 * The conformance suite of the protocol's keepers, through a bridge from HTTP on loopback.
 *
 * @module
 */

import { denoDir, type Ended, runToEnd } from "../_program.ts";
import { EXPECTED_FAILURES } from "./conformance_expected.ts";
import { install, NPM_ENVIRONMENT, PACKAGES } from "./packages.ts";
import { type Report, serverProgram } from "./part.ts";

const [FIRST, SECOND] = PACKAGES.conformance;
/** A version of the suite, and what it is asked for. */
const RUNS: readonly (readonly [suite: string, ...args: string[]])[] = [
  [FIRST, "--suite", "active"],
  [SECOND, "--suite", "active", "--spec-version", "2025-06-18"],
  [SECOND, "--suite", "active", "--spec-version", "2025-11-25"],
  [SECOND, "--suite", "all", "--spec-version", "2026-07-28"],
];
const READY_MS = 60_000;

/** Everything passes but what is expected to fail, and that fails. */
export async function conformance(folder: string): Promise<Report> {
  const port = freePort();
  const listen = ["--host", "127.0.0.1", "--port", String(port), "--server", "stream"];
  // Under npx it would outlive the signal that ends it.
  await install(folder, PACKAGES.bridge);
  const program = `${folder}/node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs`;
  const bridge = new Deno.Command("node", {
    args: [program, ...listen, "--", serverProgram(folder)],
    env: NPM_ENVIRONMENT,
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  const url = `http://127.0.0.1:${port}/mcp`;
  try {
    await untilListening(port);
    const runs = [];
    for (const [suite, ...args] of RUNS) {
      runs.push(judge(await run(folder, suite, url, args), args));
    }
    const stale = staleFailures(runs.flatMap(({ failed }) => failed));
    return {
      lines: runs.map(({ passed, failed }, index) =>
        `${RUNS[index]?.join(" ")}: ${passed.length} pass (${passed.join(", ")}), ` +
        `${failed.length} expected to fail`
      ),
      problems: [...runs.flatMap(({ problems }) => problems), ...stale],
    };
  } finally {
    bridge.kill("SIGTERM");
    await bridge.status;
  }
}

/** It wants a newer Node.js than we do, and Deno runs it as well. */
function run(folder: string, suite: string, url: string, args: readonly string[]): Promise<Ended> {
  const flags = ["run", "--quiet", "--no-config", "--no-lock", "--no-prompt"];
  const grants = ["--allow-net=127.0.0.1", "--allow-read", "--allow-env", "--allow-sys"];
  const suiteArgs = [`npm:${suite}`, "server", "--url", url, ...args];
  const command = [Deno.execPath(), ...flags, ...grants, ...suiteArgs];
  return runToEnd({ command, cwd: folder, env: { ...NPM_ENVIRONMENT, DENO_DIR: denoDir() } });
}

interface Judged {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly problems: readonly string[];
}

function judge({ stdout, stderr }: Ended, args: readonly string[]): Judged {
  const results = [...stdout.matchAll(/^([✓✗]) ([\w-]+): \d+ passed, \d+ failed/gm)];
  const named = (mark: string): string[] =>
    results.filter((result) => result[1] === mark).map((result) => result[2] ?? "");
  const [passed, failed] = [named("✓"), named("✗")];
  const unexpected = failed.filter((name) => !Object.hasOwn(EXPECTED_FAILURES, name));
  const mended = passed.filter((name) => Object.hasOwn(EXPECTED_FAILURES, name));
  const during = args.join(" ");
  return {
    passed,
    failed,
    problems: [
      ...(results.length === 0 ? [`no result with ${during}: ${stdout}${stderr}`] : []),
      ...unexpected.map((name) =>
        `${name} fails with ${during}: mend it, or explain it in ` +
        "tests/others/conformance_expected.ts"
      ),
      ...mended.map((name) =>
        `${name} passes with ${during}: take it out of ` +
        "tests/others/conformance_expected.ts"
      ),
    ],
  };
}

function staleFailures(failed: readonly string[]): string[] {
  return Object.keys(EXPECTED_FAILURES).filter((name) => !failed.includes(name)).map((name) =>
    `${name} was never run: take it out of tests/others/conformance_expected.ts`
  );
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilListening(port: number): Promise<void> {
  const endsAt = performance.now() + READY_MS;
  for (;;) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
