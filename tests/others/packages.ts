/**
 * Other people's programs, from the npm registry: each pinned, none a dependency of the project.
 *
 * @module
 */

import { type Ended, runToEnd } from "../_program.ts";

/** The versions, and nowhere else. */
export const PACKAGES = {
  inspector: "@modelcontextprotocol/inspector@2.12.0",
  conformance: [
    "@modelcontextprotocol/conformance@0.1.16",
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
  ],
  /** From HTTP on loopback to stdio; supergateway would listen on every address. */
  bridge: "mcp-proxy@6.7.19",
  stress: "@mcp-stress/linux-x64@0.2.1",
  ccxt: "ccxt@4.5.84",
} as const;

/** npm asks for nothing and says no more than it must. */
export const NPM_ENVIRONMENT: Record<string, string> = {
  NO_COLOR: "1",
  npm_config_loglevel: "error",
  npm_config_update_notifier: "false",
  npm_config_fund: "false",
  npm_config_audit: "false",
};

/** Runs a package's program to its end. */
export function npx(cwd: string, args: readonly string[], env = {}): Promise<Ended> {
  return runToEnd({ command: ["npx", "-y", ...args], cwd, env: { ...NPM_ENVIRONMENT, ...env } });
}

/** Puts a package into `folder`, without running what it would run; throws if it can't be had. */
export async function install(folder: string, name: string): Promise<void> {
  const options = ["--prefix", folder, "--no-save", "--ignore-scripts"];
  const command = ["npm", "install", ...options, name];
  const { code, stderr } = await runToEnd({ command, cwd: folder, env: NPM_ENVIRONMENT });
  if (code !== 0) throw new Error(`${name} could not be fetched from the registry: ${stderr}`);
}
