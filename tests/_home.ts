/**
 * A home of its own for the real program, whose directory, journal and settings are real files.
 *
 * @module
 */

import { Journal } from "../lib/journal/mod.ts";
import { serverGrants } from "../scripts/grants.ts";
import { denoCommand, denoDir, type Ended, ROOT, runToEnd } from "./_program.ts";

/** Util-linux: a pseudo-terminal for whatever it runs. */
export const SCRIPT = "/usr/bin/script";

/** A home of its own, with the permissions that the launcher would give. */
export class Home {
  readonly folder = Deno.makeTempDirSync({ prefix: "backpack-mcp-" });
  readonly data = `${this.folder}/state/backpack-mcp`;

  get env(): Record<string, string> {
    return {
      HOME: this.folder,
      XDG_CONFIG_HOME: `${this.folder}/config`,
      XDG_STATE_HOME: `${this.folder}/state`,
      DENO_DIR: denoDir(),
      NO_COLOR: "1",
    };
  }

  /** The user's `.env`. */
  get userFile(): string {
    return `${this.folder}/config/backpack-mcp/.env`;
  }

  command(args: readonly string[], baseUrl?: string): string[] {
    const grants = serverGrants({ userFilePath: this.userFile, baseUrl, dataDirectory: this.data });
    return denoCommand(grants, `${ROOT}main.ts`, ...args);
  }

  async run(
    args: readonly string[],
    options: { input?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    return await this.#run(this.command(args, options.env?.BACKPACK_BASE_URL), options);
  }

  /** On a pseudo-terminal, which writes stdout and stderr as one. */
  async runOnTerminal(
    args: readonly string[],
    input: string,
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const quoted = this.command(args).map((part) => `'${part}'`).join(" ");
    return await this.#run([SCRIPT, "-qec", quoted, "/dev/null"], { input, env });
  }

  #run(
    command: readonly string[],
    { input, env }: { input?: string; env?: Record<string, string> },
  ): Promise<Ended> {
    return runToEnd({ command, cwd: this.folder, env: { ...this.env, ...env } }, input);
  }

  /** The journal, as another process of the owner sees it. */
  openJournal(): Journal {
    Deno.mkdirSync(this.data, { recursive: true });
    const path = `${this.data}/journal.sqlite`;
    return Journal.open({ path, identity: () => String(Deno.statSync(path).ino) }, Date.now);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
