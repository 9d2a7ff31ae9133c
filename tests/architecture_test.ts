/**
 * The rules of the layout, read off the sources: who may import what, who may touch the world,
 * how long things may be. To change a rule, change its table.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** From the inside out; a module imports from its own ring or from one further in. */
const RINGS: readonly (readonly string[])[] = [
  [
    ...["errors.ts", "decimal.ts", "edges.ts", "clock.ts", "quote.ts", "nearest.ts", "secret.ts"],
    ...[
      "log.ts",
      "problem.ts",
      "exact_json.ts",
      "intervals.ts",
      "file_roots.ts",
      "symbol.ts",
      "starts.ts",
    ],
  ],
  [
    ...[
      "settings.ts",
      "limit_settings.ts",
      "user_file.ts",
      "data_directory.ts",
      "misspellings.ts",
      "env_file.ts",
      "config_sources.ts",
    ],
    ...["key_pair.ts", "signing.ts", "config.ts", "help.ts", "schemas/"],
  ],
  ["http/", "paper/", "journal/"],
  ["exchange.ts", "effects.ts"],
  ["desk/", "account/", "market/", "chart/"],
  [
    "sdk.ts",
    "rpc.ts",
    "stdio.ts",
    "tools/",
    "resources.ts",
    "market_resources.ts",
    "prompts/",
    "completion.ts",
  ],
  [
    "instructions.ts",
    "first_answer.ts",
    "person.ts",
    "stateless.ts",
    "error_answers.ts",
    "requests.ts",
    "server.ts",
    "cli/",
  ],
  ["program/"],
];

