/**
 * What the documents say, held against what there is: every command is known and is run by a test
 * or by CI, every JSON block is read, every name, path and link exists.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };
import { COMMANDS } from "../lib/cli/mod.ts";
import { usage } from "../lib/cli/usage.ts";
import { KNOWN_NAMES } from "../lib/settings.ts";
import { Person } from "./_cli.ts";

const ROOT = new URL("../", import.meta.url);
const DOCUMENTS = [...Deno.readDirSync(ROOT)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".md"))
  .sort();

const CLAUDE = "claude mcp add --scope user backpack -e BACKPACK_MODE=paper -- " +
  "/absolute/path/to/backpack-mcp";

/** The command lines that a shell runs below, in an empty home. */
const SHELL: readonly string[] = [
  "mkdir -p ~/.config/backpack-mcp",
  "(umask 077; set -C; backpack-mcp keygen > ~/.config/backpack-mcp/.env)",
];

/** One fenced block. */
interface Block {
  document: string;
  language: string;
  text: string;
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

const TEXTS = new Map(DOCUMENTS.map((name) => [name, read(name)]));

const BLOCKS: readonly Block[] = [...TEXTS].flatMap(([document, text]) =>
  [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    document,
    language,
    text,
  }))
);

/** What stands between single backquotes, outside fenced blocks. */
function* inlineCode(): Generator<[document: string, code: string]> {
  for (const [document, text] of TEXTS) {
    const prose = text.replaceAll(/^```[^]*?^```$/gm, "");
    for (const [, code = ""] of prose.matchAll(/`([^`\n]+)`/g)) yield [document, code];
  }
}

/** The command lines of all documents, without their comments. */
function commandLines(): string[] {
  const scripts = BLOCKS.filter(({ language }) => language === "sh");
  return scripts.flatMap(({ text }) => text.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The command lines that CI runs as they stand; they take too long for a test. */
const IN_CI: readonly string[] = [
  "npx -y deno@2.8.3 task demo",
  "npx -y deno@2.8.3 task test",
  "npx -y deno@2.8.3 task compile",
  "dist/backpack-mcp --version",
];

/** The command lines that a test of their own runs, on another port or in another place. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "npx -y deno@2.8.3 task exchange --port 4000": "paper_server_test.ts",
};

Deno.test("every command line of the documents is run", () => {
  const ci = read(".ci/run");
  const known = new Set([...IN_CI, ...Object.keys(ELSEWHERE), ...SHELL, CLAUDE]);
  assertEquals(commandLines().filter((line) => !known.has(line)), []);
  assertEquals(IN_CI.filter((line) => !ci.includes(line)), []);
  for (const file of Object.values(ELSEWHERE)) assert(read(`tests/${file}`).length > 0);
});

Deno.test("the command for Claude Code is the one that config prints", async () => {
  const { stdout } = await new Person().run("config", "claude-code", "--paper");
  const line = stdout.split("\n").find((line) => line.startsWith("claude ")) ?? "";
  assertEquals(line.replace(/ -- .*/, " -- /absolute/path/to/backpack-mcp"), CLAUDE);
});

Deno.test("the JSON for Claude Desktop is the one that config prints", async () => {
  const [shown] = BLOCKS.filter(({ language, text }) =>
    language === "json" && text.includes("mcpServers")
  );
  const { stdout } = await new Person().run("config", "claude-desktop", "--paper");
  const printed = JSON.parse(stdout);
  printed.mcpServers.backpack.command = "/absolute/path/to/backpack-mcp";
  assertEquals(JSON.parse(shown?.text ?? ""), printed);
});

Deno.test("every JSON block of the documents can be read", () => {
  for (const { language, text } of BLOCKS) if (language === "json") JSON.parse(text);
});

Deno.test("every fenced block says what it is", () => {
  assertEquals(
    BLOCKS.filter(({ language, text }) => language === "" && !/^(main\.ts|lib\/)/m.test(text)),
    [],
  );
});

Deno.test("every command of ours that the documents name exists, with its options", async () => {
  const { stdout: help } = await new Person().run("--help");
  for (const [document, code] of inlineCode()) {
    const [, name, rest = ""] = /^(?:BACKPACK_\w+=\S+ )?backpack-mcp ([a-z-]+)(.*)$/.exec(code) ??
      [];
    if (name === undefined) continue;
    if (name.startsWith("--")) {
      assert(help.includes(name), `${document}: ${code}`);
      continue;
    }
    const command = COMMANDS.find((command) => command.name === name);
    assert(command !== undefined, `${document}: ${code}`);
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) {
      assert(usage(command).includes(option), `${document}: ${code}`);
    }
  }
});

Deno.test("every task that the documents name exists", () => {
  const names = [...TEXTS].flatMap(([document, text]) =>
    [...text.matchAll(/\btask (?:--\w+ )*([a-z][a-z:]*)\b/g)]
      .filter(([whole]) => text.includes(`deno ${whole}`) || text.includes(`\`${whole}`))
      .map(([, name = ""]) => `${document}: ${name}`)
  );
  const known = Object.keys(denoJson.tasks);
  assertEquals(names.filter((name) => !known.includes(name.split(": ")[1] ?? "")), []);
});

