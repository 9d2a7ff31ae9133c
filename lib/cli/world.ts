/**
 * What a command needs of the world, as a type: `lib/program/` hands in the real one, tests a literal.
 *
 * @module
 */

import type { Config, Configuration, Sources } from "../config.ts";
import type { Desk } from "../desk/mod.ts";
import type { Edges } from "../edges.ts";
import type { Exchange } from "../exchange.ts";
import type { Journal, JournalError } from "../journal/mod.ts";
import type { PaperPrices } from "../settings.ts";
import type { StartFile } from "../starts.ts";

/** Streams, settings and files of this machine. */
export interface World {
  /** This program's version. */
  readonly version: string;
  /** Where the settings come from. */
  readonly sources: Sources;
  /** What the settings say, in order or not. */
  readonly configuration: Configuration;
  readonly edges: Edges;
  readonly machine: Machine;
  readonly terminal: Terminal;
  /** The data directory at `path`, or the one that a server here would use; none if nothing names one. */
  data(path?: string): DataDirectory | undefined;
  /** The directory whose HALT stops every desk of this user; none if nothing names a home. */
  everyDesk(): DataDirectory | undefined;
  /** A desk on the exchange that `config` names, with the journal in its data directory. */
  openDesk(config: Config): Promise<Desk>;
  /** The reads alone, without a journal. */
  openExchange(config: Config): Promise<Exchange>;
}

/** This program and its surroundings. */
export interface Machine {
  /** As Deno names it: `linux`, `darwin`, `windows` or another. */
  readonly os: string;
  /** The command that starts the server: an absolute path and its arguments. */
  readonly program: readonly string[];
  /** Built for nobody's directories: only a server gives up what it does not need. */
  readonly isRelease: boolean;
  /** Permissions that are in force without a limit, such as `net`. */
  readonly unlimited: readonly string[];
  /** The mode of a file that exists; `undefined` where the system has none. */
  modeOf(path: string): number | undefined;
}

/** The person's side. What is written is redacted first. */
export interface Terminal {
  /** Whether a person types what is read. */
  readonly hasKeyboard: boolean;
  /** Whether a person sees stdout. */
  readonly showsAnswers: boolean;
  /** Whether a person sees stderr. */
  readonly showsNotes: boolean;
  /** Whether stdout takes colours: it is a terminal, and `NO_COLOR` is not set. */
  readonly hasColours: boolean;
  /** Writes to stdout: the command's answer and nothing else. */
  print(text: string): void;
  /** Writes to stderr: everything that is not the answer. */
  say(text: string): void;
  /** Asks on stderr and reads one line; `undefined` at the end of the input. */
  ask(question: string): string | undefined;
}

/** The directory of the journal and of HALT; it need not exist. */
export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** Whether this process may read and write there. */
  readonly isPermitted: boolean;
  /** Whether there is a journal to open. */
  hasJournal(): boolean;
  /** Opens the journal, or makes directory and journal; never throws. */
  openJournal(): Journal | JournalError;
  /** The file HALT; its text is the reason. `undefined` while the desk is not halted. */
  readHalt(): HaltFile | undefined;
  /** Makes the directory and the file HALT, for this user alone; an existing one stays as it is. */
  writeHalt(reason: string): void;
  /** The logs of the latest starts of a server here, newest first, at most `count`; never throws. */
  readStarts(count: number): StartFile[];
  /** Takes the file HALT away. */
  removeHalt(): void;
  /** Starts a paper account and its journal afresh; `usdc`: with that much and nothing else. */
  resetPaper(prices: PaperPrices, usdc?: string): void;
}

/** What stops new orders. */
export interface HaltFile {
  /** When it was written, Unix ms, where the file system tells. */
  readonly sinceMs: number | undefined;
  /** Its text. */
  readonly reason: string;
}
