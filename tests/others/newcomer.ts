/**
 * The first minutes of somebody new: a fresh copy of what is committed, an empty home, Node.js and
 * npm alone, and the README's own commands, up to a paper order in a client that a script drives.
 *
 * @module
 */

import { type Ended, ROOT, runToEnd } from "../_program.ts";
import { NPM_ENVIRONMENT, npx, PACKAGES } from "./packages.ts";
import type { Report } from "./part.ts";

const MOST_MS = 120_000;
const ORDER =
  '{"symbol":"SOL_USDC","side":"Bid","orderType":"Limit","price":"130.10","quantity":"1.5"}';

/** What the README tells a newcomer to type, word for word; a change there must be made here. */
const README_COMMANDS = [
  "npx -y deno@2.8.3 task demo",
  "npx -y deno@2.8.3 task --quiet start config claude-desktop --paper",
];

/** Within two minutes, the downloads included. */
export async function newcomer(folder: string): Promise<Report> {
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  const missing = README_COMMANDS.filter((command) => !readme.includes(command));
  if (missing.length > 0) {
    return {
      lines: [],
      problems: missing.map((command) => `the README no longer says: ${command}`),
    };
  }
  const journey = new Journey(folder);
  await journey.step("git clone", ["git", "clone", "--quiet", ROOT, `${folder}/backpack-mcp`]);
  const [demo = "", config = ""] = README_COMMANDS;
  const { stdout: shown } = await journey.step(demo, demo.split(" "));
  const { stdout: settings } = await journey.step(config, config.split(" "));
  const file = `${folder}/claude_desktop_config.json`;
  Deno.writeTextFileSync(file, settings);
  const placed = await journey.client(["--config", file, "--server", "backpack"]);
  const problems = [
    ...(/All \d+ steps went as they should/.test(shown)
      ? []
      : [`the demo did not end well: ${shown}`]),
    ...(placed.outcome === "placed" ? [] : [`no order was placed: ${JSON.stringify(placed)}`]),
    ...(journey.totalMs <= MOST_MS ? [] : [`it took more than ${MOST_MS / 1000} s`]),
  ];
  const total = `from nothing to the first paper order: ${seconds(journey.totalMs)}`;
  return { lines: [...journey.lines, total], problems };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Steps in a home where nothing is. */
class Journey {
  readonly lines: string[] = [];
  totalMs = 0;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    Deno.mkdirSync(`${folder}/home`);
    Deno.mkdirSync(`${folder}/backpack-mcp`);
  }

  get #env(): Record<string, string> {
    const home = `${this.#folder}/home`;
    const empty = { DENO_DIR: "", XDG_CONFIG_HOME: "", XDG_STATE_HOME: "", XDG_CACHE_HOME: "" };
    return { ...NPM_ENVIRONMENT, ...empty, npm_config_cache: `${home}/.npm`, HOME: home };
  }

  /** Runs one command in the checkout; throws with what it said if it fails. */
  async step(name: string, command: readonly string[]): Promise<Ended> {
    const start = { command, cwd: `${this.#folder}/backpack-mcp`, env: this.#env };
    return await this.#timed(name, () => runToEnd(start));
  }

  /** The Inspector in the place of a client, started from that client's settings. */
  async client(server: readonly string[]): Promise<{ outcome?: string }> {
    const call = ["--method", "tools/call", "--tool-name", "create_order"];
    const args = [PACKAGES.inspector, "--cli", ...server, ...call, "--tool-args-json", ORDER];
    const { stdout } = await this.#timed(
      "a client places an order",
      () => npx(this.#folder, args, this.#env),
    );
    return JSON.parse(stdout).structuredContent ?? {};
  }

  async #timed(name: string, work: () => Promise<Ended>): Promise<Ended> {
    const startMs = performance.now();
    const ended = await work();
    const tookMs = performance.now() - startMs;
    this.totalMs += tookMs;
    this.lines.push(`${seconds(tookMs)}  ${name}`);
    if (ended.code === 0) return ended;
    throw new Error(`${name} ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
  }
}