Deno.test("every setting that the documents name exists, and none is left out of the README", () => {
  const named = [...TEXTS].flatMap(([document, text]) =>
    [...text.matchAll(/\bBACKPACK_[A-Z_]*[A-Z]\b(?!_)/g)].map(([name]) => `${document}: ${name}`)
  );
  const known: readonly string[] = [...KNOWN_NAMES, ...TEST_VARIABLES];
  assertEquals(named.filter((name) => !known.includes(name.split(": ")[1] ?? "")), []);
  assertEquals(KNOWN_NAMES.filter((name) => !TEXTS.get("README.md")?.includes(name)), []);
});

/** Read by tests, never by the program. */
const TEST_VARIABLES = ["BACKPACK_MCP_EXECUTABLE"];

Deno.test("every file that the documents name exists", () => {
  const missing = [...inlineCode()].filter(([, code]) =>
    /^(lib|tests|scripts|bench|\.ci|\.github)\/[\w./-]+$/.test(code) && !exists(code)
  );
  assertEquals(missing, []);
});

Deno.test("every test that SAFETY.md and SECURITY.md name exists", () => {
  const named = ["SAFETY.md", "SECURITY.md"].flatMap((
    document,
  ) => [...(TEXTS.get(document) ?? "").matchAll(/`([a-z0-9_*]+_test\.ts)`(?: \("([^"]+)"\))?/g)]);
  const files = [...Deno.readDirSync(new URL("tests/", ROOT))].map(({ name }) => name);
  for (const [whole, pattern = "", title] of named) {
    const regexp = new RegExp(
      `^${pattern.replaceAll("*", ".*").replaceAll(".", "\\.")}$`.replace("\\.*", ".*"),
    );
    const found = files.filter((name) => regexp.test(name));
    assert(found.length > 0, whole);
    if (title === undefined) continue;
    assert(found.some((name) => read(`tests/${name}`).includes(title)), whole);
  }
});

Deno.test("every link within the documents leads somewhere", () => {
  const broken = [...TEXTS].flatMap(([document, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
      .filter(([, path = "", anchor]) => !leads(document, path, anchor))
      .map(([whole]) => `${document}: ${whole}`)
  );
  assertEquals(broken, []);
});

function leads(document: string, path: string, anchor: string | undefined): boolean {
  const target = path === "" ? document : path;
  if (!exists(target)) return false;
  return anchor === undefined || anchorsIn(read(target)).has(anchor);
}

/** As GitHub makes them of headings. */
function anchorsIn(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

Deno.test("the README is about two hundred lines", () => {
  assert((TEXTS.get("README.md") ?? "").split("\n").length <= 255);
});
