/**
 * What a part of the run finds, and the server that it tries.
 *
 * @module
 */

import { denoCommand, denoDir, ROOT } from "../_program.ts";

/** What a part says: figures for a person, and what is wrong with what to do about it. */
export interface Report {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** Tries one program of other people in an empty folder of its own. */
export type Part = (folder: string) => Promise<Report>;

/** The environment of a server that knows nothing of its owner and trades on paper. */
export function paperEnvironment(folder: string): Record<string, string> {
  return {
    ...{ HOME: folder, XDG_CONFIG_HOME: `${folder}/config`, XDG_STATE_HOME: `${folder}/state` },
    ...{ BACKPACK_MODE: "paper", BACKPACK_PROXY: "allow", DENO_DIR: denoDir() },
  };
}

/** The server's command, with the permissions that it has in use. */
export function serverCommand(folder: string): string[] {
  const data = `${folder}/state/backpack-mcp`;
  const files = [".env", `${folder}/config/backpack-mcp/.env`, data];
  const grants = ["--allow-net=127.0.0.1", "--allow-env", `--allow-read=${files}`];
  return denoCommand([...grants, `--allow-write=${data}`], `${ROOT}main.ts`);
}

/** A program without arguments that becomes the server, and leaves its process id in `pid`. */
export function serverProgram(folder: string): string {
  const path = `${folder}/server`;
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const variables = Object.entries(paperEnvironment(folder)).map((pair) => quoted(pair.join("=")));
  const command = ["env", ...variables, ...serverCommand(folder).map(quoted)].join(" ");
  const text = `#!/bin/sh\necho $$ > ${quoted(`${folder}/pid`)}\nexec ${command}\n`;
  Deno.writeTextFileSync(path, text, { mode: 0o755 });
  return path;
}
