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

/** Where the attempts are made. */
export interface Place {
  /**
   * The data directory, which the program may read and write; it holds `own.txt`. The directory
   * around it is the working directory and holds `secret.txt`, `.env` and `module.js`.
   */
  readonly data: string;
  /** Where this machine listens. */
  readonly port: number;
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
  "read with `fetch` of a `file:` address": (place) => fetch(addressOf("secret.txt", place)),
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
  "run a program through `node:child_process`": () => execSync("true", { env: {} }),
  "send a signal to another process": () => Deno.kill(Deno.ppid, "SIGCONT"),
  "load a library": () => Deno.dlopen("libm.so.6", {}),
  "load an addon of Node": (place) => createRequire(addressOf("", place))("./secret.node"),
  "connect to another host": () => Deno.connect({ hostname: "example.com", port: 443 }),
  "connect to an address": () => Deno.connect({ hostname: NO_SUCH_HOST, port: 443 }),
  "connect to the exchange at another port": () =>
    Deno.connect({ hostname: "api.backpack.exchange", port: 80 }),
  "connect to this machine": ({ port }) => Deno.connect({ hostname: "127.0.0.1", port }),
  "connect to this machine by name": ({ port }) => Deno.connect({ hostname: "localhost", port }),
  "connect to a socket of this machine": () =>
    Deno.connect({ transport: "unix", path: "/run/none.sock" }),
  "connect through `node:net`": ({ port }) => connected(connect({ host: "127.0.0.1", port })),
  "fetch from this machine": ({ port }) => fetch(`http://127.0.0.1:${port}/`),
  "open a WebSocket to this machine": ({ port }) =>
    opened(new WebSocket(`ws://127.0.0.1:${port}/`)),
  "ask for the address of a name": () => Deno.resolveDns("example.com", "A"),
  "ask for the address of a name through `node:dns`": () => lookup("example.com"),
  "listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "ask for the machine's name": () => Deno.hostname(),
  "ask for the machine's addresses": () => Deno.networkInterfaces(),
  "ask for the user": () => userInfo(),
  "read in a worker": () => inWorker("Deno.readTextFileSync('secret.txt')"),
  "import a module from this machine": ({ port }) => import(`http://127.0.0.1:${port}/module.js`),
  "ask for a permission back": () => requested({ name: "read" }),
  "ask for a variable back": () => requested({ name: "env", variable: "BACKPACK_MODE" }),
  "ask for this machine back": () => requested({ name: "net", host: "127.0.0.1" }),
};

/** What the runtime lets through, whatever is granted: a module loader that asks for no permission. */
export const GAPS: Readonly<Record<string, Attempt>> = {
  "import a module from the disk": (place) => import(addressOf("module.js", place).href),
};

/** Where nobody answers, nothing was forbidden either. */
const PATIENCE_MS = 2000;

/** What became of each attempt: `allowed`, `no answer`, or the error that came of it. */
export async function makeAttempts(place: Place): Promise<Record<string, string>> {
  const all = Object.entries({ ...ATTEMPTS, ...GAPS });
  const outcomes = await Promise.all(all.map(([, attempt]) => outcomeOf(attempt, place)));
  return Object.fromEntries(all.map(([name], index) => [name, outcomes[index] ?? ""]));
}

async function outcomeOf(attempt: Attempt, place: Place): Promise<string> {
  const gaveUp = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, "no answer"));
  try {
    const result = await Promise.race([gaveUp, attempt(place)]);
    return result === "no answer" ? result : "allowed";
  } catch (error) {
    return String(error);
  }
}

function addressOf(name: string, { data }: Place): URL {
  return new URL(`../${name}`, `file://${data}/`);
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
