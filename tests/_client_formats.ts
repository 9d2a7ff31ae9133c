/**
 * Each client's settings, read strictly in its documented format: whatever is not meant to be there
 * fails the test.
 *
 * Claude Desktop: `mcpServers` with command, args, env. Claude Code: `claude mcp add [options] NAME
 * [-e KEY=VALUE...] -- COMMAND [ARGS...]`, where -e takes all words up to the next option. Cursor:
 * `mcpServers` with type, command, args, env. VS Code: `inputs` and `servers` with type, command,
 * args, env. Codex: TOML, `[mcp_servers.NAME]` and `[mcp_servers.NAME.env]`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { z } from "zod";

/** What a client would start. */
export interface Started {
  command: string;
  args: string[];
  env: Record<string, string>;
}

const ENTRY = {
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
};
const McpServers = z.strictObject({
  mcpServers: z.strictObject({ backpack: z.strictObject(ENTRY) }),
});
const TYPED = z.strictObject({ type: z.literal("stdio"), ...ENTRY });
const CursorFile = z.strictObject({ mcpServers: z.strictObject({ backpack: TYPED }) });
const VsCodeFile = z.strictObject({
  inputs: z.array(z.strictObject({
    type: z.literal("promptString"),
    id: z.string(),
    description: z.string(),
    password: z.literal(true),
  })).optional(),
  servers: z.strictObject({ backpack: TYPED }),
});
const CodexFile = z.strictObject({
  mcp_servers: z.strictObject({
    backpack: z.strictObject({ ...ENTRY, startup_timeout_sec: z.number().optional() }),
  }),
});

/** What that client starts when it is given that text; for VS Code, `typed` is what a person types. */
export function readAs(client: string, text: string, os = "linux", typed = ""): Started {
  switch (client) {
    case "claude-desktop":
      return McpServers.parse(JSON.parse(text)).mcpServers.backpack;
    case "cursor":
      return started(CursorFile.parse(JSON.parse(text)).mcpServers.backpack);
    case "vscode":
      return readVsCode(text, typed);
    case "codex":
      return started(CodexFile.parse(readToml(text)).mcp_servers.backpack);
    case "claude-code":
      return readClaude(os === "windows" ? windowsWords(text) : shellWords(text));
  }
  throw new Error(`no client ${client}`);
}

function started({ command, args, env }: Started): Started {
  return { command, args, env };
}

/** `${input:ID}` must be an input that is asked for. */
function readVsCode(text: string, typed: string): Started {
  const { inputs = [], servers } = VsCodeFile.parse(JSON.parse(text));
  const { command, args, env } = servers.backpack;
  const filled = Object.entries(env).map(([name, value]) => {
    const id = /^\$\{input:(.*)\}$/s.exec(value)?.[1];
    assert(id === undefined || inputs.some((input) => input.id === id), id);
    return [name, id === undefined ? value : typed];
  });
  return { command, args, env: Object.fromEntries(filled) };
}

function readClaude(words: readonly string[]): Started {
  const end = words.indexOf("--");
  const [command = "", ...args] = words.slice(end + 1);
  const [claude, mcp, add, ...rest] = words.slice(0, end);
  assertEquals([claude, mcp, add], ["claude", "mcp", "add"]);
  const env: Record<string, string> = {};
  const names: string[] = [];
  let isVariable = false;
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? "";
    if (word === "--scope") assertEquals(rest[++index], "user");
    else if (word === "-e") isVariable = true;
    else if (!isVariable) names.push(word);
    else {
      const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(word) ?? [];
      assert(name !== "", `claude would refuse ${word} as a variable`);
      env[name] = value;
    }
  }
  assertEquals(names, ["backpack"]);
  return { command, args, env };
}

/** As a POSIX shell splits words: single quotes hold everything, a backslash one letter. */
export function shellWords(line: string): string[] {
  const word = /(?:'[^']*'|\\.|[^\s'\\])+/gs;
  return (line.match(word) ?? []).map((text) =>
    text.replace(/'([^']*)'|\\(.)/gs, (_, quoted, escaped) => quoted ?? escaped)
  );
}

/** As cmd and PowerShell do: double quotes hold blanks; a bare `--` never reaches the program. */
function windowsWords(line: string): string[] {
  const words = line.trim().match(/"[^"]*"|\S+/g) ?? [];
  return words.filter((word) => word !== "--").map((word) => word.replace(/^"(.*)"$/s, "$1"));
}

/** As much of TOML 1.0 as is allowed here. */
export function readToml(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  let table = root;
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const header = /^\[([\w.-]+)\]$/.exec(line)?.[1];
    const [, key = "", value = ""] = /^([\w-]+) = (".*"|\[.*\]|\d+)$/s.exec(line) ?? [];
    if (header !== undefined) {
      table = header.split(".").reduce(
        (parent, name) => (parent[name] ??= {}) as Record<string, unknown>,
        root,
      );
    } else if (key === "") throw new Error(`not the TOML that is meant: ${line}`);
    // Its basic strings take JSON's escapes and no letter that JSON would not take.
    else table[key] = JSON.parse(value);
  }
  return root;
}
