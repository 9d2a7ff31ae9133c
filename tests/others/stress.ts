/**
 * mcp-stress: it probes the server, then calls every tool with made-up arguments, many at a time.
 * Only ever against paper trading.
 *
 * @module
 */

import { type Ended, runToEnd } from "../_program.ts";
import { install, PACKAGES } from "./packages.ts";
import { type Report, serverProgram } from "./part.ts";

/** More calls than these would wait for the exchange's 2,000 requests a minute. */
const CALLS = "800";
const PROFILES = ["tool-flood", "ping-flood", "mixed"];
const MOST_RESIDENT_MIB = 400;
const MOST_DESCRIPTORS = 100;
const LOOK_MS = 100;

/** It survives, answers everything in time, and keeps within memory and descriptors. */
export async function stress(folder: string): Promise<Report> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return { lines: [`${PACKAGES.stress} runs on Linux x64 alone`], problems: [] };
  }
  await install(folder, PACKAGES.stress);
  const program = `${folder}/node_modules/@mcp-stress/linux-x64/bin/mcp-stress`;
  Deno.chmodSync(program, 0o755);
  const server = serverProgram(folder);
  const run = (...args: string[]): Promise<Ended> =>
    runToEnd({ command: [program, ...args, "--", server], cwd: folder, env: { NO_COLOR: "1" } });
  const reports = [diagnosed(await run("diagnose"))];
  for (const profile of PROFILES) {
    const flags = ["-p", profile, "-n", CALLS, "-c", "8", "--seed", "7", "--json"];
    const watch = new Watch(`${folder}/pid`);
    const ended = await run("run", ...flags);
    reports.push(flooded(profile, ended, watch.end()));
  }
  return {
    lines: reports.flatMap(({ lines }) => lines),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

function diagnosed({ stdout, stderr }: Ended): Report {
  const said = stdout + stderr;
  const summary = /\d+ passed, (\d+) failed.*/.exec(said);
  const problems = summary?.[1] === "0" ? [] : [`diagnose finds faults: ${said}`];
  return { lines: [`diagnose: ${summary?.[0] ?? "no summary"}`], problems };
}

/** Refusals of made-up arguments are answers; anything else that it counts as an error is none. */
function flooded(profile: string, { stdout, stderr }: Ended, most: Resources): Report {
  const line = stdout.slice(stdout.indexOf("{"));
  if (line === "" || stdout.indexOf("{") < 0) {
    return { lines: [], problems: [`${profile} gave no summary: ${stdout}${stderr}`] };
  }
  const { totalRequests, requestsPerSecond, overall, errorsByCategory } = JSON.parse(line);
  const { server = 0, ...others } = errorsByCategory;
  const lost = Object.entries(others).map(([kind, count]) => `${count} ${kind}`);
  const figures = `${Math.round(requestsPerSecond)} calls/s, p99 ${Math.round(overall.p99)} ms`;
  const resources = `${most.residentMib} MiB, ${most.descriptors} descriptors at most`;
  return {
    lines: [`${profile}: ${totalRequests} calls, ${server} refused; ${figures}; ${resources}`],
    problems: [
      ...(lost.length === 0 ? [] : [`${profile}: not answered as they should: ${lost.join(", ")}`]),
      ...resourceProblems(profile, most),
    ],
  };
}

interface Resources {
  residentMib: number;
  descriptors: number;
}

function resourceProblems(profile: string, { residentMib, descriptors }: Resources): string[] {
  if (residentMib === 0) return [`${profile}: the server was never seen: is there a /proc?`];
  return [
    ...(residentMib > MOST_RESIDENT_MIB ? [`${profile}: ${residentMib} MiB: something leaks`] : []),
    ...(descriptors > MOST_DESCRIPTORS ? [`${profile}: ${descriptors} descriptors leak`] : []),
  ];
}

/** Looks at the server while it runs. */
class Watch {
  readonly #most: Resources = { residentMib: 0, descriptors: 0 };
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pidFile: string) {
    this.#timer = setInterval(() => this.#look(pidFile), LOOK_MS);
  }

  /** The most that was seen. */
  end(): Resources {
    clearInterval(this.#timer);
    return this.#most;
  }

  #look(pidFile: string): void {
    try {
      // Deno itself may not look there without every permission.
      const look = 'p=/proc/$(cat "$0"); grep VmRSS $p/status; ls $p/fd | wc -l';
      const { stdout } = new Deno.Command("sh", { args: ["-c", look, pidFile] }).outputSync();
      const [, kib = "0", count = "0"] =
        /VmRSS:\s+(\d+) kB\n(\d+)/.exec(new TextDecoder().decode(stdout)) ?? [];
      this.#most.residentMib = Math.max(this.#most.residentMib, Math.round(Number(kib) / 1024));
      this.#most.descriptors = Math.max(this.#most.descriptors, Number(count));
    } catch {
      // Not there yet, or not any more.
    }
  }
}
