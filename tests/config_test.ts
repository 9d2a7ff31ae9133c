import { assertEquals } from "@std/assert";
import {
  type Configuration,
  ENVIRONMENT_NAMES,
  problemText,
  readConfig,
  type Sources,
} from "../lib/config.ts";
import { createRedact } from "../lib/secret.ts";

const SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const OTHER = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const USER = "/home/ada/.config/backpack-mcp/.env";

interface Given {
  env?: Record<string, string>;
  user?: string;
  working?: string;
  trust?: boolean;
  unreadable?: string[];
  granted?: (host: string) => boolean;
}

function read(given: Given): Promise<Configuration> {
  const sources: Sources = {
    env: given.env ?? {},
    userFilePath: USER,
    trustWorkingFile: given.trust ?? false,
    ...(given.user !== undefined && { userFile: { path: USER, text: given.user } }),
    ...(given.working !== undefined && { workingFile: { path: ".env", text: given.working } }),
    ...(given.unreadable && { unreadable: given.unreadable }),
    ...(given.granted && { grantedNet: given.granted }),
  };
  return readConfig(sources);
}

/** The configuration's plain members; fails the test if the desk is closed. */
async function open(given: Given): Promise<Record<string, unknown>> {
  const result = await read(given);
  if (!result.ok) throw new Error(result.problems.map(problemText).join("\n"));
  const { signer, secrets: _, ...rest } = result.config;
  return { ...rest, ...(signer && { apiKey: signer.apiKey.reveal() }) };
}

async function problems(given: Given): Promise<string[]> {
  const result = await read(given);
  return result.ok ? [] : result.problems.map(problemText);
}

const DEFAULTS = {
  mode: "live",
  baseUrl: "https://api.backpack.exchange",
  timeoutMs: 30_000,
  windowMs: 5000,
  logLevel: "info",
};

Deno.test("readConfig() needs nothing", async () => {
  assertEquals(await open({}), DEFAULTS);
  assertEquals(await open({ user: "", working: "", trust: true }), DEFAULTS);
});

Deno.test("readConfig() reads every variable", async () => {
  const env = {
    BACKPACK_PRIVATE_KEY: ` ${SEED}\n`,
    BACKPACK_PUBLIC_KEY: PUBLIC,
    BACKPACK_BASE_URL: "https://api.example/",
    BACKPACK_TIMEOUT: "0.5",
    BACKPACK_WINDOW: "60000",
    BACKPACK_MODE: "live",
    BACKPACK_LOG: "debug",
    BACKPACK_PROXY: "allow",
  };
  assertEquals(await open({ env }), {
    mode: "live",
    baseUrl: "https://api.example",
    timeoutMs: 500,
    windowMs: 60_000,
    logLevel: "debug",
    apiKey: PUBLIC,
  });
});

Deno.test("readConfig() lets the strongest source win, variable by variable", async () => {
  const env = { BACKPACK_TIMEOUT: "1" };
  const user = "BACKPACK_TIMEOUT=2\nBACKPACK_WINDOW=2";
  const working = "BACKPACK_TIMEOUT=3\nBACKPACK_WINDOW=3\nBACKPACK_LOG=error";
  assertEquals(await open({ env, user, working, trust: true }), {
    ...DEFAULTS,
    timeoutMs: 1000,
    windowMs: 2,
    logLevel: "error",
  });
});

Deno.test("readConfig() judges only the value that wins", async () => {
  const env = { BACKPACK_TIMEOUT: "1" };
  assertEquals(await open({ env, user: "BACKPACK_TIMEOUT=x" }), { ...DEFAULTS, timeoutMs: 1000 });
});

Deno.test("readConfig() takes an empty value for an unset one", async () => {
  const env = { BACKPACK_TIMEOUT: "", BACKPACK_MODE: "  ", BACKPACK_SECRET: "", HTTPS_PROXY: "" };
  const user = "BACKPACK_TIMEOUT=2\nBACKPACK_BASE_URL=''";
  const working = "BACKPACK_BASE_URL=";
  assertEquals(await open({ env, user, working }), { ...DEFAULTS, timeoutMs: 2000 });
});

Deno.test("readConfig() uses no key in paper mode, and yet redacts and judges it", async () => {
  const env = { BACKPACK_MODE: "paper", BACKPACK_SECRET_KEY: SEED };
  assertEquals(await open({ env }), { ...DEFAULTS, mode: "paper" });
  const { ok, ...rest } = await read({ env });
  const secrets = ok && "config" in rest ? rest.config.secrets : [];
  assertEquals(createRedact(secrets)(`${SEED} ${PUBLIC}`), "[redacted] [redacted]");
  assertEquals(await problems({ env: { ...env, BACKPACK_SECRET_KEY: "a" } }), [
    "BACKPACK_SECRET_KEY: is not complete base64: a letter is missing or the = at the end " +
    "(the environment)",
  ]);
});

