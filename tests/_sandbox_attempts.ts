/**
 * Attempts to leave the sandbox from inside the serving program, as code that has gone bad there
 * would make them. SECURITY.md lists them by these names.
 *
 * @module
 */

import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { userInfo } from "node:os";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";

/** Where the attempts are made; the working directory holds `secret.txt`, `.env` and `module.js`. */
export interface Place {
  /** The data directory, which the program may read and write; it holds `own.txt`. */
  readonly data: string;
  /** The `.env` in the user's configuration directory. */
  readonly userFile: string;
}

/** Throws if it is stopped. */
type Attempt = (place: Place) => unknown;

const NO_SUCH_HOST = "192.0.2.1";

/** All of them, by what they would do. */
export const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  "read a file in its working directory": () => Deno.readTextFileSync("secret.txt"),
  "read the working directory's `.env` again": () => Deno.readTextFileSync(".env"),
  "read the user's `.env` again": ({ userFile }) => Deno.readTextFileSync(userFile),
  "read its own executable": () => Deno.openSync(Deno.execPath()).close(),
  "read through `..` from the data directory": ({ data }) =>
    Deno.readTextFileSync(`${data}/../secret.txt`),
  "read through `node:fs`": () => readFileSync("secret.txt", "utf8"),
  "read with `fetch` of a `file:` address": () => fetch(new URL("secret.txt", here())),
  "look at a file": () => Deno.statSync("secret.txt"),
  "list its working directory": () => [...Deno.readDirSync(".")],
  "change its working directory": () => Deno.chdir("."),
  "write beside itself": () => Deno.writeTextFileSync("made.txt", ""),
  "write over its own executable": () => Deno.openSync(Deno.execPath(), { write: true }).close(),
  "make a temporary file": () => Deno.makeTempFileSync(),
  "link a file of the data directory to one elsewhere": ({ data }) =>
    Deno.symlinkSync("../secret.txt", `${data}/symbolic`),
  "take a file in by a hard link": ({ data }) => Deno.linkSync("secret.txt", `${data}/hard`),
  "copy a file in": ({ data }) => Deno.copyFileSync("secret.txt", `${data}/copy`),
  "move a file out": ({ data }) => Deno.renameSync(`${data}/own.txt`, "moved.txt"),
  "open a database elsewhere": () => new DatabaseSync("made.sqlite").close(),
  "attach a database elsewhere to one of its own": ({ data }) =>
    withDatabase(data, "ATTACH 'made.sqlite' AS made"),
  "copy a database out": ({ data }) => withDatabase(data, "VACUUM INTO 'vacuumed.sqlite'"),
  "read its environment from `/proc`": () => Deno.readFileSync("/proc/self/environ"),
  "read its memory from `/proc`": () => Deno.openSync("/proc/self/mem").close(),
  "read through the root of `/proc`": () => Deno.statSync("/proc/self/root/etc"),
  "read a variable of its environment": () => Deno.env.get("BACKPACK_MODE"),
  "read its whole environment": () => Deno.env.toObject(),
  "read a variable through `node:process`": () => expect(process.env.BACKPACK_MODE),
  "set a variable": () => Deno.env.set("BACKPACK_MODE", "live"),
  "run a program": () => new Deno.Command("true").outputSync(),
  "run a program through `node:child_process`": () => execSync("true"),
  "send a signal to another process": () => Deno.kill(Deno.ppid, "SIGCONT"),
  "load a library": () => Deno.dlopen("libm.so.6", {}),
  "load an addon of Node": () => createRequire(here())("./secret.node"),
  "connect to another host": () => Deno.connect({ hostname: "example.com", port: 443 }),
  "connect to an address": () => Deno.connect({ hostname: NO_SUCH_HOST, port: 443 }),
  "connect to the exchange at another port": () =>
    Deno.connect({ hostname: "api.backpack.exchange", port: 80 }),
  "connect to this machine": () => Deno.connect({ hostname: "127.0.0.1", port: 9 }),
  "connect to this machine by name": () => Deno.connect({ hostname: "localhost", port: 9 }),
  "connect to a socket of this machine": () =>
    Deno.connect({ transport: "unix", path: "/run/none.sock" }),
  "connect through `node:net`": () => connected(connect({ host: "127.0.0.1", port: 9 })),
  "fetch from another host": () => fetch("http://127.0.0.1:9/"),
  "open a WebSocket to another host": () => opened(new WebSocket("ws://127.0.0.1:9/")),
  "ask for the address of a name": () => Deno.resolveDns("example.com", "A"),
  "ask for the address of a name through `node:dns`": () => lookup("example.com"),
  "listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "ask for the machine's name": () => Deno.hostname(),
  "ask for the machine's addresses": () => Deno.networkInterfaces(),
  "ask for the user": () => userInfo(),
  "read in a worker": () => inWorker("Deno.readTextFileSync('secret.txt')"),
  "import a module from the disk": () => import(new URL("module.js", here()).href),
  "import a module from another host": () => import(address("module.js")),
  "ask for a permission back": () => requested({ name: "read" }),
  "ask for a variable back": () => requested({ name: "env", variable: "BACKPACK_MODE" }),
  "ask for this machine back": () => requested({ name: "net", host: "127.0.0.1:9" }),
};

/** The working directory, which the test hands over in the program's place. */
let working = "file:///";

/** What became of each attempt: the error that stopped it, or that nothing forbade it. */
export async function makeAttempts(place: Place): Promise<Record<string, string>> {
  working = `file://${place.data}/../`;
  const outcomes: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(ATTEMPTS)) {
    outcomes[name] = await outcomeOf(attempt, place);
  }
  return outcomes;
}

async function outcomeOf(attempt: Attempt, place: Place): Promise<string> {
  try {
    await attempt(place);
    return "allowed";
  } catch (error) {
    return String(error);
  }
}

function here(): URL {
  return new URL(working);
}

/** No literal, or the compiler would want to embed it. */
function address(name: string): string {
  return `http://127.0.0.1:9/${name}`;
}

function expect(value: unknown): void {
  if (value === undefined) throw new Error("there is nothing");
}

function withDatabase(data: string, sql: string): void {
  using database = new DatabaseSync(`${data}/probe.sqlite`);
  database.exec(sql);
}

function requested(permission: Deno.PermissionDescriptor): void {
  const { state } = Deno.permissions.requestSync(permission);
  if (state !== "granted") throw new Error(`${permission.name} is ${state}`);
}

function connected(socket: ReturnType<typeof connect>): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on("connect", () => resolve());
    socket.on("error", reject);
  });
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => reject((event as ErrorEvent).error ?? new Error("closed"));
  });
}

function inWorker(code: string): Promise<void> {
  const text =
    `try { ${code}; postMessage("allowed") } catch (error) { postMessage(String(error)) }`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/javascript" }));
  const worker = new Worker(url, { type: "module" });
  return new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data }) => data === "allowed" ? resolve() : reject(new Error(data));
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  }).finally(() => worker.terminate());
}
