/**
 * What a release is made of: the steps that the workflow calls, the bundle's manifest, the
 * registry's entry, and the workflows themselves.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as z from "zod";
import denoJson from "../deno.json" with { type: "json" };
import { unpinnedActions } from "../scripts/lint_workflows.ts";
import { bundle } from "../scripts/release/bundle.ts";
import { sectionOf } from "../scripts/release/changelog.ts";
import { type Manifest, manifestOf } from "../scripts/release/manifest.ts";
import { checkVersion, finishIn } from "../scripts/release/mod.ts";
import { serverJsonOf } from "../scripts/release/server_json.ts";
import { targetOf, TARGETS } from "../scripts/release/targets.ts";
import { mcpb } from "../scripts/release/tool.ts";
import { fill } from "../scripts/release/try_bundle.ts";
import { DEFAULTS, open, problems } from "./_config.ts";
import { ROOT, withFolder } from "./_program.ts";
import tools from "./testdata/tools.json" with { type: "json" };

const { version } = denoJson;
const CHANGELOG =
  `# Changelog\n\n## [Unreleased]\n\n## [${version}] - 2026-01-02\n\n### Added\n\n` +
  "- All.\n\n## [0.0.1] - 2026-01-01\n";
const LINUX = targetOf("x86_64-unknown-linux-gnu");

Deno.test("the notes are the version's section, and there must be one", () => {
  assertEquals(sectionOf(CHANGELOG, version), "### Added\n\n- All.\n");
  assertEquals(sectionOf(CHANGELOG.replaceAll("\n", "\r\n"), version), "### Added\n\n- All.\n");
  for (const none of ["Unreleased", "0.0.1", "9.9.9", "0.1"]) {
    assertThrows(() => sectionOf(CHANGELOG, none), RangeError, "write its section");
  }
});

Deno.test("a tag is released only if it is the version that the changelog tells of", () => {
  checkVersion(`v${version}`, version, CHANGELOG);
  for (const tag of [version, "v9.9.9"]) {
    assertThrows(() => checkVersion(tag, version, CHANGELOG), RangeError, "one version");
  }
  assertThrows(() => checkVersion("v9.9.9", "9.9.9", CHANGELOG), RangeError, "says nothing");
  assertThrows(() => checkVersion(undefined, version, CHANGELOG), RangeError, `--tag v${version}`);
});

Deno.test("a manifest asks for what is dangerous in the safe state", () => {
  const { user_config: fields, version: ours, server } = manifestOf(LINUX, tools);
  assertEquals([ours, server.type], [version, "binary"]);
  const states = Object.entries(fields).map(([id, field]) => [id, field.default, field.sensitive]);
  assertEquals(states, [
    ["mode", "paper", undefined],
    ["private_key", undefined, true],
    ["read_only", true, undefined],
    ["max_order_notional", 1000, undefined],
    ["max_daily_notional", 5000, undefined],
  ]);
});

/** What the program would find in its environment. */
function environmentOf(chosen: Record<string, boolean | number | string>): Record<string, string> {
  const manifest = manifestOf(LINUX, tools);
  const entries = Object.entries(manifest.server.mcp_config.env);
  return Object.fromEntries(
    entries.map(([name, text]) => [name, fill(text, "/bundle", manifest, chosen)]),
  );
}

Deno.test("what a user leaves as it is gives read-only, paper and the caps", async () => {
  const limits = { ...DEFAULTS.limits, readOnly: true };
  assertEquals(await open({ env: environmentOf({}) }), { ...DEFAULTS, mode: "paper", limits });
  const chosen = { mode: "live", read_only: false, max_order_notional: 250.5 };
  assertEquals(await open({ env: environmentOf(chosen) }), {
    ...DEFAULTS,
    limits: { ...DEFAULTS.limits, maxOrderNotional: "250.5" },
  });
  assertEquals((await problems({ env: environmentOf({ mode: "Live" }) })).length, 1);
});

