/**
 * `keygen` and `config`: a key pair that is one, and texts that each client reads as we mean them.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readConfig } from "../lib/config.ts";
import { CLIENTS } from "../lib/cli/clients.ts";
import { Person } from "./_cli.ts";
import { readToml, shellWords } from "./_client_formats.ts";
import { SEED } from "./_helpers.ts";

function valueIn(text: string, name: string): string {
  return new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
}

/** By OpenSSL, which shares no code with WebCrypto. */
function publicKeyOf(seed: string): string {
  const prefix = Uint8Array.fromHex("302e020100300506032b657004220420");
  const der = new Uint8Array([...prefix, ...Uint8Array.fromBase64(seed)]);
  const key = createPrivateKey({ key: der as never, format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return Uint8Array.fromBase64(x, { alphabet: "base64url" }).toBase64();
}

Deno.test("keygen writes an .env that the desk takes, and whose keys belong together", async () => {
  const { code, stdout, stderr } = await new Person({ piped: true }).run("keygen");
  assertEquals(code, 0);
  const [seed, publicKey] = [
    valueIn(stdout, "BACKPACK_PRIVATE_KEY"),
    valueIn(stdout, "BACKPACK_PUBLIC_KEY"),
  ];
  assertEquals(Uint8Array.fromBase64(seed).length, 32);
  assertEquals(publicKey, publicKeyOf(seed));
  const path = "/home/ada/.config/backpack-mcp/.env";
  const userFile = { path, text: stdout };
  const read = await readConfig({
    env: {},
    userFile,
    userFilePath: path,
    trustWorkingFile: false,
  });
  assert(read.ok);
  assertEquals(read.config.signer?.apiKey.reveal(), publicKey);
  assertStringIncludes(stderr, `The public key: ${publicKey}\n`);
  assertStringIncludes(stderr, path);
  assert(!stderr.includes(seed));
});

Deno.test("keygen makes another pair each time", async () => {
  const person = new Person({ piped: true });
  assertNotEquals((await person.run("keygen")).stdout, (await person.run("keygen")).stdout);
});

Deno.test("keygen shows no secret on a screen unless it is told to", async () => {
  const { code, stdout, stderr } = await new Person().run("keygen");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "--show");
  const shown = await new Person().run("keygen", "--show");
  assertEquals(Uint8Array.fromBase64(valueIn(shown.stdout, "BACKPACK_PRIVATE_KEY")).length, 32);
});

const EXECUTABLE = ["/opt/Ada's tools/backpack-mcp"];
const CHECKOUT = ["/opt/deno", "task", "--quiet", "--cwd", "/src/back pack", "start"];

async function textFor(client: string, program: string[], ...more: string[]): Promise<string> {
  const person = new Person({ env: { BACKPACK_PRIVATE_KEY: SEED }, machine: { program } });
  const { code, stdout, stderr } = await person.run("config", client, ...more);
  assertEquals(code, 0);
  assertStringIncludes(stderr, CLIENTS.find(({ name }) => name === client)?.title ?? "?");
  assert(!stdout.includes(SEED));
  return stdout;
}

for (const [client, type] of [["claude-desktop", {}], ["cursor", { type: "stdio" }]] as const) {
  Deno.test(`config ${client} is its JSON`, async () => {
    assertEquals(JSON.parse(await textFor(client, EXECUTABLE)), {
      mcpServers: { backpack: { ...type, command: EXECUTABLE[0] } },
    });
    assertEquals(JSON.parse(await textFor(client, CHECKOUT, "--paper")), {
      mcpServers: {
        backpack: {
          ...type,
          command: "/opt/deno",
          args: CHECKOUT.slice(1),
          env: { BACKPACK_MODE: "paper" },
        },
      },
    });
  });
}

Deno.test("config vscode asks for the key, masked, and needs none for paper", async () => {
  const id = "backpack-private-key";
  assertEquals(JSON.parse(await textFor("vscode", EXECUTABLE)), {
    inputs: [{
      type: "promptString",
      id,
      description: "Backpack API secret (base64)",
      password: true,
    }],
    servers: {
      backpack: {
        type: "stdio",
        command: EXECUTABLE[0],
        env: { BACKPACK_PRIVATE_KEY: `\${input:${id}}` },
      },
    },
  });
  assertEquals(JSON.parse(await textFor("vscode", EXECUTABLE, "--paper")), {
    servers: {
      backpack: { type: "stdio", command: EXECUTABLE[0], env: { BACKPACK_MODE: "paper" } },
    },
  });
  const told = await Promise.all(
    [[], ["--paper"]].map((more) => new Person().run("config", "vscode", ...more)),
  );
  assertEquals(told.map(({ stderr }) => stderr.includes("asks for the key")), [true, false]);
});

Deno.test("config claude-code is a command that the shell splits as it is meant", async () => {
  const add = ["claude", "mcp", "add", "--scope", "user", "backpack"];
  assertEquals(shellWords(await textFor("claude-code", EXECUTABLE)), [...add, "--", ...EXECUTABLE]);
  assertEquals(shellWords(await textFor("claude-code", CHECKOUT, "--paper")), [
    ...[...add, "-e", "BACKPACK_MODE=paper", "--"],
    ...CHECKOUT,
  ]);
});

Deno.test("config codex is its TOML", async () => {
  assertEquals(readToml(await textFor("codex", EXECUTABLE)), {
    mcp_servers: { backpack: { command: EXECUTABLE[0] } },
  });
  assertEquals(readToml(await textFor("codex", ['C:\\a "b"\\mcp.exe'])), {
    mcp_servers: { backpack: { command: 'C:\\a "b"\\mcp.exe' } },
  });
  assertEquals(readToml(await textFor("codex", CHECKOUT, "--paper")), {
    mcp_servers: {
      backpack: {
        command: "/opt/deno",
        args: CHECKOUT.slice(1),
        startup_timeout_sec: 60,
        env: { BACKPACK_MODE: "paper" },
      },
    },
  });
});

for (
  const [os, desktop, cursor] of [
    ["linux", "~/.config/Claude/claude_desktop_config.json", "~/.cursor/mcp.json"],
    [
      "darwin",
      "~/Library/Application Support/Claude/claude_desktop_config.json",
      "~/.cursor/mcp.json",
    ],
    [
      "windows",
      "%APPDATA%\\Claude\\claude_desktop_config.json",
      "%USERPROFILE%\\.cursor\\mcp.json",
    ],
  ] as const
) {
  Deno.test(`config --list says where each client keeps its settings on ${os}`, async () => {
    const { code, stdout } = await new Person({ machine: { os } }).run("config", "--list");
    assertEquals(code, 0);
    for (const { name } of CLIENTS) assertStringIncludes(stdout, `\n${name} `);
    assertStringIncludes(stdout, desktop);
    assertStringIncludes(stdout, cursor);
    assertEquals(await new Person({ machine: { os } }).run("config"), { code, stdout, stderr: "" });
  });
}

Deno.test("config names the nearest client", async () => {
  const { code, stderr } = await new Person().run("config", "claude-dekstop");
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'no client "claude-dekstop", did you mean claude-desktop?');
  const other = await new Person().run("config", "0123456789");
  assertStringIncludes(other.stderr, 'no client "0123456789". There are: claude-desktop');
});
