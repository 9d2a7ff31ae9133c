/**
 * What a process of ours still holds once everything is collected that can be: asked through the
 * inspector of the runtime, so only of one that was started from its sources.
 *
 * @module
 */

import { within } from "./_patience.ts";

/** A collection takes milliseconds; nothing else keeps the runtime from answering for long. */
const PATIENCE_MS = 30_000;

type Reply = {
  readonly id?: number;
  readonly result: { readonly usedSize: number; readonly backingStorageSize: number };
};

/** The inspector of one process. */
export class LiveHeap {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #id = 0;

  private constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => {
      const reply: Reply = JSON.parse(data);
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    };
  }

  /** Connects to the address that the runtime wrote on stderr. */
  static async open(url: Promise<string>): Promise<LiveHeap> {
    const heap = new LiveHeap(await within(PATIENCE_MS, "the inspector's address", url));
    const opened = new Promise((resolve) => heap.#socket.onopen = resolve);
    await within(PATIENCE_MS, "the inspector's socket", opened);
    return heap;
  }

  /** Collects, and tells what is left, KB: objects, and bytes outside of the heap. */
  async keptKb(): Promise<number> {
    // What the first time set free may hold more.
    for (let round = 0; round < 2; round++) await this.#ask("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = (await this.#ask("Runtime.getHeapUsage")).result;
    return (usedSize + backingStorageSize) / 1024;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string): Promise<Reply> {
    const id = ++this.#id;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method }));
    return within(PATIENCE_MS, method, reply).finally(() => this.#waiting.delete(id));
  }
}
