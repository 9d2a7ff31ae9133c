/**
 * `deno task dev`: serves during development.
 *
 * @module
 */

/** Restarts the server when a file changes. */
export class Supervisor {
  readonly #options: { command(): string[]; root: string };

  /** Starts nothing before {@linkcode run}. */
  constructor(options: { command(): string[]; root: string }) {
    this.#options = options;
  }

  /** Serves until stdin ends; resolves to the exit code. */
  async run(): Promise<number> {
    const { runDeno } = await import("./child.ts");
    return await runDeno(this.#options.command());
  }
}
