/**
 * Deno as a child process that takes the launcher's place: it inherits stdin, stdout and stderr,
 * gets the signals that the launcher gets, and its exit code is the launcher's.
 *
 * @module
 */

/** What {@linkcode runDeno} can be told. */
export interface RunOptions {
  /** Added to the environment. */
  readonly env?: Record<string, string>;
  /** Where it runs; here by default. */
  readonly cwd?: string;
}

/** Runs Deno to its end; resolves to its exit code. */
export async function runDeno(args: readonly string[], options: RunOptions = {}): Promise<number> {
  // Deno is not on the PATH under npx.
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    ...options,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const child = command.spawn();
  const stopForwarding = forwardSignals((signal) => child.kill(signal));
  const { code } = await child.status;
  stopForwarding();
  return code;
}

/**
 * Passes SIGINT and SIGTERM on; resolves nothing by itself. On Windows the console gives SIGINT
 * and SIGBREAK to all its processes, and to `kill` one there ends it on the spot: the launcher
 * only has to outlive its child.
 */
export function forwardSignals(forward: (signal: Deno.Signal) => void): () => void {
  const windows = Deno.build.os === "windows";
  const signals: Deno.Signal[] = windows ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
  const listeners = signals.map((signal) => {
    const listener = (): void => {
      try {
        if (!windows) forward(signal);
      } catch {
        // It has ended by itself just now.
      }
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => listeners.forEach((remove) => remove());
}

/** Says something to the person at the terminal: stdout may be an MCP wire. */
export function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