Deno.test("readConfig() refuses two names for one thing with different values", async () => {
  const env = { BACKPACK_PRIVATE_KEY: SEED };
  assertEquals(await problems({ env, user: `BACKPACK_SECRET_KEY=${OTHER}` }), [
    "BACKPACK_PRIVATE_KEY: and BACKPACK_SECRET_KEY are two names for one thing and hold " +
    `different values: keep one (the environment; ${USER}, line 1)`,
  ]);
  const keys = `BACKPACK_PUBLIC_KEY=${PUBLIC}\nBACKPACK_API_KEY=${OTHER}`;
  assertEquals(await problems({ env, working: keys }), [
    "BACKPACK_PUBLIC_KEY: and BACKPACK_API_KEY are two names for one thing and hold different " +
    "values: keep one (.env, line 1; .env, line 2)",
  ]);
  const same = { ...env, BACKPACK_SECRET_KEY: ` ${SEED} ` };
  assertEquals(await open({ env: same }), { ...DEFAULTS, apiKey: PUBLIC });
  // The file's private key is overruled before the names are compared.
  const overruled = `BACKPACK_PRIVATE_KEY=${OTHER}`;
  assertEquals(await open({ env: same, user: overruled }), { ...DEFAULTS, apiKey: PUBLIC });
});

Deno.test("readConfig() refuses a public key that is alone or another's", async () => {
  const alone = "is set without its private key: set BACKPACK_PRIVATE_KEY too, or remove it";
  assertEquals(await problems({ env: { BACKPACK_API_KEY: PUBLIC } }), [
    `BACKPACK_API_KEY: ${alone} (the environment)`,
  ]);
  assertEquals(
    await open({ env: { BACKPACK_API_KEY: PUBLIC, BACKPACK_MODE: "paper" } }),
    { ...DEFAULTS, mode: "paper" },
  );
  assertEquals(await problems({ env: { BACKPACK_API_KEY: OTHER, BACKPACK_SECRET_KEY: SEED } }), [
    "BACKPACK_API_KEY: is not the public key of the private key: set the pair that was made " +
    "together, or leave it out, since it is derived (the environment)",
  ]);
  // The private key's own problem is enough.
  const user = `export BACKPACK_PRIVATE_KEY=${SEED}\nBACKPACK_API_KEY=${PUBLIC}`;
  assertEquals((await problems({ user })).length, 1);
});

Deno.test("readConfig() reports all problems at once, from every source", async () => {
  const result = await read({
    env: { BACKPACK_MODE: "Paper", BACKPACK_LOG_LEVEL: "debug", http_proxy: "http://p" },
    user: "BACKPACK_LOG=loud\nBACKPACK_READ_ONLY=1\nexport BACKPACK_WINDOW=1",
    working: "BACKPACK_TIMEOUT=1",
    unreadable: ["/etc/.env"],
  });
  const { secrets: _, ...rest } = result as Extract<Configuration, { ok: false }>;
  assertEquals(
    { ...rest, problems: rest.problems.map(({ variable, message }) => [variable, message]) },
    {
      ok: false,
      problems: [
        ["/etc/.env", "cannot be read: make it readable for you alone (chmod 600), or remove it"],
        [
          "BACKPACK_LOG_LEVEL",
          "is not a known name: did you mean BACKPACK_LOG? (the environment)",
        ],
        [
          "BACKPACK_WINDOW",
          "begin the line with the name and write NAME=value, with nothing before the name " +
          `(${USER}, line 3)`,
        ],
        [
          "BACKPACK_READ_ONLY",
          "is not a known name: the known names are BACKPACK_PRIVATE_KEY, BACKPACK_SECRET_KEY, " +
          "BACKPACK_PUBLIC_KEY, BACKPACK_API_KEY, BACKPACK_BASE_URL, BACKPACK_TIMEOUT, " +
          `BACKPACK_WINDOW, BACKPACK_MODE, BACKPACK_LOG, BACKPACK_PROXY (${USER}, line 2)`,
        ],
        [
          "BACKPACK_TIMEOUT",
          `an .env in the working directory may not set it: put it into ${USER} if you want it ` +
          "(.env, line 1)",
        ],
        ["BACKPACK_MODE", "wanted live or paper, in lower case (the environment)"],
        ["BACKPACK_LOG", `wanted error, warn, info or debug, in lower case (${USER}, line 1)`],
        [
          "http_proxy",
          "a proxy takes requests outside the network permission: unset it, or set " +
          "BACKPACK_PROXY=allow to accept that (the environment)",
        ],
      ],
      mode: "live",
      logLevel: "info",
    },
  );
});

