/**
 * Whether a process stays as it was, however many calls it answers: resident memory, descriptors,
 * and, where the runtime lets it be asked, what it still holds after a collection.
 *
 * @module
 */

import type { LiveHeap } from "./_live_heap.ts";

/** One look at the process. */
export interface Sample {
  /** The calls that it had answered by then. */
  readonly calls: number;
  readonly residentKb: number;
  readonly descriptors: number;
  /** What a full collection leaves. */
  readonly keptKb?: number;
}

const SAMPLE_MS = 2000;
/** What a garbage collector may be behind with; connections come and go. */
const RESIDENT_SLACK = 1.1;
const RESIDENT_SLACK_KB = 8 * 1024;
const DESCRIPTOR_SLACK = 6;
/** A leak of 1 KB a call is more than this and the slack together from 2,100 calls on. */
const MOST_KEPT_KB_A_CALL = 0.25;
/** What comes and goes: calls under way, and code that the runtime compiles or forgets. */
const KEPT_SLACK_KB = 1536;

/** Looks at a process from time to time. */
export class Watch {
  readonly samples: Sample[] = [];
  readonly #failures: string[] = [];

  constructor(readonly pid: number, readonly heap?: Pick<LiveHeap, "keptKb" | "close">) {}

  /** Looks until then, or until that fails; `calls` tells how many were answered. */
  async until(endsAt: number, calls: () => number): Promise<void> {
    try {
      while (Date.now() < endsAt) {
        this.samples.push(await this.#look(calls()));
        await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      }
    } catch (error) {
      this.#failures.push(`not looked at to the end: ${error}`);
    } finally {
      // With its inspector in use a process does not end.
      this.heap?.close();
    }
  }

  /** What grew, each as a sentence; the first third is taken for warming up. */
  faults(): readonly string[] {
    if (this.#failures.length > 0) return this.#failures;
    const warm = this.samples.slice(Math.ceil(this.samples.length / 3));
    if (warm.length < 6) return ["too short to tell"];
    // A figure that nobody could read is always the same one.
    if (this.samples.some(isUnread)) return ["the system did not tell of the process"];
    const half = Math.floor(warm.length / 2);
    const [early, late] = [warm.slice(0, half), warm.slice(-half)];
    const [was, is] = [early, late].map((some) => median(some.map((it) => it.residentKb)));
    const [had, has] = [early, late].map((some) => median(some.map((it) => it.descriptors)));
    const calls = warm.at(-1)!.calls - warm[0]!.calls;
    const left = keptKbACall(warm);
    const isKept = left * calls <= MOST_KEPT_KB_A_CALL * calls + KEPT_SLACK_KB;
    return [
      ...(is! <= was! * RESIDENT_SLACK + RESIDENT_SLACK_KB ? [] : [`resident ${was} to ${is} KB`]),
      ...(has! <= had! + DESCRIPTOR_SLACK ? [] : [`descriptors grew from ${had} to ${has}`]),
      ...(isKept ? [] : [`each call leaves ${left.toFixed(2)} KB behind`]),
    ];
  }

  /** The figures at the start, after each third and at the end, for a person. */
  text(): string {
    const { samples } = this;
    const at = [0, 1 / 3, 2 / 3, 1].map((share) =>
      samples[Math.floor(share * (samples.length - 1))]
    );
    const told = (of: (sample: Sample) => number): string =>
      at.map((sample) => sample === undefined ? "none" : Math.round(of(sample))).join(", ");
    const warm = samples.slice(Math.ceil(samples.length / 3));
    const calls = (warm.at(-1)?.calls ?? 0) - (warm[0]?.calls ?? 0);
    const shows = (MOST_KEPT_KB_A_CALL + KEPT_SLACK_KB / calls).toFixed(2);
    const kept = this.heap === undefined ? "" : `; kept ${told((it) => it.keptKb ?? 0)} KB, ` +
      `${keptKbACall(warm).toFixed(3)} KB a call once warm, of which ${shows} would be a leak`;
    return `resident ${told((it) => it.residentKb)} KB${kept}; ` +
      `descriptors ${told((it) => it.descriptors)}`;
  }

  async #look(calls: number): Promise<Sample> {
    const status = said("/bin/cat", `/proc/${this.pid}/status`);
    const [, residentKb = "0"] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
    const descriptors = said("/bin/ls", `/proc/${this.pid}/fd`).match(/^\d+$/gm)?.length ?? 0;
    const keptKb = await this.heap?.keptKb();
    const kept = keptKb === undefined ? {} : { keptKb };
    return { calls, residentKb: Number(residentKb), descriptors, ...kept };
  }
}

/** Every process has memory, and the three descriptors that it is talked to by. */
function isUnread({ residentKb, descriptors }: Sample): boolean {
  return residentKb === 0 || descriptors < 3;
}

/** How fast what is kept grows: the slope of the line through all samples, KB a call. */
function keptKbACall(samples: readonly Sample[]): number {
  const [calls, kept] = [samples.map((it) => it.calls), samples.map((it) => it.keptKb ?? 0)];
  const [meanCalls, meanKept] = [mean(calls), mean(kept)];
  const spread = calls.map((it) => it - meanCalls);
  const shared = mean(spread.map((it, at) => it * (kept[at]! - meanKept)));
  return shared / mean(spread.map((it) => it * it));
}

/** What a program of the system prints: this one may not read `/proc`. */
function said(program: string, argument: string): string {
  return new TextDecoder().decode(
    new Deno.Command(program, { args: [argument] }).outputSync().stdout,
  );
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
