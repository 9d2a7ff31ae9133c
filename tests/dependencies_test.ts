/**
 * What the project depends on, held against its lock files and `SECURITY.md`: a new package, one
 * without a hash, or one that runs something at its installation fails here.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };
import {
  broughtBy,
  listOf,
  type Lock,
  LOCKS,
  MARKERS,
  packagesOf,
  rootsOf,
} from "../scripts/dependencies.ts";
import npmOnly from "../scripts/npm_only.json" with { type: "json" };
import { MCPB } from "../scripts/release/tool.ts";
import { Served } from "../scripts/serve.ts";
import { denoCommand, type Ended, ROOT, runToEnd, withFolder } from "./_program.ts";

const SECURITY = Deno.readTextFileSync(`${ROOT}SECURITY.md`);
const EXACT_REGEXP = /^(npm|jsr):\/?(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+\/?$/;

function lockOf(path: string): Lock {
  return JSON.parse(Deno.readTextFileSync(`${ROOT}${path}`));
}

const BY_PURPOSE = Object.fromEntries(
  Object.entries(LOCKS).map(([purpose, path]) => [purpose, lockOf(path)]),
);

Deno.test("every dependency is named with one exact version", () => {
  const named = [...Object.values(denoJson.imports), ...Object.values(npmOnly.imports), MCPB]
    .filter((specifier) => !specifier.startsWith("./"));
  for (const specifier of named) assertMatch(specifier, EXACT_REGEXP);
});

Deno.test("both worlds take the same packages from npm, and the lock holds them and no other", () => {
  const fromNpm = (imports: Record<string, string>): string[] => {
    const ours = Object.values(imports).filter((specifier) => specifier.startsWith("npm:"));
    // A folder of a package is written with a slash on both sides.
    return [...new Set(ours.map((text) => text.replace(/^npm:\/?(.*?)\/?$/, "npm:$1")))].sort();
  };
  const both = fromNpm(npmOnly.imports).filter((specifier) =>
    !specifier.startsWith("npm:deno-std@")
  );
  assertEquals(fromNpm(denoJson.imports), both);
  const roots = rootsOf(lockOf("scripts/npm_only.lock")).map((name) => `npm:${name}`);
  assertEquals(fromNpm(npmOnly.imports), roots);
});

for (const [purpose, lock] of Object.entries(BY_PURPOSE)) {
  Deno.test(`every package is locked by its hash and runs nothing when installed: ${purpose}`, () => {
    for (const [name, { integrity = "", scripts, deprecated }] of Object.entries(lock.npm)) {
      assertMatch(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, name);
      assertEquals([name, scripts, deprecated], [name, undefined, undefined]);
    }
  });
}

Deno.test("SECURITY.md lists the tree as it is (`deno task dependencies` writes it)", () => {
  const [, listed = ""] = SECURITY.split(MARKERS[0]);
  assertEquals(listed.split(MARKERS[1])[0]?.trim(), listOf(BY_PURPOSE));
});

Deno.test("SECURITY.md says why each direct dependency is there", () => {
  const rows = [...SECURITY.matchAll(/^\| `(\S+@\d\S*)` \|/gm)].map(([, name = ""]) => name).sort();
  const direct = Object.values(BY_PURPOSE).flatMap(rootsOf);
  const fromJsr = Object.values(denoJson.imports).filter((text) => text.startsWith("jsr:"))
    .map((text) => text.slice("jsr:".length));
  assertEquals(rows, [...direct, ...fromJsr].sort());
});

Deno.test("a package's tree is followed to its end, once", () => {
  const npm = {
    "a@1.0.0_b@2.0.0": { dependencies: ["b", "@c/d@1.0.0"] },
    "b@2.0.0": { dependencies: ["@c/d@2.0.0"] },
    "@c/d@1.0.0": {},
    "@c/d@2.0.0": { dependencies: ["b"] },
  };
  assertEquals(broughtBy("a@1.0.0", { specifiers: {}, npm }), [
    ...["@c/d@1.0.0", "@c/d@2.0.0", "b@2.0.0"],
  ]);
});

Deno.test("the executable holds the code of these packages and of no other", () =>
  withFolder(async (folder) => {
    const [deno = "", , ...flags] = denoCommand([]);
    const options = flags.filter((flag) => !/^--(no-prompt|no-check)$/.test(flag));
    const command = [deno, "bundle", ...options, "--code-splitting", `--outdir=${folder}`];
    // As the executable is bundled, but with the comments that name each module.
    const left = "--external=*/validation/ajv-provider.js";
    const { code, stderr } = await runToEnd({
      command: [...command, left, `${ROOT}main.ts`],
      // The lock fits the imports of the `deno.json` that is found from here.
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    });
    assertEquals(code, 0, stderr);
    const texts = [...Deno.readDirSync(folder)].map(({ name }) =>
      Deno.readTextFileSync(`${folder}/${name}`)
    );
    const modules = texts.join("\n").matchAll(
      /^ *\/\/ .*\/registry\.\S+?\/((?:@\S+?\/)?[^@/\s]+)\//gm,
    );
    assertEquals([...new Set([...modules].map(([, name = ""]) => name))].sort(), [
      ...["@modelcontextprotocol/sdk", "bignumber.js", "fast-png", "fflate", "iobuffer", "zod"],
      "zod-to-json-schema",
    ]);
  }));

const ADVISORY = {
  id: 1,
  url: "https://advisories.test/1",
  title: "A known hole",
  severity: "high",
  vulnerable_versions: "<=4.6.7",
  cwe: [],
  cvss: { score: 7, vectorString: "" },
};

/** What `deno task audit` says where the registry at that address knows of these advisories. */
async function audit(registry: string): Promise<Ended> {
  const grants = ["--allow-run", "--allow-read", "--allow-write"];
  return await runToEnd({
    command: denoCommand(grants, `${ROOT}scripts/audit.ts`),
    cwd: ROOT,
    env: { NPM_CONFIG_REGISTRY: registry, NO_COLOR: "1" },
  });
}

for (
  const [advisories, expected, text] of [
    [{}, 0, "npm_only.lock: no known vulnerability"],
    [{ zod: [ADVISORY] }, 1, "npm_only.lock: known vulnerabilities:"],
  ] as const
) {
  Deno.test(`an audit asks for all that is locked: ${text}`, async () => {
    const asked: string[] = [];
    await using server = new Served(async (request) => {
      asked.push(...Object.keys(await request.json()));
      return Response.json(advisories);
    });
    const { code, stdout } = await audit(`${server.baseUrl}/`);
    assertEquals(code, expected, stdout);
    assertStringIncludes(stdout, text);
    const locked = Object.values(BY_PURPOSE).flatMap(packagesOf)
      .map((name) => name.replace(/(?!^)@.*$/, ""));
    assertEquals([...new Set(asked)].sort(), [...new Set(locked)].sort());
  });
}

Deno.test("an audit that could ask nobody says so, and is no failure", async () => {
  const { code, stdout } = await audit("http://127.0.0.1:9/");
  assertEquals(code, 0);
  for (const lock of Object.values(LOCKS)) assertStringIncludes(stdout, `${lock}: NOT CHECKED`);
});
