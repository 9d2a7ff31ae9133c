/**
 * What the project depends on, held against its lock files and `SECURITY.md`: a new package, one
 * without a hash, or one that runs something at its installation fails here.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };
import { verdictOf } from "../scripts/audit.ts";
import { broughtBy, listOf, type Lock, LOCKS, MARKERS, rootsOf } from "../scripts/dependencies.ts";
import npmOnly from "../scripts/npm_only.json" with { type: "json" };
import { MCPB } from "../scripts/release/tool.ts";
import { denoCommand, ROOT, runToEnd, withFolder } from "./_program.ts";

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
      cwd: folder,
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

Deno.test("an audit that could ask nobody is no clean one", () => {
  assertEquals(verdictOf(true, "No known vulnerabilities found"), "clean");
  assertEquals(verdictOf(false, "Found 1 vulnerabilities\nSeverity: 1 high"), "vulnerable");
  assertEquals(verdictOf(false, "error: error sending request for url"), "unknown");
  assertStringIncludes(Deno.readTextFileSync(`${ROOT}.ci/run`), "task audit");
});