for (const target of TARGETS) {
  Deno.test(`the bundle for ${target.name} is what its format's own tool takes and gives back`, () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/program`, "#!/bin/sh\n", { mode: 0o755 });
      const [executable, packed] = await bundle({
        target,
        executable: `${folder}/program`,
        folder,
      });
      assertEquals(executable, `${folder}/backpack-mcp-${version}-${target.name}${target.suffix}`);
      await Deno.mkdir(`${folder}/unpacked`);
      await mcpb(["unpack", packed, `${folder}/unpacked`], [folder]);
      const text = await Deno.readTextFile(`${folder}/unpacked/manifest.json`);
      const manifest: Manifest = JSON.parse(text);
      assertEquals(manifest, JSON.parse(JSON.stringify(manifestOf(target, tools))));
      assertEquals(manifest.compatibility, { platforms: [target.platform] });
      const program = await Deno.stat(`${folder}/unpacked/${manifest.server.entry_point}`);
      if (Deno.build.os !== "windows") assertEquals(program.mode! & 0o111, 0o111);
    }));
}

Deno.test("a manifest that the format does not know is not packed", () =>
  withFolder(async (folder) => {
    const manifest = { ...manifestOf(LINUX, tools), server: { type: "deno" } };
    await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(manifest));
    await assertRejects(() => mcpb(["validate", `${folder}/manifest.json`], []), Error, "mcpb");
  }));

/** What the registry's schema of 2025-12-11 says of the members that we use, and of no other. */
const SERVER_JSON = z.strictObject({
  $schema: z.literal(
    "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  ),
  name: z.string().min(3).max(200).regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: z.string().max(255),
  repository: z.strictObject({ url: z.url(), source: z.string() }),
  packages: z.array(z.strictObject({
    registryType: z.literal("mcpb"),
    // The registry also wants https, and "mcp" somewhere in the address.
    identifier: z.url({ protocol: /^https$/ }).regex(/mcp/),
    fileSha256: z.string().regex(/^[a-f0-9]{64}$/),
    transport: z.strictObject({ type: z.literal("stdio") }),
  })).length(2),
});

Deno.test("a release is finished with sums, notes and an entry for the registry", () =>
  withFolder(async (folder) => {
    const files = ["a", "a.mcpb", "b.mcpb"];
    for (const name of files) await Deno.writeTextFile(`${folder}/${name}`, name);
    await finishIn(folder, "ada/desk", CHANGELOG);
    const read = (name: string): string => Deno.readTextFileSync(`${folder}/${name}`);
    const entry = SERVER_JSON.parse(JSON.parse(read("server.json")));
    assertEquals([entry.name, entry.version], ["io.github.ada/backpack-mcp", version]);
    const sums = read("SHA256SUMS");
    assertEquals([...sums.matchAll(/^[a-f0-9]{64} {2}(.*)$/gm)].map(([, name]) => name), [
      ...files,
      "server.json",
    ]);
    for (const { identifier, fileSha256 } of entry.packages) {
      const name = identifier.split("/").at(-1);
      assertEquals(identifier, `https://github.com/ada/desk/releases/download/v${version}/${name}`);
      assertStringIncludes(sums, `${fileSha256}  ${name}\n`);
    }
    // Known from elsewhere: printf a | sha256sum
    assertStringIncludes(
      sums,
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a\n",
    );
    assertEquals(read("NOTES.md"), "### Added\n\n- All.\n");
  }));

Deno.test("a registry entry needs a repository, and a release one of its systems", () => {
  for (const wrong of ["", "ada", "ada/desk/x", "https://a/b"]) {
    assertThrows(() => serverJsonOf(wrong, []), RangeError, "wanted owner/name");
  }
  assertThrows(() => targetOf("riscv64gc-unknown-linux-gnu"), RangeError, "x86_64-apple-darwin");
});

const WORKFLOWS = [...Deno.readDirSync(`${ROOT}.github/workflows`)].map(({ name }) => ({
  name,
  text: Deno.readTextFileSync(`${ROOT}.github/workflows/${name}`),
}));

Deno.test("workflows run our own tasks, with pinned actions, least permissions and no secret", () => {
  for (const { name, text } of WORKFLOWS) {
    assertEquals([name, unpinnedActions(text)], [name, []]);
    assertStringIncludes(text, "\npermissions:\n  contents: read\n");
    assertEquals(text.includes("secrets."), false);
    for (const [, task = ""] of text.matchAll(/ task (\S+)/g)) {
      assertEquals([task, Object.hasOwn(denoJson.tasks, task)], [task, true]);
    }
    const commands = [...text.matchAll(/^ *- run: (.*)$/gm)].map(([, command = ""]) => command);
    const others = commands.filter((command) =>
      !/^(npx -y deno@2\.8\.3 task |\.ci\/run$)/.test(command)
    );
    assertEquals(others.filter((command) => !command.startsWith("gh release create ")), []);
  }
  assertEquals(unpinnedActions("  - uses: a/b@v1 # v1\n  - uses: ./local\n"), ["a/b@v1 # v1"]);
});

Deno.test("the release is built for every system that it names", () => {
  const { text = "" } = WORKFLOWS.find(({ name }) => name === "release.yml") ?? {};
  const built = [...text.matchAll(/^ {10}- (\S+)$/gm)].map(([, triple]) => triple);
  assertEquals(built, TARGETS.map(({ triple }) => triple));
});
