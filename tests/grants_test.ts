/**
 * The permissions that the launcher computes, as flags and as Deno enforces them.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { ENVIRONMENT_NAMES } from "../lib/config.ts";
import { readEnvText } from "../lib/env_file.ts";
import { DIRECTORY_NAMES } from "../lib/user_file.ts";
import { findSetting, namedDataDirectory, serverGrants } from "../scripts/grants.ts";

const NAME = "BACKPACK_BASE_URL";
const DATA = "/home/ada/.local/state/backpack-mcp";
const USER = "/home/ada/.config/backpack-mcp/.env";
const LOOPBACK = "127.0.0.1,localhost,[::1]";

function netOf(baseUrl: string | undefined): string | undefined {
  return serverGrants({ userFilePath: USER, baseUrl, dataDirectory: undefined }).find((flag) =>
    flag.startsWith("--allow-net")
  );
}

Deno.test("grants are one exchange and loopback, our variables, and two files", () => {
  assertEquals(serverGrants({ userFilePath: USER, baseUrl: undefined, dataDirectory: undefined }), [
    "--no-prompt",
    `--allow-net=api.backpack.exchange:443,${LOOPBACK}`,
    "--allow-env=BACKPACK_*,XDG_CONFIG_HOME,HOME,APPDATA,XDG_STATE_HOME,LOCALAPPDATA," +
    "HTTP_PROXY,http_proxy,HTTPS_PROXY,https_proxy,ALL_PROXY,all_proxy",
    `--allow-read=.env,${USER}`,
  ]);
});

Deno.test("grants let the server write its journal's directory and nothing else", () => {
  const settings = { userFilePath: USER, baseUrl: undefined, dataDirectory: DATA };
  assertEquals(serverGrants(settings).slice(3), [
    `--allow-read=.env,${USER},${DATA}`,
    `--allow-write=${DATA}`,
  ]);
});

Deno.test("grants let the server look for the HALT of every desk, where its data lie elsewhere", () => {
  const read = (dataDirectory: string | undefined): string | undefined =>
    serverGrants({
      ...{ userFilePath: USER, baseUrl: undefined, dataDirectory, everyDesksDirectory: DATA },
    }).find((flag) => flag.startsWith("--allow-read"));
  assertEquals(read("/srv/desk"), `--allow-read=.env,${USER},/srv/desk,${DATA}/HALT`);
  assertEquals(read(DATA), `--allow-read=.env,${USER},${DATA}`);
  assertEquals(read(undefined), `--allow-read=.env,${USER}`);
});

Deno.test("namedDataDirectory() reads --data-dir among a task's arguments", () => {
  assertEquals(namedDataDirectory(["halt", "--cancel-all"]), undefined);
  assertEquals(namedDataDirectory(["halt", "--data-dir", "/a b"]), "/a b");
  assertEquals(namedDataDirectory(["--data-dir=/a=b", "audit"]), "/a=b");
  for (
    const wrong of [["--data-dir"], ["--data-dir", "here"], ["--data-dir="], ["--data-dir=~/x"]]
  ) {
    assertThrows(() => namedDataDirectory(wrong), RangeError, "wanted an absolute path");
  }
});

Deno.test("grants name the configured exchange with its port", () => {
  assertEquals(netOf("https://exchange.test"), `--allow-net=exchange.test:443,${LOOPBACK}`);
  assertEquals(netOf("https://exchange.test:8443/"), `--allow-net=exchange.test:8443,${LOOPBACK}`);
  assertEquals(netOf("http://[::1]:4000"), `--allow-net=[::1]:4000,${LOOPBACK}`);
});

Deno.test("grants give nothing beyond loopback for an exchange that is malformed", () => {
  const urls = ["ftp://a.test", "https://a.test,b.test", "https://*.test", "http://a.test", "*"];
  for (const url of urls) assertEquals(netOf(url), `--allow-net=${LOOPBACK}`, url);
});

Deno.test("grants hold a path with a comma together, and do without a path", () => {
  const read = (userFilePath: string | undefined): string | undefined =>
    serverGrants({ userFilePath, baseUrl: undefined, dataDirectory: undefined }).at(-1);
  assertEquals(read("/home/a,b/.env"), "--allow-read=.env,/home/a,,b/.env");
  assertEquals(read(undefined), "--allow-read=.env");
});

Deno.test("findSetting() takes the environment, then the files in their order", () => {
  const file = (url: string): string => `# mine\nBACKPACK_BASE_URL=${url}\n`;
  const files = [file("https://user.test"), file("https://working.test")];
  assertEquals(findSetting({ name: NAME, env: " https://env.test ", files }), "https://env.test");
  assertEquals(findSetting({ name: NAME, env: "", files }), "https://user.test");
  assertEquals(
    findSetting({ name: NAME, env: undefined, files: [undefined, files[1]] }),
    "https://working.test",
  );
  assertEquals(
    findSetting({ name: NAME, env: undefined, files: [file("''"), files[1]] }),
    "https://working.test",
  );
  assertEquals(findSetting({ name: NAME, env: undefined, files: [undefined] }), undefined);
});

for (
  const line of [
    "BACKPACK_BASE_URL=https://a.test",
    "BACKPACK_BASE_URL = https://a.test # mine",
    'BACKPACK_BASE_URL="https://a.test" # mine',
    "BACKPACK_BASE_URL='https://a.test'",
    'BACKPACK_BASE_URL=""',
    "BACKPACK_BASE_URL=",
    "\ufeffBACKPACK_BASE_URL=https://a.test\r",
    "# BACKPACK_BASE_URL=https://a.test",
    "BACKPACK_BASE_URL_X=https://a.test",
  ]
) {
  Deno.test(`findSetting() reads as the server does: ${JSON.stringify(line)}`, () => {
    const { entries, problems } = readEnvText(line, ".env");
    const ours = entries.find(({ name }) => name === "BACKPACK_BASE_URL")?.value || undefined;
    assertEquals(problems, []);
    assertEquals(findSetting({ name: NAME, env: undefined, files: [line] }), ours);
  });
}

/** Says of each permission whether it is there. */
const QUERY = `
const wanted = JSON.parse(Deno.args[0]);
const states = wanted.map((w) => Deno.permissions.querySync(w).state === "granted");
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(states)));
`;

