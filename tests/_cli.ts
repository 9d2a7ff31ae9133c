/**
 * A world made of literals for the commands that a person types: a terminal that is a list of
 * lines, a data directory in memory, an exchange of scripted answers.
 *
 * @module
 */

import { runCommand } from "../lib/cli/mod.ts";
import type { DataDirectory, HaltFile, Machine, World } from "../lib/cli/world.ts";
import { type Config, readConfig, type Sources } from "../lib/config.ts";
import { Desk } from "../lib/desk/mod.ts";
import { Exchange } from "../lib/exchange.ts";
import { Http } from "../lib/http/mod.ts";
import { Journal, type JournalError } from "../lib/journal/mod.ts";
import { createRedact } from "../lib/secret.ts";
import type { StartFile } from "../lib/starts.ts";
import { collectingLog, MEMORY, NO_LIMITS, TestClock, testEdges } from "./_helpers.ts";
import { type Route, type Routes, routes } from "./_routes.ts";

/** What a {@linkcode Person} starts from. */
export interface PersonOptions {
  /** The environment. */
  env?: Record<string, string>;
  /** What else the settings come from. */
  sources?: Partial<Sources>;
  machine?: Partial<Machine>;
  /** What is typed, line by line; after the last the input ends. */
  types?: string[];
  /** Nothing is a terminal: a program runs the command; or only one stream is none. */
  piped?: boolean | "stdin" | "stderr";
  /** The exchange. */
  routes?: Record<string, Route>;
  /** The journal, or why it can't be opened; `null` where there is none. */
  journal?: Journal | JournalError | null;
  /** The logs of earlier starts, newest first. */
  starts?: readonly (string | StartFile)[];
  /** The directory is somebody else's. */
  forbidden?: boolean;
  /** Nothing names a data directory. */
  homeless?: boolean;
  /** What happens to HALT when it is written. */
  haltFault?: "refused" | "lost";
  /** The directory whose HALT stops every desk; none unless given. */
  every?: () => DataDirectory;
  /** Called when a question is asked, before it is answered. */
  onAsk?: () => void;
  clock?: TestClock;
}

/** What a command left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Somebody at a terminal. */
export class Person {
  readonly clock: TestClock;
  readonly exchange: Routes;
  readonly types: string[];
  /** The file HALT. */
  halt: HaltFile | undefined;
  /** The paper accounts that were started afresh, each by its USDC. */
  readonly resets: [prices: string, usdc: string | undefined][] = [];
  /** What `--data-dir` last named. */
  asked: string | undefined;
  readonly #options: PersonOptions;
  #out = "";
  #err = "";

  constructor(options: PersonOptions = {}) {
    this.#options = options;
    this.clock = options.clock ?? new TestClock();
    this.exchange = routes(options.routes ?? {}, () => this.clock.now());
    this.types = options.types ?? [];
  }

  /** Runs one command line. */
  async run(...args: string[]): Promise<Ended> {
    this.#out = this.#err = "";
    const code = await this.clock.run(this.world().then((world) => runCommand(args, world)));
    return { code, stdout: this.#out, stderr: this.#err };
  }

  async world(): Promise<World> {
    const sources: Sources = {
      env: this.#options.env ?? {},
      userFilePath: "/home/ada/.config/backpack-mcp/.env",
      trustWorkingFile: false,
      ...this.#options.sources,
    };
    const configuration = await this.clock.hold(readConfig(sources));
    const settings = configuration.ok ? configuration.config : configuration;
    const redact = createRedact(settings.secrets);
    const { piped = false } = this.#options;
    return {
      version: "1.2.3",
      sources,
      configuration,
      machine: {
        os: "linux",
        program: ["/opt/backpack-mcp"],
        isRelease: false,
        unlimited: [],
        modeOf: () => 0o100600,
        ...this.#options.machine,
      },
      edges: testEdges(this.clock, this.exchange.fetch),
      terminal: {
        hasKeyboard: piped !== true && piped !== "stdin",
        showsAnswers: piped !== true,
        showsNotes: piped !== true && piped !== "stderr",
        hasColours: false,
        print: (text) => void (this.#out += redact(text)),
        say: (text) => void (this.#err += redact(text)),
        ask: (question) => {
          this.#err += question;
          this.#options.onAsk?.();
          return this.types.shift();
        },
      },
      data: (path = settings.dataDir ?? "/data") =>
        this.#options.homeless ? undefined : this.#data(path),
      everyDesk: () => this.#options.every?.(),
      openDesk: (config) => Promise.resolve(this.#desk(config)),
      openExchange: (config) => Promise.resolve(new Exchange(this.#http(config))),
    };
  }

  #data(path: string): DataDirectory {
    this.asked = path;
    const { journal, forbidden, haltFault } = this.#options;
    return {
      path,
      isPermitted: forbidden !== true,
      hasJournal: () => journal !== null && journal !== undefined,
      openJournal: () => unclosed(journal ?? Journal.open(MEMORY, () => this.clock.now())),
      readHalt: () => this.halt,
      writeHalt: (reason) => {
        if (haltFault === "refused") throw new Error("Read-only file system (os error 30)");
        if (haltFault !== "lost") this.halt = { sinceMs: this.clock.now(), reason };
      },
      readStarts: (count) =>
        (this.#options.starts ?? []).slice(0, count)
          .map((start) => typeof start === "string" ? { text: start } : start),
      removeHalt: () => void (this.halt = undefined),
      resetPaper: (prices, usdc) => void this.resets.push([prices, usdc]),
    };
  }

  #desk(config: Config): Desk {
    const edges = testEdges(this.clock, this.exchange.fetch);
    const journal = this.#options.journal ?? Journal.open(MEMORY, () => this.clock.now());
    const halt = { isHalted: () => this.halt !== undefined, halt: () => {} };
    const own = { halt, limits: NO_LIMITS, mode: "live" as const };
    const http = this.#http(config);
    return new Desk({ http, edges, log: collectingLog(), journal, key: "test", ...own });
  }

  #http({ baseUrl, timeoutMs, windowMs, signer: given }: Config): Http {
    const { clock } = this;
    const signer = given && {
      apiKey: given.apiKey,
      sign: (message: Uint8Array<ArrayBuffer>) => clock.hold(given.sign(message)),
    };
    const edges = testEdges(clock, this.exchange.fetch);
    const log = collectingLog();
    return new Http({ baseUrl, timeoutMs, windowMs, ...(signer && { signer }), edges, log });
  }
}

/** A command closes its journal, and the test wants to look into it afterwards. */
function unclosed(journal: Journal | JournalError): Journal | JournalError {
  if (!(journal instanceof Journal)) return journal;
  journal.close = () => {};
  journal[Symbol.dispose] = () => {};
  return journal;
}
