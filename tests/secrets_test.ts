/**
 * Canary keys: everything that the program writes, on every stream and into every file, under every
 * fault, is searched for the seed, the API key and every signature that was sent.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { JournalError } from "../lib/journal/mod.ts";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { KNOWN_NAMES } from "../lib/settings.ts";
import { Served } from "../scripts/serve.ts";
import { type Canary, canaryPair, Search, signatureCanary } from "./_canary.ts";
import { Person } from "./_cli.ts";
import { UNLIMITED } from "./_config.ts";
import { emptyTrial, EXECUTABLE, trialDirectories } from "./_executable.ts";
import { Program, type ProgramOptions } from "./_fuzz_program.ts";
import { API_KEY } from "./_helpers.ts";
import tools from "./testdata/tools.json" with { type: "json" };

const encoder = new TextEncoder();
const KEY_NAMES = ["BACKPACK_PRIVATE_KEY", "BACKPACK_SECRET_KEY"];

Deno.test("the search finds a secret in the forms that it is for, and nothing elsewhere", async () => {
  const { seed, apiKey } = await canaryPair();
  const { bytes } = seed;
  const forms = [
    ...[bytes.toBase64(), bytes.toBase64({ alphabet: "base64url" }), bytes.toHex()],
    ...[bytes.toHex().toUpperCase(), encodeURIComponent(bytes.toBase64()), `[${bytes.join(", ")}]`],
    ...[JSON.stringify(bytes), bytes.toBase64().slice(5, 30), JSON.stringify([...bytes])],
  ];
  const [own, other] = [new Search([seed]), new Search([apiKey])];
  for (const form of forms) {
    assertEquals(other.foundIn(encoder.encode(`a ${form} b`)), []);
    assert(own.foundIn(encoder.encode(`a ${form} b`)).length > 0, form);
  }
  assert(own.foundIn(new Uint8Array([1, ...bytes, 2])).length > 0);
});

/** How the exchange answers with what it was sent. */
const ECHOES: readonly ((words: string, signal: AbortSignal) => Response | Promise<Response>)[] = [
  (words) => Response.json({ code: "INVALID_ORDER", message: words }, { status: 400 }),
  (words) => Response.json({ code: "UNAUTHORIZED", message: words }, { status: 401 }),
  (words) => Response.json({ code: "RESOURCE_NOT_FOUND", message: words }, { status: 404 }),
  (words) => Response.json({ code: words, message: words }, { status: 429 }),
  (words) => new Response(words, { status: 500, headers: { "x-echo": words.slice(0, 500) } }),
  (words) => new Response(`<html>${words}</html>`, { headers: { "content-type": "text/html" } }),
  (words) => Response.json([{ symbol: words, id: words, status: words, price: words }]),
  (words) => Response.json({ [words]: { available: "1", locked: "0", staked: "0" } }),
  () => new Response(null, { status: 307, headers: { location: "/elsewhere" } }),
  (words) => cutOff(words),
  (words) => cutOff(words, { "content-length": "100000" }),
  (_words, signal) => hung(signal),
  () => broken(),
];

/** A reply that breaks off in the middle. */
function cutOff(words: string, headers: Record<string, string> = {}): Response {
  let isSent = false;
  const pull = (to: ReadableStreamDefaultController<Uint8Array>): void => {
    if (isSent) return to.error();
    isSent = true;
    to.enqueue(encoder.encode(`{"message":${JSON.stringify(words)},`));
  };
  return new Response(new ReadableStream({ pull }), { status: 400, headers });
}

/** No reply until the client has gone. */
function hung(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    const onAbort = (): void => resolve(broken());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
  });
}

/** The ways in which a peer may write down what it was sent. */
function echoed(text: string): string[] {
  const bytes = Uint8Array.fromBase64(text);
  return [
    ...[text, text.replace(/=+$/, ""), bytes.toBase64({ alphabet: "base64url" })],
    ...[encodeURIComponent(text), bytes.toHex(), bytes.toHex().toUpperCase()],
    text.replaceAll("/", "\\/"),
  ];
}

/** An exchange that repeats key and signature in each of these ways, one form a reply. */
class EchoExchange {
  readonly signatures = new Set<string>();
  echo = 0;
  #replies = 0;
  readonly #public = new PaperExchange({ now: () => Date.now(), apiKey: API_KEY });
  readonly #served = new Served((request) => this.#answer(request), { onError: broken });

  get baseUrl(): string {
    return this.#served.baseUrl;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served[Symbol.asyncDispose]();
  }

