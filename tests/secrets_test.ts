/**
 * Canary keys: everything that the program writes, on every stream and into every file, under every
 * fault, is searched for the seed, the API key and every signature that was sent.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { JournalError } from "../lib/journal/mod.ts";
import { KNOWN_NAMES } from "../lib/settings.ts";
import { type Canary, canaryPair, found, signatureCanary } from "./_canary.ts";
import { Person } from "./_cli.ts";
import { Program } from "./_fuzz_program.ts";
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
  for (const form of forms) {
    assertEquals(found(encoder.encode(`a ${form} b`), [apiKey]), []);
    assert(found(encoder.encode(`a ${form} b`), [seed]).length > 0, form);
  }
  assert(found(new Uint8Array([1, ...bytes, 2]), [seed]).length > 0);
});

/** How the exchange answers with what it was sent; `undefined` breaks the connection. */
const ECHOES: readonly ((words: string) => Response | undefined)[] = [
  (words) => Response.json({ code: "INVALID_ORDER", message: words }, { status: 400 }),
  (words) => Response.json({ code: "UNAUTHORIZED", message: words }, { status: 401 }),
  (words) => Response.json({ code: "RESOURCE_NOT_FOUND", message: words }, { status: 404 }),
  (words) => Response.json({ code: words, message: words }, { status: 429 }),
  (words) => new Response(words, { status: 500, headers: { "x-echo": words.slice(0, 500) } }),
  (words) => new Response(`<html>${words}</html>`, { headers: { "content-type": "text/html" } }),
  (words) => Response.json([{ symbol: words, id: words, status: words, price: words }]),
  (words) => Response.json({ [words]: { available: "1", locked: "0", staked: "0" } }),
  () => new Response(null, { status: 307, headers: { location: "/elsewhere" } }),
  () => undefined,
];

/** The ways in which a peer may write down what it was sent. */
function echoed(text: string): string[] {
  const bytes = Uint8Array.fromBase64(text);
  return [
    ...[text, text.replace(/=+$/, ""), bytes.toBase64({ alphabet: "base64url" })],
    ...[encodeURIComponent(text), bytes.toHex(), bytes.toHex().toUpperCase()],
  ];
}

