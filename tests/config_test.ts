import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Configuration } from "../lib/config.ts";
import { createRedact } from "../lib/secret.ts";
import { DEFAULTS, open, OTHER, problems, PUBLIC, read, SEED, USER } from "./_config.ts";

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
    ...DEFAULTS,
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
    user: "BACKPACK_LOG=loud\nBACKPACK_COLOUR_SCHEME=1\nexport BACKPACK_WINDOW=1",
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
          "BACKPACK_COLOUR_SCHEME",
          "is not a known name: the known names are BACKPACK_PRIVATE_KEY, BACKPACK_SECRET_KEY, " +
          "BACKPACK_PUBLIC_KEY, BACKPACK_API_KEY, BACKPACK_BASE_URL, BACKPACK_TIMEOUT, " +
          "BACKPACK_WINDOW, BACKPACK_MODE, BACKPACK_PAPER_PRICES, BACKPACK_TOOLS, BACKPACK_LOG, BACKPACK_DATA_DIR, BACKPACK_READ_ONLY, " +
          "BACKPACK_SYMBOLS, BACKPACK_MAX_ORDER_NOTIONAL, BACKPACK_MAX_DAILY_NOTIONAL, " +
          "BACKPACK_MAX_POSITION_NOTIONAL, BACKPACK_MAX_OPEN_ORDERS, " +
          "BACKPACK_MAX_ORDERS_PER_MINUTE, BACKPACK_PRICE_COLLAR_PERCENT, BACKPACK_ALLOW_BORROW, " +
          `BACKPACK_CONFIRM_ABOVE, BACKPACK_CONFIRM_BY, BACKPACK_PROXY (${USER}, line 2)`,
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
      readOnly: false,
      tools: ["market", "account", "orders"],
      logLevel: "info",
    },
  );
});

Deno.test("readConfig() tells the mode and the log level even when the desk is closed", async () => {
  const env = { BACKPACK_MODE: "paper", BACKPACK_LOG: "debug", BACKPACK_WINDOW: "0" };
  const result = await read({ env });
  assertEquals(result.ok ? [] : [result.mode, result.logLevel], ["paper", "debug"]);
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

Deno.test("readConfig() says how to grant a host, and needs none at scripted prices", async () => {
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
  const live = { BACKPACK_MODE: "paper", BACKPACK_PAPER_PRICES: "live" };
  assertEquals((await problems({ env: live, granted })).length, 1);
  assertEquals((await open({ env: live })).paperPrices, "live");
});

Deno.test("advice on a malformed address shows its example, whatever was written", async () => {
  const result = await read({ env: { BACKPACK_BASE_URL: "api.backpack.exchange" } });
  const [problem] = result.ok ? [] : result.problems;
  const shown = createRedact(result.ok ? [] : result.secrets)(problem?.message ?? "");
  assertMatch(shown, /an origin such as https:\/\/api\.backpack\.exchange, with no user/);
});

Deno.test("a key that begins with a slash is no data directory, and is redacted", async () => {
  const key = "/9hYk3Zc0Fq1mJ7sQe+W2tLr8VnXbA5dGuTiPoKlMhE=";
  for (const value of [key, `${key}x`, key.slice(0, -1)]) {
    const result = await read({ env: { BACKPACK_MODE: "paper", BACKPACK_DATA_DIR: value } });
    assert(!result.ok);
    assertEquals(result.problems.map(({ variable }) => variable), ["BACKPACK_DATA_DIR"]);
    assert(result.secrets.some((secret) => secret.reveal() === value));
  }
});
