/**
 * One server as a child of the supervisor: lines in, lines out, an orderly end.
 *
 * @module
 */

import { linesOf } from "./json_lines.ts";

/** Deno with stdin and stdout piped and stderr inherited. */
export class ServerProcess {
  /** Resolves to the exit code. */
  readonly ended: Promise<number>;
  /** Whether {@linkcode stop} was called: its end is then no surprise. */
  isStopping = false;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  /** Starts at once. */
  constructor(args: readonly string[]) {
    const command = new Deno.Command(Deno.execPath(), {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    this.#child = command.spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.ended = this.#child.status.then(({ code }) => code);
  }

  /** What it says. */
  lines(): AsyncGenerator<string> {
    return linesOf(this.#child.stdout);
  }

  /** A line that it can't take any more is lost with it; see what was in flight. */
  send(line: string): void {
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  /** Does nothing to one that has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself just now.
    }
  }

  /** Ends its input, and after the limit the process; resolves to the exit code. */
  async stop(limitMs: number): Promise<number> {
    this.isStopping = true;
    const timer = setTimeout(() => this.kill("SIGKILL"), limitMs);
    // Awaited, this would last until it has read everything, which it need not do.
    this.#input.close().catch(() => {});
    const code = await this.ended;
    clearTimeout(timer);
    return code;
  }
}
