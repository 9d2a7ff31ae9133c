/**
 * The table of commands: what each says of itself, and what is said of a mistyped one.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../lib/cli/mod.ts";
import { Person } from "./_cli.ts";

Deno.test("--help names every command", async () => {
  const { code, stdout, stderr } = await new Person().run("--help");
  assertEquals([code, stderr], [0, ""]);
  for (const { name, summary } of COMMANDS) {
    assertMatch(stdout, new RegExp(`\n  ${name} .*${RegExp.escape(summary)}\n`));
  }
});

for (const command of COMMANDS) {
  Deno.test(`${command.name} --help says how it is used, with one example`, async () => {
    const { code, stdout, stderr } = await new Person().run(command.name, "--help");
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, command.summary);
    assertStringIncludes(stdout, `backpack-mcp ${command.name}`);
    assertEquals(stdout.split("Example: ").length, 2);
    for (const { name } of command.options) assertStringIncludes(stdout, `--${name}`);
    assertEquals(stdout.split("\n").filter((line) => line.length > 100), []);
  });
}

Deno.test("the README's table has a row for every command", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const rows = readme.match(/^\| `[^|]*\|/gm)?.join("\n") ?? "";
  const missing = COMMANDS.filter(({ name }) => !new RegExp(`\`${name}( [A-Za-z]+)?\``).test(rows));
  assertEquals(missing.map(({ name }) => name), []);
});

Deno.test("--version is the version alone", async () => {
  const expected = { code: 0, stdout: "backpack-mcp 1.2.3\n", stderr: "" };
  assertEquals(await new Person().run("--version"), expected);
});

for (
  const [args, stderr] of [
    [["hlat"], 'backpack-mcp: unknown command "hlat", did you mean halt?; see --help\n'],
    [["--versoin"], 'unknown argument "--versoin", did you mean --version?'],
    [["xylophone-concert"], 'unknown command "xylophone-concert"; see --help'],
    [["__proto__"], 'unknown command "__proto__"'],
    [["halt", "--cancle-all"], 'there is no option "--cancle-all"; did you mean --cancel-all?'],
    [["halt", "-x"], 'there is no option "-x"'],
    [["halt", "now"], 'there is no use for "now"'],
    [["halt", "--cancel-all=yes"], "--cancel-all takes no value"],
    [["halt", "--data-dir"], "--data-dir needs a value: --data-dir DIR"],
    [["halt", "--data-dir", "--cancel-all"], "--data-dir needs a value"],
    [["halt", "--data-dir", "here"], "--data-dir: wanted an absolute path"],
    [["approve"], "CODE is missing"],
  ] as const
) {
  Deno.test(`a mistake is named and nothing is done: ${args.join(" ")}`, async () => {
    const person = new Person();
    const ended = await person.run(...args);
    assertEquals([ended.code, ended.stdout], [2, ""]);
    assertStringIncludes(ended.stderr, stderr);
    assertEquals(person.halt, undefined);
  });
}

Deno.test("a directory without a permission is named, with the way to get it", async () => {
  const { code, stderr } = await new Person({ forbidden: true }).run("pending");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "no permission for /data: `deno task compile --data-dir /data`");
});

Deno.test("a command works on the directory that --data-dir names", async () => {
  const person = new Person({ env: { BACKPACK_DATA_DIR: "/mine" } });
  await person.run("halt");
  assertEquals(person.asked, "/mine");
  await person.run("halt", "--data-dir", "/other");
  assertEquals(person.asked, "/other");
});