Deno.test("readConfig() tells the mode and the log level even when the desk is closed", async () => {
  const env = { BACKPACK_MODE: "paper", BACKPACK_LOG: "debug", BACKPACK_WINDOW: "0" };
  const result = await read({ env });
  assertEquals(result.ok ? [] : [result.mode, result.logLevel], ["paper", "debug"]);
});

Deno.test("an untrusted .env may give keys, paper and the log level", async () => {
  const working = `BACKPACK_PRIVATE_KEY=${SEED}\nBACKPACK_API_KEY=${PUBLIC}\nBACKPACK_LOG=warn`;
  assertEquals(await open({ working }), { ...DEFAULTS, logLevel: "warn", apiKey: PUBLIC });
  assertEquals(await open({ working: "BACKPACK_MODE=paper" }), { ...DEFAULTS, mode: "paper" });
});

Deno.test("an untrusted .env can loosen nothing, not even what is overruled", async () => {
  const lines = [
    ...["BACKPACK_BASE_URL=https://evil.example", "BACKPACK_TIMEOUT=50", "BACKPACK_WINDOW=60000"],
    ...["BACKPACK_PROXY=allow", "BACKPACK_MODE=live", "BACKPACK_MODE=Paper", "BACKPACK_NEW=1"],
  ];
  const strong = "BACKPACK_BASE_URL=https://a.example\nBACKPACK_TIMEOUT=1\nBACKPACK_WINDOW=1\n" +
    "BACKPACK_PROXY=allow\nBACKPACK_MODE=paper";
  for (const working of lines) {
    for (const user of ["", strong]) {
      assertEquals((await problems({ user, working })).length, 1, working);
    }
  }
  assertEquals(await problems({ working: "BACKPACK_MODE=live" }), [
    "BACKPACK_MODE: an .env in the working directory may only set it to paper: " +
    `put it into ${USER} if you want it (.env, line 1)`,
  ]);
});

Deno.test("the .env of a checkout may set everything", async () => {
  const working =
    "BACKPACK_BASE_URL=http://127.0.0.1:8080\nBACKPACK_MODE=live\nBACKPACK_PROXY=allow";
  assertEquals(await open({ working, trust: true }), {
    ...DEFAULTS,
    baseUrl: "http://127.0.0.1:8080",
  });
});

Deno.test("a proxy closes the desk unless it is allowed", async () => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) {
    for (const variable of [name, name.toLowerCase()]) {
      const env = { [variable]: "http://user:pass@proxy.example" };
      assertEquals((await problems({ env })).map((text) => text.split(":")[0]), [variable]);
      assertEquals(await open({ env: { ...env, BACKPACK_PROXY: "allow" } }), DEFAULTS);
      assertEquals(await open({ env, user: "BACKPACK_PROXY=allow" }), DEFAULTS);
      assertEquals((await problems({ env, working: "BACKPACK_PROXY=allow" })).length, 2);
      assertEquals((await problems({ env: { ...env, BACKPACK_PROXY: "yes" } })).length, 2);
    }
  }
  assertEquals(await open({ env: { NO_PROXY: "*" } }), DEFAULTS);
});

Deno.test("readConfig() asks for the network permission of the host and its port", async () => {
  const cases: [string, string][] = [
    ["https://api.example", "api.example:443"],
    ["https://api.example:8443", "api.example:8443"],
    ["http://localhost", "localhost:80"],
    ["http://[::1]:8080", "[::1]:8080"],
  ];
  for (const [url, host] of cases) {
    const env = { BACKPACK_BASE_URL: url };
    assertEquals((await open({ env, granted: (asked) => asked === host })).baseUrl, url);
  }
});

Deno.test("readConfig() says how to grant a host, and needs none in paper mode", async () => {
  const granted = (): boolean => false;
  const env = { BACKPACK_BASE_URL: "https://api.example" };
  const fault = "BACKPACK_BASE_URL: there is no network permission for this host: ";
  assertEquals(await problems({ env, granted }), [
    fault + "run `deno task compile` with BACKPACK_BASE_URL set to build an executable for its " +
    "host (the environment)",
  ]);
  assertEquals(await problems({ env, granted, trust: true }), [
    fault + "set it in the environment or in .env and start with `deno task start`, which grants " +
    "its host (the environment)",
  ]);
  assertEquals((await problems({ granted }))[0]?.endsWith("(the default)"), true);
  assertEquals((await open({ env: { BACKPACK_MODE: "paper" }, granted })).mode, "paper");
});

