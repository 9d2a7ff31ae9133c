/**
 * How each MCP client is told about this server: where its settings lie, and their format. None
 * of the texts holds a key: it is in the owner's `.env`, or the client asks for it.
 *
 * @module
 */

import { PRIVATE_KEY } from "../settings.ts";

/** What a text is made from. */
export interface ServerCommand {
  /** An absolute path and its arguments. */
  readonly program: readonly string[];
  /** Set for the server. */
  readonly env: Readonly<Record<string, string>>;
  /** As Deno names it. */
  readonly os: string;
}

/** A client. */
export interface Client {
  /** What a person types, such as `claude-desktop`. */
  readonly name: string;
  /** What the client calls itself. */
  readonly title: string;
  /** Where the text goes on that system; for paper trading, no key is asked for. */
  place(os: string, isPaper?: boolean): string;
  /** The text, with a newline at its end. */
  text(server: ServerCommand): string;
}

const NAME = "backpack";
const PRIVATE_KEY_INPUT = "backpack-private-key";

/** All of them, in the order in which they are listed. */
export const CLIENTS: readonly Client[] = [
  {
    name: "claude-desktop",
    title: "Claude Desktop",
    place: (os) => `${claudeDesktopFile(os)} (Settings, Developer, Edit Config); then restart it`,
    text: mcpServers,
  },
  {
    name: "claude-code",
    title: "Claude Code",
    place: () => "a command for your shell",
    text: claudeCommand,
  },
  {
    name: "cursor",
    title: "Cursor",
    place: (os) => homeFile(os, ".cursor", "mcp.json"),
    text: cursor,
  },
  {
    name: "vscode",
    title: "VS Code",
    place: (_os, isPaper = false) =>
      "mcp.json of your profile (command `MCP: Open User Configuration`)" +
      (isPaper ? "" : "; it asks for the key once, and keeps it"),
    text: vscode,
  },
  {
    name: "codex",
    title: "Codex",
    place: (os) => homeFile(os, ".codex", "config.toml"),
    text: codex,
  },
];

function claudeDesktopFile(os: string): string {
  if (os === "windows") return "%APPDATA%\\Claude\\claude_desktop_config.json";
  const folder = os === "darwin" ? "~/Library/Application Support" : "~/.config";
  return `${folder}/Claude/claude_desktop_config.json`;
}

function homeFile(os: string, ...path: string[]): string {
  return os === "windows" ? `%USERPROFILE%\\${path.join("\\")}` : `~/${path.join("/")}`;
}

/** `command`, and what else there is to say. */
function entry({ program, env }: ServerCommand): Record<string, unknown> {
  const [command, ...args] = program;
  return {
    command,
    ...(args.length === 0 ? {} : { args }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
}

function mcpServers(server: ServerCommand): string {
  return json({ mcpServers: { [NAME]: entry(server) } });
}

/** Its documentation calls the type required, and its examples leave it out. */
function cursor(server: ServerCommand): string {
  return json({ mcpServers: { [NAME]: { type: "stdio", ...entry(server) } } });
}

/** The key is prompted for, masked and kept by VS Code, unless nothing needs one. */
function vscode(server: ServerCommand): string {
  const { env } = server;
  const isPaper = env.BACKPACK_MODE === "paper";
  const secret = { [PRIVATE_KEY.names[0]]: `\${input:${PRIVATE_KEY_INPUT}}` };
  const input = {
    type: "promptString",
    id: PRIVATE_KEY_INPUT,
    description: "Backpack API secret (base64)",
    password: true,
  };
  const full = { ...server, env: isPaper ? env : { ...env, ...secret } };
  return json({
    ...(isPaper ? {} : { inputs: [input] }),
    servers: { [NAME]: { type: "stdio", ...entry(full) } },
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function claudeCommand({ program, env, os }: ServerCommand): string {
  const quote = os === "windows" ? windowsQuoted : shellQuoted;
  const variables = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  // The name comes before -e, which takes as many values as it finds.
  const words = ["claude", "mcp", "add", "--scope", "user", NAME, ...variables];
  // PowerShell takes the first -- that is not in quotes for itself (npm/cli#4903).
  const end = os === "windows" ? '"--"' : "--";
  return `${[...words.map(quote), end, ...program.map(quote)].join(" ")}\n`;
}

function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function windowsQuoted(word: string): string {
  return /^[\w@+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}

/** TOML 1.0: a basic string takes JSON's escapes, but DEL must be escaped too. */
function codex({ program, env }: ServerCommand): string {
  const [command = "", ...args] = program;
  const lines = [
    `[mcp_servers.${NAME}]`,
    `command = ${tomlString(command)}`,
    ...(args.length === 0 ? [] : [`args = [${args.map(tomlString).join(", ")}]`]),
    // `deno task start` first finds out which registries can be reached.
    ...(args.length === 0 ? [] : ["startup_timeout_sec = 60"]),
    ...tomlTable(`mcp_servers.${NAME}.env`, env),
  ];
  return `${lines.join("\n")}\n`;
}

function tomlTable(name: string, members: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(members).map(([key, value]) => `${key} = ${tomlString(value)}`);
  return lines.length === 0 ? [] : ["", `[${name}]`, ...lines];
}

function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007F");
}
