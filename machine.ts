/**
 * The machine as the desk and its commands see it: clock, chance, network, the terminal, and the
 * data directory's files. Beside `main.ts`, the only module that touches the runtime.
 *
 * @module
 */

import type { DataDirectory, Machine, Terminal } from "./lib/cli/world.ts";
import type { Edges } from "./lib/edges.ts";
import { Journal, JournalError } from "./lib/journal/mod.ts";
import { freshBook } from "./lib/paper/keeper.ts";
import { OPENING_BALANCES } from "./lib/paper/listings.ts";
import { PaperStore } from "./lib/paper/store.ts";
import type { PaperPrices } from "./lib/settings.ts";
import type { Redact } from "./lib/secret.ts";

/** The real clock, chance and network. */
export const edges: Edges = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  randomId: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
};

/** Writes to stderr. */
export function writeError(text: string): void {
  writeAll(Deno.stderr, text);
}

/** What a person is told about this program and its surroundings. */
export function machineOf(isCheckout: boolean): Machine {
  const root = decodeURIComponent(new URL(".", import.meta.url).pathname).replace(/\/$/, "");
  const task = ["task", "--quiet", "--cwd", windowsPath(root), "start"];
  const isGranted = (name: Deno.PermissionName): boolean =>
    Deno.permissions.querySync({ name } as Deno.PermissionDescriptor).state === "granted";
  return {
    os: Deno.build.os,
    // The runtime tells its own path without a permission to read it.
    program: [Deno.execPath(), ...(isCheckout ? task : [])],
    unlimited: PERMISSIONS.filter(isGranted),
    modeOf: (path) =>
      Deno.build.os === "windows" ? undefined : Deno.statSync(path).mode ?? undefined,
  };
}

const PERMISSIONS = ["net", "read", "write", "env", "run", "ffi", "sys"] as const;

function windowsPath(path: string): string {
  return Deno.build.os === "windows" ? path.replace(/^\//, "").replaceAll("/", "\\") : path;
}

/** Device and inode, by which a journal that was replaced shows. */
export function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Made-up and live prices have an account each: profits of the one are none in the other. */
const PAPER_NAMES: Readonly<Record<PaperPrices, { account: string; journal: string }>> = {
  scripted: { account: "paper.sqlite", journal: "paper-journal.sqlite" },
  live: { account: "paper-live.sqlite", journal: "paper-live-journal.sqlite" },
};

function makePrivate(directory: string): void {
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  // SQLite gives its files the mode that this leaves them: theirs alone.
  if (Deno.build.os !== "windows") Deno.umask(0o077);
}

/** The paper account in `directory`, which is made where there is none; throws if it can't be. */
export function openPaperStoreIn(directory: string, prices: PaperPrices): PaperStore {
  makePrivate(directory);
  return PaperStore.open(`${directory}/${PAPER_NAMES[prices].account}`);
}

/** Opens or makes the journal of paper orders in `directory`. */
export function openPaperJournalIn(directory: string, prices: PaperPrices): Journal | JournalError {
  return openJournalIn(directory, PAPER_NAMES[prices].journal);
}

/** Starts the paper account afresh, with that USDC and nothing else if given, and its journal. */
function resetPaperIn(directory: string, prices: PaperPrices, usdc: string | undefined): void {
  const store = openPaperStoreIn(directory, prices);
  store.reset(freshBook(usdc === undefined ? OPENING_BALANCES : { USDC: usdc }));
  store.close();
  for (const suffix of ["", "-wal", "-shm"]) {
    const path = `${directory}/${PAPER_NAMES[prices].journal}${suffix}`;
    if (identityOf(path) !== undefined) Deno.removeSync(path);
  }
}

/** Opens or makes the journal in `directory`, which is made where there is none. */
export function openJournalIn(directory: string, name = "journal.sqlite"): Journal | JournalError {
  const path = `${directory}/${name}`;
  try {
    makePrivate(directory);
    return Journal.open({ path, identity: () => identityOf(path) }, edges.now);
  } catch (error) {
    if (error instanceof JournalError) return error;
    return new JournalError("unwritable", path, String(error), error);
  }
}

/** The person's side, which sees no secret either. */
export function terminalOf(redact: Redact): Terminal {
  return {
    hasKeyboard: Deno.stdin.isTerminal(),
    showsAnswers: Deno.stdout.isTerminal(),
    showsNotes: Deno.stderr.isTerminal(),
    hasColours: Deno.stdout.isTerminal() && !Deno.noColor,
    print: (text) => writeAll(Deno.stdout, redact(text)),
    say: (text) => writeError(redact(text)),
    ask: (question) => {
      writeError(redact(question));
      return readLine();
    },
  };
}

/** Whoever reads may go away at any time; what is being done goes on. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function readLine(): string | undefined {
  const bytes: number[] = [];
  const next = new Uint8Array(1);
  while (Deno.stdin.readSync(next) === 1) {
    if (next[0] === 10) return new TextDecoder().decode(new Uint8Array(bytes));
    bytes.push(next[0] ?? 0);
  }
  return undefined;
}

/** The directory of the journal and of HALT, for a person's commands; `paper`: of paper orders. */
export function dataDirectoryAt(path: string, paper?: PaperPrices): DataDirectory {
  const journal = paper === undefined ? "journal.sqlite" : PAPER_NAMES[paper].journal;
  const haltPath = `${path}/HALT`;
  const isGranted = (name: "read" | "write"): boolean =>
    Deno.permissions.querySync({ name, path }).state === "granted";
  return {
    path,
    isPermitted: isGranted("read") && isGranted("write"),
    hasJournal: () => identityOf(`${path}/${journal}`) !== undefined,
    openJournal: () => openJournalIn(path, journal),
    readHalt: () => {
      if (identityOf(haltPath) === undefined) return undefined;
      const sinceMs = Deno.statSync(haltPath).mtime?.getTime();
      return { sinceMs, reason: haltReason(haltPath) };
    },
    writeHalt: (reason) => {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(haltPath, reason, { createNew: true, mode: 0o600 });
    },
    removeHalt: () => Deno.removeSync(haltPath),
    resetPaper: (prices, usdc) => resetPaperIn(path, prices, usdc),
  };
}

/** A file that can't be read halts all the same. */
function haltReason(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