  async #answer(request: Request): Promise<Response> {
    await request.body?.cancel();
    const [key = "", signature = ""] = ["X-API-Key", "X-Signature"]
      .map((name) => request.headers.get(name) ?? "");
    // What is public holds nothing to repeat, and without it no order would ever be sent.
    if (signature === "") return await this.#public.fetch(request.url, { method: request.method });
    this.signatures.add(signature);
    const forms = [key, signature].filter((text) => text !== "").map(echoed);
    const words = forms.map((some) => some[this.#replies % some.length]).join(" and ");
    this.#replies++;
    return await ECHOES[this.echo % ECHOES.length]?.(words, request.signal) ?? broken();
  }
}

function broken(): Response {
  return new Response(new ReadableStream({ pull: (to) => to.error() }));
}

/** Every file's bytes, the journal's own log included. */
function filesUnder(folder: string): Uint8Array[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? filesUnder(path) : [Deno.readFileSync(path)];
  });
}

const LIMIT = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };
const ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  create_order: LIMIT,
  preview_order: LIMIT,
  create_orders: { orders: [LIMIT] },
  cancel_order: { symbol: "SOL_USDC", orderId: "1" },
  get_order: { symbol: "SOL_USDC", orderId: "1" },
};
const OTHERWISE = { symbol: "SOL_USDC" };

/** A program of ours, and everything that it writes. */
class Writer {
  readonly #options: ProgramOptions;
  readonly #folders: readonly string[];
  readonly written: Uint8Array[] = [];

  /** The sources, in that folder alone; or the executable, whose directories are its own. */
  constructor(folder: string, trial: Trial, env: Record<string, string>) {
    this.#folders = [folder, ...(trial === "sources" ? [] : [trial.data])];
    const directories: Record<string, string> = trial === "sources"
      ? {}
      : { BACKPACK_DATA_DIR: trial.data, XDG_CONFIG_HOME: trial.config };
    const executable = trial === "sources" ? {} : { executable: EXECUTABLE };
    this.#options = { folder, env: { ...directories, ...env }, ...executable };
  }

