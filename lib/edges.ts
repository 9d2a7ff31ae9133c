/**
 * The slice of the world that the desk uses, as a type: `lib/program/` hands in the real one, tests
 * a literal. Nothing else in `lib/` reads a clock, draws a number or opens a connection.
 *
 * @module
 */

/** Clock, chance and network. */
export interface Edges {
  /** Sends one HTTP request; the global `fetch`, or the simulated exchange's. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** The machine's wall clock, Unix ms. It may be wrong and may jump. */
  now(): number;
  /** Ms since some fixed moment; never jumps, and stands still while the machine sleeps. */
  monotonic(): number;
  /** Calls back once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, callback: () => void): () => void;
  /** A random uint32 that nobody can foresee. */
  randomId(): number;
}
