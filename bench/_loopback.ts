/**
 * An exchange on this machine that answers at once: any number of open spot orders, every market,
 * and each new order taken.
 *
 * @module
 */

/** A running one. */
export class Loopback {
  readonly #worker: Worker;
  #baseUrl = "";

  private constructor() {
    const url = new URL("./_loopback_worker.ts", import.meta.url);
    this.#worker = new Worker(url, { type: "module" });
  }

  /** Starts one with so many open orders. */
  static async start(openOrders: number): Promise<Loopback> {
    const loopback = new Loopback();
    await loopback.setOpenOrders(openOrders);
    return loopback;
  }

  /** Its origin. */
  get baseUrl(): string {
    return this.#baseUrl;
  }

  /** From now on so many orders are open. */
  async setOpenOrders(count: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#worker.onmessage = ({ data }): void => resolve(data);
    this.#worker.onerror = ({ message }): void => reject(new Error(message));
    this.#worker.postMessage(count);
    this.#baseUrl = await promise;
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