async function granted(wanted: readonly Deno.PermissionDescriptor[]): Promise<boolean[]> {
  const grants = serverGrants({ userFilePath: USER, baseUrl: undefined, dataDirectory: undefined });
  const script = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(script, QUERY);
    const args = ["run", "--no-config", ...grants, script, JSON.stringify(wanted)];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(script);
  }
}

Deno.test("grants cover all that the server asks for", async () => {
  const env = [...ENVIRONMENT_NAMES, ...DIRECTORY_NAMES]
    .map((variable): Deno.PermissionDescriptor => ({ name: "env", variable }));
  const wanted: Deno.PermissionDescriptor[] = [
    ...env,
    { name: "read", path: ".env" },
    { name: "read", path: USER },
    { name: "net", host: "api.backpack.exchange:443" },
    { name: "net", host: "127.0.0.1:4000" },
    { name: "net", host: "[::1]:4000" },
  ];
  assertEquals(await granted(wanted), wanted.map(() => true));
});

Deno.test("grants cover nothing else", async () => {
  const others: Deno.PermissionDescriptor[] = [
    { name: "env" },
    { name: "env", variable: "PATH" },
    { name: "env", variable: "AWS_SECRET_ACCESS_KEY" },
    { name: "read" },
    { name: "read", path: "/etc/passwd" },
    { name: "read", path: `${USER}.bak` },
    { name: "read", path: "main.ts" },
    { name: "net" },
    { name: "net", host: "api.backpack.exchange:80" },
    { name: "net", host: "elsewhere.test:443" },
    { name: "write", path: ".env" },
    { name: "write" },
    { name: "run" },
    { name: "ffi" },
    { name: "sys" },
    { name: "import" },
  ];
  assertEquals(await granted(others), others.map(() => false));
});
