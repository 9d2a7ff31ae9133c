/**
 * A process that tries faults in one test file (`trial.ts`), as seen from outside.
 *
 * @module
 */

import type { Asked, Told } from "./trial.ts";

/** How a process is started. */
export interface Start {
  /** The folder of the copy, with a slash at its end. */
  readonly root: string;
  /** Deno's flags for the registries that can be reached, as paths inside the copy. */
  readonly flags: readonly string[];
  /** Where its tests put their temporary files. */
  readonly temporary: string;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

/** Deno with these arguments in a copy. */
export function commandIn(
  { root, temporary, signal }: Start,
  args: readonly string[],
  options: Deno.CommandOptions = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1", TMPDIR: temporary, TMP: temporary, TEMP: temporary },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal,
    ...options,
  });
}

/** How long a test file may take to load. */
const LOAD_LIMIT_MS = 60_000;

/** One process; it is asked one thing after another. */
export class TrialProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  private constructor(start: Start, path: string) {
    const program = `${start.root}scripts/mutation/trial.ts`;
    const args = ["run", "-A", "--quiet", "--no-check", ...start.flags, program];
    const command = commandIn(start, [...args, `${start.root}${path}`], {
      stdin: "piped",
      stdout: "piped",
    });
    this.#child = command.spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  /** The process with the number of tests in the file; none if that can't be loaded. */
  static async start(start: Start, path: string): Promise<[TrialProcess, number]> {
    const process = new TrialProcess(start, path);
    return [process, Number(await process.#next(LOAD_LIMIT_MS) ?? 0)];
  }

  /** What becomes of it; `undefined` if the process ends or takes longer: it is of no more use. */
  async ask(asked: Asked, limitMs: number): Promise<Told | undefined> {
    const line = new TextEncoder().encode(`${JSON.stringify(asked)}\n`);
    await this.#input.write(line).catch(() => {});
    const answer = await this.#next(limitMs);
    return answer === undefined ? undefined : JSON.parse(answer);
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#input.abort().catch(() => {});
    while (!(await this.#lines.next()).done);
    await this.#child.status;
  }

  async #next(limitMs: number): Promise<string | undefined> {
    const limit = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => limit.resolve(undefined), limitMs);
    const next = this.#lines.next().then(({ value }) => value as string | undefined);
    try {
      return await Promise.race([next, limit.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The lines of the process itself; what tests write is none of them. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("#")) yield line.slice(1);
  }
}
