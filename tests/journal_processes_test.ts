import { assert, assertEquals, assertGreater } from "@std/assert";
import { type Entry, Journal } from "../lib/journal/mod.ts";
import { journalFile } from "./_journal_child.ts";

const CHILD = new URL("./_journal_child.ts", import.meta.url).href;

function startChild(path: string, name: string, count: number): Deno.ChildProcess {
  const directory = path.slice(0, path.lastIndexOf("/"));
  const grants = [`--allow-read=${directory}`, `--allow-write=${directory}`];
  const run = ["run", "--quiet", "--no-config", "--no-lock", "--no-prompt", "--no-remote"];
  return new Deno.Command(Deno.execPath(), {
    args: [...run, ...grants, CHILD, path, name, String(count)],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function finish(child: Deno.ChildProcess): Promise<void> {
  const { success, stderr } = await child.output();
  assert(success, new TextDecoder().decode(stderr));
}

/** A sound journal whose entries are these, beside the first. */
function readAll(path: string): Entry[] {
  using journal = Journal.open(journalFile(path), Date.now);
  const verdict = journal.verify();
  assert(verdict.ok, JSON.stringify(verdict));
  const entries = [...journal.entries({ sinceSeq: 2 })];
  assertEquals(verdict.entries, entries.length + 1);
  return entries;
}

async function inTemporaryDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await work(`${directory}/journal.sqlite`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("journal: two processes that make it and append at once share one chain", async () => {
  await inTemporaryDirectory(async (path) => {
    const names = ["a", "b"];
    await Promise.all(names.map((name) => finish(startChild(path, name, 200))));
    const entries = readAll(path);
    assertEquals(entries.length, 400);
    for (const name of names) {
      const own = entries.filter(({ body }) => body.name === name).map(({ body }) => body.n);
      assertEquals(own, Array.from({ length: 200 }, (_, n) => n));
    }
  });
});

Deno.test("journal: a process killed while it appends leaves whole transactions", async () => {
  await inTemporaryDirectory(async (path) => {
    const child = startChild(path, "a", Infinity);
    const reader = child.stdout.getReader();
    let told = "";
    while (told.split("\n").length < 30) {
      const { value, done } = await reader.read();
      assert(!done);
      told += new TextDecoder().decode(value);
    }
    child.kill("SIGKILL");
    await reader.cancel();
    await child.stderr.cancel();
    await child.status;
    const entries = readAll(path);
    // Whatever the child said it had done is there, and each transaction has both its halves.
    const lastTold = Number(told.slice(0, told.lastIndexOf("\n")).split("\n").at(-1));
    assertGreater(entries.length, 2 * lastTold + 1);
    assertEquals(entries.length % 2, 0);
    entries.forEach(({ body }, at) => {
      assertEquals([body.n, body.half], [Math.floor(at / 2), at % 2 + 1]);
    });
  });
});

Deno.test("journal: a process that is behind sees what the other reserved", async () => {
  await inTemporaryDirectory(async (path) => {
    using journal = Journal.open(journalFile(path), Date.now);
    await finish(startChild(path, "a", 3));
    const seen = journal.transact(() => {
      const names = [...journal.entries({ kind: "noted" })].map(({ body }) => body.name);
      return { names, seq: journal.append("noted", { body: { name: "b" } }) };
    });
    assertEquals(seen, { names: ["a", "a", "a"], seq: 5 });
    assert(journal.verify().ok);
  });
});