// Each of these must be refused, and none of its marks may be seen.
const MARK = "m4rK";
const LONG = MARK.repeat(11);
const MARKED: Given[] = [
  { env: { BACKPACK_PRIVATE_KEY: LONG } },
  { env: { BACKPACK_PUBLIC_KEY: LONG } },
  { env: { BACKPACK_PRIVATE_KEY: LONG, BACKPACK_SECRET_KEY: LONG + "a" } },
  { env: { BACKPACK_PRIVATE_KEY: SEED, BACKPACK_PUBLIC_KEY: LONG.slice(0, 43) + "=" } },
  { env: { BACKPACK_PRIVATE_KEY: LONG, BACKPACK_PUBLIC_KEY: LONG } },
  { env: { BACKPACK_BASE_URL: `ftp://${LONG}` } },
  { env: { BACKPACK_BASE_URL: `https://${LONG}@a.example` } },
  { env: { BACKPACK_BASE_URL: `https://${LONG}.example` }, granted: () => false },
  { env: { BACKPACK_TIMEOUT: LONG } },
  { env: { BACKPACK_WINDOW: LONG } },
  { env: { BACKPACK_MODE: LONG } },
  { env: { BACKPACK_LOG: LONG } },
  { env: { BACKPACK_PROXY: LONG } },
  { env: { BACKPACK_API_SECRET: LONG } },
  { env: { HTTPS_PROXY: `http://${LONG}@proxy` } },
  { user: `BACKPACK_PRIVATE_KEY${LONG}=` },
  { user: `BACKPACK_PRIVATE_KEY ${LONG}` },
  { user: `BACKPACK_PRIVATE_KEY: ${LONG}` },
  { user: `BACKPACK_${LONG}=1` },
  { user: `BACKPACK_FOO=${LONG}` },
  { user: `BACKPAK_MODE=${LONG}` },
  { user: `export BACKPACK_API_KEY=${LONG}` },
  { user: `BACKPACK_API_KEY=$${LONG}` },
  { user: `BACKPACK_API_KEY=${LONG}#${LONG}` },
  { user: `BACKPACK_API_KEY="${LONG}` },
  { user: `BACKPACK_API_KEY="${LONG}"${LONG}` },
  { user: `BACKPACK_API_KEY=${LONG}\nBACKPACK_API_KEY=${LONG}a` },
  { user: `BACKPACK_\u001b[31m\u202e${LONG}` },
  { user: `${LONG} BACKPACK_${LONG}` },
  { user: `BACKPACK_MODE\0=${LONG}` },
  { working: `BACKPACK_BASE_URL=https://${LONG}.example` },
  { working: `BACKPACK_MODE=${LONG}` },
];

Deno.test("no problem ever holds a value, nor can a log that holds one show it", async () => {
  for (const given of MARKED) {
    const name = JSON.stringify(given);
    const result = await read(given);
    if (result.ok) throw new Error(`was accepted: ${name}`);
    const text = result.problems.map(problemText).join("\n");
    assertEquals(text.toLowerCase().includes(MARK.toLowerCase()), false, `${name}\n${text}`);
    // Redaction must leave the problems as they are, or nobody could read them.
    assertEquals(createRedact(result.secrets)(text), text, name);
    // deno-lint-ignore no-control-regex -- that is what must not be there
    assertEquals(/[\u0000-\u0009\u000b-\u001f\u202e]/.test(text), false, name);
  }
});

Deno.test("what a refused configuration holds of keys is redacted", async () => {
  const cases: Given[] = [
    { env: { BACKPACK_PRIVATE_KEY: SEED, BACKPACK_SECRET_KEY: OTHER } },
    { env: { BACKPACK_API_SECRET: SEED } },
    { env: { BACKPACK_BASE_URL: SEED } },
    { env: { BACKPACK_MODE: SEED } },
    { user: `BACKPACK_FOO=${SEED}` },
    { user: `BACKPACK_API_KEY="${SEED}` },
    { user: `BACKPACK_PRIVATE_KEY ${SEED}` },
    { user: `export BACKPACK_PRIVATE_KEY=${SEED}` },
    {
      env: { BACKPACK_PRIVATE_KEY: OTHER, BACKPACK_WINDOW: "0" },
      user: `BACKPACK_PRIVATE_KEY=${SEED}`,
    },
    { working: `BACKPACK_TIMEOUT=${SEED}` },
  ];
  for (const given of cases) {
    const result = await read(given);
    if (result.ok) throw new Error(`was accepted: ${JSON.stringify(given)}`);
    assertEquals(createRedact(result.secrets)(SEED), "[redacted]", JSON.stringify(given));
  }
});

Deno.test("the environment is asked for names that the permission covers", () => {
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  assertEquals(
    ENVIRONMENT_NAMES.filter((name) => !name.startsWith("BACKPACK_")),
    [...proxies, ...proxies.map((name) => name.toLowerCase())],
  );
  assertEquals(ENVIRONMENT_NAMES.length, new Set(ENVIRONMENT_NAMES).size);
});