/** What only some may import. */
const RESERVED: readonly { readonly what: RegExp; readonly by: RegExp; readonly why: string }[] = [
  { what: /^@modelcontextprotocol/, by: /^sdk\.ts$/, why: "the SDK is typed in one place" },
  { what: /^@std\/dotenv/, by: /^env_file\.ts$/, why: "one place reads .env files" },
  { what: /^bignumber/, by: /^decimal\.ts$/, why: "one place knows the decimal library" },
  { what: /^fast-png/, by: /^chart\/png\.ts$/, why: "the encoder is loaded by charts alone" },
  { what: /^lib\/effects\.ts$/, by: /^desk\//, why: "no tool can go round the desk" },
  {
    what: /^lib\/paper\//,
    by: /^(paper|program)\//,
    why: "only program/ chooses the simulated exchange",
  },
  { what: /^(jsr|npm|https?):/, by: /^$/, why: "deno.json names the packages" },
  { what: /^node:util$/, by: /^cli\/arguments\.ts$/, why: "one place reads arguments" },
  {
    what: /^node:(?!util$)/,
    by: /^(journal\/|paper\/store\.ts$)/,
    why: "SQLite and its hashes are the runtime's own",
  },
  { what: /^(@std\/assert|fast-check|dotenv)/, by: /^$/, why: "tests assert, draw and compare" },
];

/** What some may not import. */
const FORBIDDEN: readonly { readonly from: RegExp; readonly what: RegExp; readonly why: string }[] =
  [{
    from: /^paper\//,
    what: /^lib\/(signing|exchange|effects|key_pair)\.ts$|^lib\/http\//,
    why: "a fault in the signer must not cancel itself out",
  }];

/** The world is handed in by `program/`, which alone touches it; `except` may nevertheless. */
const WORLD: readonly {
  readonly name: string;
  readonly what: RegExp;
  readonly except?: RegExp;
}[] = [
  { name: "the runtime", what: /\bDeno\.(?!customInspect)/ },
  { name: "the network", what: /(?<![.\w#])fetch\(/, except: /^(edges|paper\/exchange)\.ts$/ },
  { name: "the global object", what: /\bglobalThis\b/ },
  { name: "the wall clock", what: /\bDate\.now\b|\bnew Date\(\)/ },
  { name: "chance", what: /\bMath\.random\b|\bcrypto\.(randomUUID|getRandomValues)\b/ },
  { name: "the monotonic clock", what: /\bperformance\./ },
  {
    name: "timers",
    what: /(?<![.\w#])set(Timeout|Interval)\(|\bAbortSignal\.timeout\b|\bqueueMicrotask\b/,
  },
  { name: "the console", what: /\bconsole\./ },
  {
    name: "keys and signatures",
    what: /\bcrypto\.subtle\b/,
    except: /^(signing|key_pair)\.ts$|^(paper\/auth|journal\/.*)\.ts$/,
  },
  { name: "code made of text", what: /\beval\(|\bnew Function\(/ },
  {
    name: "what browsers and Node have for all",
    what: /(?<![\w.])(localStorage|caches|navigator|process)\./,
  },
];

/** A folder's tests are `<folder>_test.ts` or `<folder>_<anything>_test.ts`; these are elsewhere. */
const TESTED_IN: Readonly<Record<string, string>> = {
  "edges.ts": "types only",
  "file_roots.ts": "grants_test.ts",
  "exact_json.ts": "stdio_test.ts",
  "help.ts": "program_test.ts",
  "intervals.ts": "market_klines_test.ts",
  "completion.ts": "prompts_test.ts",
  "instructions.ts": "server_test.ts",
  "person.ts": "approvals_test.ts",
  "stateless.ts": "eras_test.ts",
  "error_answers.ts": "server_test.ts",
  "requests.ts": "server_test.ts",
  "rpc.ts": "sdk_test.ts",
  "exchange.ts": "contract_test.ts",
  "effects.ts": "wire_test.ts",
  "desk/": "create_order_test.ts",
  "tools/": "registry_test.ts",
};

const FILE_LINES = 300;
const FUNCTION_LINES = 60;

interface Source {
  /** Within its folder, such as `http/mod.ts`. */
  readonly path: string;
  readonly text: string;
}

function sourcesUnder(folder: string, prefix = ""): Source[] {
  return [...Deno.readDirSync(new URL(`${folder}/${prefix}`, ROOT))].flatMap((entry) => {
    const path = prefix + entry.name;
    if (entry.isDirectory) return sourcesUnder(folder, `${path}/`);
    if (!path.endsWith(".ts")) return [];
    return [{ path, text: Deno.readTextFileSync(new URL(`${folder}/${path}`, ROOT)) }];
  });
}

const LIB = sourcesUnder("lib");
const SCRIPTS = sourcesUnder("scripts");
const BENCH = sourcesUnder("bench");
const TESTS = sourcesUnder("tests");
const MAIN = { path: "main.ts", text: Deno.readTextFileSync(new URL("main.ts", ROOT)) };
/** All but the wiring. */
const PURE = LIB.filter(({ path }) => !path.startsWith("program/"));

/** The text without comments, of which none may hold code that counts. */
function codeOf(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|\s)\/\/.*$/gm, "");
}

/** What a file of `lib` imports: packages by name, our own as `lib/…`. */
function importsOf({ path, text }: Source): string[] {
  const specifiers = codeOf(text).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) => {
    if (!specifier.startsWith(".")) return specifier;
    return new URL(specifier, `file:///lib/${path}`).pathname.slice(1);
  });
}

function ringOf(path: string): number {
  return RINGS.findIndex((ring) =>
    ring.some((name) => name.endsWith("/") ? path.startsWith(name) : path === name)
  );
}

/** Whether a name in the picture, such as `desk/` or `config*.ts`, is that file's. */
function names(name: string, path: string): boolean {
  if (name.endsWith("/")) return path.startsWith(name);
  const [start = "", end] = name.split("*");
  return end === undefined ? path === name : path.startsWith(start) && path.endsWith(end);
}

Deno.test("every file of lib has its ring", () => {
  assertEquals(LIB.map(({ path }) => path).filter((path) => ringOf(path) < 0), []);
});

Deno.test("the picture in CONTRIBUTING shows every file of lib in its ring", () => {
  const text = Deno.readTextFileSync(new URL("CONTRIBUTING.md", ROOT));
  const drawn = [...text.matchAll(/^ {2}(\S.*?) +ring (\d)/gm)]
    .flatMap(([, names = "", ring]) =>
      names.split(" ").map((name) => [name, Number(ring)] as const)
    );
  const missing = LIB.filter(({ path }) =>
    !drawn.some(([name, ring]) => ring === ringOf(path) && names(name, path))
  );
  assertEquals(missing.map(({ path }) => path), []);
});

Deno.test("imports point inward", () => {
  const outward = LIB.flatMap((source) =>
    importsOf(source)
      .filter((target) => target.startsWith("lib/"))
      .filter((target) => ringOf(target.slice(4)) > ringOf(source.path))
      .map((target) => `${source.path} imports ${target}`)
  );
  assertEquals(outward, []);
});

Deno.test("lib imports nothing from outside lib", () => {
  const outside = PURE.flatMap((source) =>
    importsOf(source)
      .filter((target) => /^(scripts|tests|bench)\/|^(main\.ts|deno\.json)$/.test(target))
      .map((target) => `${source.path} imports ${target}`)
  );
  assertEquals(outside, []);
});

for (const { what, by, why } of RESERVED) {
  Deno.test(`imports: ${why}`, () => {
    const found = LIB.filter(({ path }) => !by.test(path))
      .filter((source) => importsOf(source).some((target) => what.test(target)));
    assertEquals(found.map(({ path }) => path), []);
  });
}

for (const { from, what, why } of FORBIDDEN) {
  Deno.test(`imports: ${why}`, () => {
    const found = LIB.filter(({ path }) => from.test(path))
      .filter((source) => importsOf(source).some((target) => what.test(target)));
    assertEquals(found.map(({ path }) => path), []);
  });
}

for (const { name, what, except } of WORLD) {
  Deno.test(`lib does not touch ${name}: program/ hands it in`, () => {
    const found = PURE.filter(({ path, text }) => !except?.test(path) && what.test(codeOf(text)));
    assertEquals(found.map(({ path }) => path), []);
  });
}

Deno.test("every file of lib has its tests", () => {
  const tests = TESTS.map(({ path }) => path);
  const untested = LIB.map(({ path }) => path).filter((path) => {
    const unit = path.includes("/") ? path.replace(/\/.*/, "/") : path;
    if (TESTED_IN[unit] !== undefined) return false;
    const name = unit.replace(/\/$|\.ts$/, "");
    return !tests.some((test) => test.startsWith(`${name}_`) && test.endsWith("_test.ts"));
  });
  assertEquals(untested, []);
  const named = Object.values(TESTED_IN).filter((name) => name.endsWith(".ts"));
  assertEquals(named.filter((name) => !tests.includes(name)), []);
});

Deno.test(`no module has more than ${FILE_LINES} lines`, () => {
  const long = [MAIN, ...LIB, ...SCRIPTS, ...BENCH]
    .filter(({ text }) => text.trimEnd().split("\n").length > FILE_LINES);
  assertEquals(long.map(({ path }) => path), []);
});

Deno.test(`no function has more than ${FUNCTION_LINES} lines`, () => {
  assertEquals([MAIN, ...LIB, ...SCRIPTS, ...BENCH].flatMap(longFunctionsOf), []);
});

/** By the layout that `deno fmt` gives: from a head to the brace under its first letter. */
function longFunctionsOf({ path, text }: Source): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, start) => {
    const indent = /^( *)(?:(?:export|static|async|override|get|set) )*(?:function\*? |[#\w]+\()/
      .exec(line)?.[1];
    if (indent === undefined || /^ *(if|for|while|switch)\b/.test(line)) return [];
    // A call is broken over lines in the same way, and has no body.
    const opening = line.endsWith("(")
      ? lines.slice(start).find((other) => other.startsWith(`${indent})`))
      : line;
    if (!opening?.endsWith("{")) return [];
    const length = lines.slice(start + 1).findIndex((other) => other === `${indent}}`) + 2;
    return length > FUNCTION_LINES ? [`${path}:${start + 1}: ${length} lines`] : [];
  });
}

Deno.test("no file is named after a layer instead of a thing", () => {
  const bad = /(^|\/)(utils?|types|helpers?|common|misc|constants|interfaces)\.ts$/;
  const paths = [...LIB, ...SCRIPTS, ...BENCH].map(({ path }) => path);
  assertEquals(paths.filter((path) => bad.test(path) || !/^[a-z0-9_/]+\.ts$/.test(path)), []);
});

/** What lib exports for tests alone: parts that cannot be seen as well from without. */
const FOR_TESTS: readonly string[] = [
  "cli/mod.ts: COMMANDS",
  "errors.ts: ERROR_CODES",
  "first_answer.ts: SESSION_REVISIONS",
  "journal/approvals.ts: questionUnder",
  "journal/chain.ts: rowHash",
  "paper/faults.ts: FOREIGN_REPLY_NAMES",
  "paper/margin.ts: collateralOf",
  "prompts/mod.ts: PROMPTS",
  "starts.ts: KEPT_STARTS",
  "tools/tool.ts: hintsOf",
];

Deno.test("lib exports no function, class or constant that nothing else uses", () => {
  const users = [MAIN, ...LIB, ...SCRIPTS, ...BENCH].map(({ path, text }) => ({
    path,
    words: new Set(codeOf(text).match(/\w+/g)),
  }));
  const unused = LIB.flatMap(({ path, text }) =>
    [...codeOf(text).matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)]
      .map(([, name = ""]) => name)
      .filter((name) => !users.some((user) => user.path !== path && user.words.has(name)))
      .map((name) => `${path}: ${name}`)
  );
  assertEquals(unused.sort(), FOR_TESTS);
});

Deno.test("every module opens with its docstring", () => {
  const bare = [MAIN, ...LIB, ...SCRIPTS, ...BENCH]
    .filter(({ text }) => !/^\/\*\*\n(?: \*.*\n)+? \* @module\n \*\/\n/.test(text));
  assertEquals(bare.map(({ path }) => path), []);
});
