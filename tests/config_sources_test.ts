import { assertEquals } from "@std/assert";
import { ENVIRONMENT_NAMES, problemText } from "../lib/config.ts";
import { createRedact } from "../lib/secret.ts";
import {
  DEFAULTS,
  type Given,
  open,
  OTHER,
  problems,
  PUBLIC,
  read,
  SEED,
  USER,
} from "./_config.ts";

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
    proxies.flatMap((name) => [name, name.toLowerCase()]),
  );
  assertEquals(ENVIRONMENT_NAMES.length, new Set(ENVIRONMENT_NAMES).size);
});

Deno.test("a key that a client left unfilled counts as unset, any other setting closes the desk", async () => {
  const bundle = {
    BACKPACK_PRIVATE_KEY: "${user_config.private_key}",
    BACKPACK_MODE: "paper",
    BACKPACK_READ_ONLY: "true",
    BACKPACK_MAX_ORDER_NOTIONAL: "",
  };
  const { mode, limits } = await open({ env: bundle });
  assertEquals([mode, limits], ["paper", { ...DEFAULTS.limits, readOnly: true }]);
  // What it was filled with elsewhere holds.
  const user = `BACKPACK_PRIVATE_KEY=${SEED}`;
  assertEquals((await open({ env: { ...bundle, BACKPACK_MODE: "live" }, user })).apiKey, PUBLIC);
  // Unset, the desk could act although the box is ticked.
  const unfilled = { ...bundle, BACKPACK_READ_ONLY: "${user_config.read_only}" };
  assertEquals(await problems({ env: unfilled }), [
    "BACKPACK_READ_ONLY: wanted true or false, in lower case (the environment)",
  ]);
  // Only the client's own template: a shell's is a mistake that must be seen.
  assertEquals((await problems({ env: { BACKPACK_PRIVATE_KEY: "${MY_KEY}" } })).length, 1);
  assertEquals((await problems({ user: "BACKPACK_PRIVATE_KEY=${user_config.key}" })).length, 1);
});