  start(args: readonly string[] = []): Program {
    return new Program({ ...this.#options, args });
  }

  /** Runs a command to its end; what it said. */
  async run(command: string): Promise<string> {
    return await this.end(this.start(command.split(" ")));
  }

  /** Ends a program; what it said. */
  async end(program: Program): Promise<string> {
    const { stderr } = await program.end();
    const said = [...program.lines ?? [], stderr].join("\n");
    this.written.push(encoder.encode(said));
    return said;
  }

  /** What was found in everything that was said so far, and in every file as it is now. */
  searched(secrets: readonly Canary[]): string[] {
    const search = new Search(secrets);
    const files = this.#folders.flatMap(filesUnder);
    return [...this.written, ...files].flatMap((written) => search.foundIn(written));
  }
}

type Trial = "sources" | { readonly data: string; readonly config: string };

/** A test of the sources, and of the executable where one was compiled for a trial. */
function programTest(name: string, work: (folder: string, trial: Trial) => Promise<void>): void {
  const executable = trialDirectories();
  const inFolder = (trial: Trial) => async (): Promise<void> => {
    const folder = Deno.makeTempDirSync();
    if (trial !== "sources") emptyTrial();
    try {
      await work(folder, trial);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
  Deno.test(name, inFolder("sources"));
  const needs = executable === undefined ? " (needs one compiled for a trial)" : "";
  const ignore = executable === undefined;
  Deno.test({ name: `${name}: the executable${needs}`, ignore, fn: inFolder(executable!) });
}

/** What a person types while the exchange echoes; and what needs no exchange. */
const ASKING = ["orders", "balances --json", "positions", "doctor"];
const TELLING = ["audit", "audit --json", "pending", "config claude-code", "config cursor"];
/** The echoes that they are tried against: a refusal, rows, a reply cut off, and none. */
const COMMAND_ECHOES = [0, 6, 9, 11];
const HUNG_ECHO = 11;

/** Every tool and resource; of those that hang a few, since each is tried again. */
function asked(program: Program, echo: number): Promise<unknown>[] {
  const isHung = echo === HUNG_ECHO;
  const names = isHung ? ["create_order", "get_balances"] : tools.map(({ name }) => name);
  const uris = isHung ? [] : ["account", "orders", "balance/SOL", "positions"];
  return [
    ...names.map((name) => program.call(name, ARGUMENTS[name] ?? OTHERWISE)),
    ...uris.map((name) => program.ask("resources/read", { uri: `backpack://${name}` })),
  ];
}

/** So many programs at once, each with an exchange of its own: most of the time they wait. */
const LANES = 4;

/** Plays every so many of the echoes, from that one on; what wrote them down, and the signatures. */
async function playEchoes(
  lane: number,
  { seed, apiKey }: { seed: Canary; apiKey: Canary },
  writerFor: (baseUrl: string) => Writer,
): Promise<{ writer: Writer; signatures: Canary[] }> {
  await using exchange = new EchoExchange();
  const writer = writerFor(exchange.baseUrl);
  const program = writer.start();
  for (exchange.echo = lane; exchange.echo < ECHOES.length; exchange.echo += LANES) {
    const commands = COMMAND_ECHOES.includes(exchange.echo) ? ASKING : [];
    await Promise.all(asked(program, exchange.echo));
    await Promise.all(commands.map((command) => writer.run(command)));
  }
  const signatures = [...exchange.signatures].map(signatureCanary);
  // While it runs, the journal has a log of its own beside it.
  assertEquals(writer.searched([seed, apiKey, ...signatures]), []);
  const said = await writer.end(program);
  assert(said.includes('"event":"request"'), "the log was searched too");
  return { writer, signatures };
}

programTest(
  "no echo of the exchange's brings a key or a signature into an answer, a log or a file",
  async (folder, trial) => {
    const pair = await canaryPair();
    const played = await Promise.all(Array.from({ length: LANES }, (_, lane) => {
      const own = Deno.makeTempDirSync({ dir: folder });
      return playEchoes(lane, pair, (baseUrl) =>
        new Writer(own, trial, {
          ...{ BACKPACK_BASE_URL: baseUrl, BACKPACK_LOG: "debug", BACKPACK_TIMEOUT: "1" },
          // With limits an order would stop at what it has to ask the exchange first.
          ...{ BACKPACK_PRIVATE_KEY: pair.seed.bytes.toBase64(), ...UNLIMITED },
        }));
    }));
    const signatures = played.flatMap(({ signatures }) => signatures);
    assert(signatures.length > 100, `${signatures.length} signatures`);
    const [{ writer }] = played as [typeof played[0]];
    assertStringIncludes(await writer.run("audit"), "create_order");
    await Promise.all(TELLING.map((command) => writer.run(command)));
    const secrets = [pair.seed, pair.apiKey, ...signatures];
    for (const { writer } of played) assertEquals(writer.searched(secrets), []);
  },
);

Deno.test("a key in the wrong place is never repeated, by the server or by a command", async () => {
  const { seed } = await canaryPair();
  const search = new Search([seed]);
  const text = seed.bytes.toBase64();
  const values = [text, ` ${text}`, `"${text}`, text.slice(1), `${text}x`, seed.bytes.toHex()];
  for (const name of KNOWN_NAMES) {
    const faults = await Promise.all(values.map(async (value) => {
      const settings = {
        ...(KEY_NAMES.includes(name) ? {} : { BACKPACK_MODE: "paper" }),
        [name]: value,
      };
      return await saidOf(settings, search);
    }));
    assertEquals(faults.flat(), [], name);
  }
});

Deno.test("a misspelt variable that holds a key is named and not quoted", async () => {
  const { seed } = await canaryPair();
  const search = new Search([seed]);
  const text = seed.bytes.toBase64();
  for (
    const name of ["BACKPACK_PRIVAT_KEY", "BACKPACK_KEY", "BACKPACK_SECRET", "BACKPACK_LOG_LEVEL"]
  ) {
    assertEquals(await saidOf({ [name]: text }, search), [], name);
  }
  const line = `BACKPACK_PRIVATE_KEY ${text}\n${text}\nBACKPACK_PRIVATE_KEY=${text}${text}\n`;
  const sources = { userFile: { path: "/home/ada/.config/backpack-mcp/.env", text: line } };
  assertEquals(await saidOf({}, search, sources), []);
});

/** What the commands say with these settings, searched. */
async function saidOf(
  env: Record<string, string>,
  search: Search,
  sources: Record<string, unknown> = {},
): Promise<string[]> {
  const said = ["config", "doctor", "audit", "orders", "pending"].map(async (command) => {
    const journal = new JournalError("unwritable", "/data/journal.sqlite", "no space", undefined);
    const person = new Person({ env, sources, journal });
    const { stdout, stderr } = await person.run(command);
    const world = await person.world();
    const problems = world.configuration.ok ? [] : world.configuration.problems;
    const all = [stdout, stderr, JSON.stringify(problems), Deno.inspect(world.configuration)];
    return search.foundIn(encoder.encode(all.join("\n"))).map((it) => `${command}: ${it}`);
  });
  return (await Promise.all(said)).flat();
}

programTest(
  "a program whose settings hold the key in the wrong place writes it nowhere",
  async (folder, trial) => {
    const { seed } = await canaryPair();
    const text = seed.bytes.toBase64();
    // Each from its sources takes as long as all of the executable; above they are read in process.
    const some = ["BACKPACK_API_KEY", "BACKPACK_MODE", "BACKPACK_BASE_URL"];
    const own = [...KEY_NAMES, "BACKPACK_DATA_DIR"];
    const all = KNOWN_NAMES.filter((name) => !own.includes(name));
    for (const name of trial === "sources" ? some : all) {
      const writer = new Writer(folder, trial, { BACKPACK_LOG: "debug", [name]: text });
      const program = writer.start();
      await program.ask("tools/list");
      await program.call("list_orders");
      // What is malformed in BACKPACK_READ_ONLY keeps the tool from being there.
      await program.ask("tools/call", { name: "create_order", arguments: LIMIT });
      const said = await writer.end(program);
      await writer.run("doctor");
      assertEquals(writer.searched([seed]), [], name);
      assert(said.includes("config"), name);
    }
  },
);