/** An exchange that repeats key and signature in each of these ways, one form a reply. */
class EchoExchange {
  readonly signatures = new Set<string>();
  echo = 0;
  #replies = 0;
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: broken },
    (request) => this.#answer(request),
  );

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    await request.body?.cancel();
    if (request.url.endsWith("/api/v1/time")) return new Response(String(Date.now()));
    const [key = "", signature = ""] = ["X-API-Key", "X-Signature"]
      .map((name) => request.headers.get(name) ?? "");
    if (signature !== "") this.signatures.add(signature);
    const forms = [key, signature].filter((text) => text !== "").map(echoed);
    const words = forms.map((some) => some[this.#replies % some.length]).join(" and ");
    this.#replies++;
    return ECHOES[this.echo % ECHOES.length]?.(words) ?? broken();
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

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Searches what a program has written so far, and its files. */
function searched(program: Program, stderr: string, folder: string, secrets: Canary[]): string[] {
  const streams = [...program.lines ?? [], ...program.badLines, stderr].join("\n");
  return [encoder.encode(streams), ...filesUnder(folder)]
    .flatMap((written) => found(written, secrets));
}

Deno.test("no echo of the exchange's brings a key or a signature into an answer, a log or a file", async () => {
  const { seed, apiKey } = await canaryPair();
  await using exchange = new EchoExchange();
  await withFolder(async (folder) => {
    const env = {
      ...{ BACKPACK_BASE_URL: exchange.baseUrl, BACKPACK_LOG: "debug", BACKPACK_TIMEOUT: "1" },
      BACKPACK_PRIVATE_KEY: seed.bytes.toBase64(),
    };
    const program = new Program({ folder, env });
    for (exchange.echo = 0; exchange.echo < ECHOES.length; exchange.echo++) {
      const calls = tools.map(({ name }) => program.call(name, ARGUMENTS[name] ?? OTHERWISE));
      const reads = ["account", "orders", "balance/SOL", "positions"]
        .map((name) => program.ask("resources/read", { uri: `backpack://${name}` }));
      await Promise.all([...calls, ...reads]);
    }
    assert(exchange.signatures.size > 20, `${exchange.signatures.size} signatures`);
    const secrets = [seed, apiKey, ...[...exchange.signatures].map(signatureCanary)];
    // While it runs, the journal has a log of its own beside it.
    const before = searched(program, "", folder, secrets);
    const { code, stderr } = await program.end();
    assertEquals([code, before, searched(program, stderr, folder, secrets)], [0, [], []]);
    assert(stderr.includes('"event":"request"'), "the log was searched too");
  });
});

Deno.test("a key in the wrong place is never repeated, by the server or by a command", async () => {
  const { seed } = await canaryPair();
  const text = seed.bytes.toBase64();
  const values = [text, ` ${text}`, `"${text}`, text.slice(1), `${text}x`, seed.bytes.toHex()];
  for (const name of KNOWN_NAMES) {
    const faults = await Promise.all(values.map(async (value) => {
      const settings = {
        ...(KEY_NAMES.includes(name) ? {} : { BACKPACK_MODE: "paper" }),
        [name]: value,
      };
      return await saidOf(settings, [seed]);
    }));
    assertEquals(faults.flat(), [], name);
  }
});

Deno.test("a misspelt variable that holds a key is named and not quoted", async () => {
  const { seed } = await canaryPair();
  const text = seed.bytes.toBase64();
  for (
    const name of ["BACKPACK_PRIVAT_KEY", "BACKPACK_KEY", "BACKPACK_SECRET", "BACKPACK_LOG_LEVEL"]
  ) {
    assertEquals(await saidOf({ [name]: text }, [seed]), [], name);
  }
  const line = `BACKPACK_PRIVATE_KEY ${text}\n${text}\nBACKPACK_PRIVATE_KEY=${text}${text}\n`;
  const sources = { userFile: { path: "/home/ada/.config/backpack-mcp/.env", text: line } };
  assertEquals(await saidOf({}, [seed], sources), []);
});

/** What the commands say with these settings, searched. */
async function saidOf(
  env: Record<string, string>,
  secrets: Canary[],
  sources: Record<string, unknown> = {},
): Promise<string[]> {
  const said = ["config", "doctor", "audit", "orders", "pending"].map(async (command) => {
    const journal = new JournalError("unwritable", "/data/journal.sqlite", "no space", undefined);
    const person = new Person({ env, sources, journal });
    const { stdout, stderr } = await person.run(command);
    const world = await person.world();
    const problems = world.configuration.ok ? [] : world.configuration.problems;
    const all = [stdout, stderr, JSON.stringify(problems), Deno.inspect(world.configuration)];
    return found(encoder.encode(all.join("\n")), secrets).map((it) => `${command}: ${it}`);
  });
  return (await Promise.all(said)).flat();
}

Deno.test("a program whose settings hold the key in the wrong place writes it nowhere", async () => {
  const { seed } = await canaryPair();
  const text = seed.bytes.toBase64();
  for (const name of ["BACKPACK_API_KEY", "BACKPACK_MODE", "BACKPACK_BASE_URL"]) {
    await withFolder(async (folder) => {
      const program = new Program({ folder, env: { BACKPACK_LOG: "debug", [name]: text } });
      await program.ask("tools/list");
      await program.call("list_orders");
      await program.call("create_order", LIMIT);
      const { stderr } = await program.end();
      assertEquals(searched(program, stderr, folder, [seed]), [], name);
      assert(stderr.includes("config"), name);
    });
  }
});
