import { assertEquals } from "@std/assert";
import example from "../.env.example" with { type: "text" };
import { readEnvText } from "../lib/env_file.ts";
import {
  BASE_URL,
  KNOWN_NAMES,
  LOG,
  MODE,
  PROXY,
  type Setting,
  settingOf,
  SETTINGS,
  TIMEOUT,
  TOOLS,
  WINDOW,
} from "../lib/settings.ts";

function blockOf(setting: Setting<unknown>): string {
  const [name, ...others] = setting.names;
  const meaning = setting.meaning[0]?.toUpperCase() + setting.meaning.slice(1) + ".";
  const also = others.map((other) => ` Also ${other}.`).join("");
  const preset = setting.presetText === undefined ? "" : ` Default: ${setting.presetText}.`;
  return `# ${meaning}${also}${preset}\n# ${setting.consequence}\n# ${name}=${
    setting.preset ?? ""
  }`;
}

Deno.test(".env.example holds each setting with default and consequence, commented out", () => {
  const [, ...blocks] = example.replaceAll("\r", "").trim().split("\n\n");
  assertEquals(blocks, SETTINGS.map(blockOf));
  assertEquals(example.split("\n").filter((line) => !/^(#.*|)\r?$/.test(line)), []);
});

Deno.test(".env.example can be used once its lines are uncommented", () => {
  const text = example.replace(/^# (BACKPACK_)/gm, "$1");
  const { entries, problems } = readEnvText(text, ".env");
  assertEquals(problems, []);
  assertEquals(
    entries.map(({ name, value }) => [name, value]),
    SETTINGS.map(({ names, preset }) => [names[0], preset ?? ""]),
  );
});

Deno.test("every default is a value that the setting itself accepts", () => {
  const defaults = SETTINGS.filter(({ preset }) => preset !== undefined);
  assertEquals(
    defaults.map((setting) => [setting.names[0], setting.read(setting.preset ?? "")]),
    [
      ["BACKPACK_BASE_URL", "https://api.backpack.exchange"],
      ["BACKPACK_TIMEOUT", 30_000],
      ["BACKPACK_WINDOW", 5000],
      ["BACKPACK_MODE", "live"],
      ["BACKPACK_PAPER_PRICES", "scripted"],
      ["BACKPACK_TOOLS", ["market", "account", "orders"]],
      ["BACKPACK_LOG", "info"],
      ["BACKPACK_READ_ONLY", false],
      ["BACKPACK_MAX_ORDER_NOTIONAL", "1000"],
      ["BACKPACK_MAX_DAILY_NOTIONAL", "5000"],
      ["BACKPACK_MAX_POSITION_NOTIONAL", "5000"],
      ["BACKPACK_MAX_OPEN_ORDERS", "50"],
      ["BACKPACK_MAX_ORDERS_PER_MINUTE", "20"],
      ["BACKPACK_PRICE_COLLAR_PERCENT", "5"],
      ["BACKPACK_ALLOW_BORROW", false],
      ["BACKPACK_CONFIRM_BY", "client"],
    ],
  );
});

Deno.test("every name is known once", () => {
  assertEquals(KNOWN_NAMES.length, new Set(KNOWN_NAMES).size);
  assertEquals(settingOf("BACKPACK_MODE"), MODE);
  assertEquals(settingOf("BACKPACK_MODES"), undefined);
});

Deno.test("settings say what an untrusted .env may set", () => {
  assertEquals(
    SETTINGS.map(({ names, workingFile }) => [
      names[0],
      typeof workingFile === "string" ? workingFile : workingFile.only,
    ]),
    [
      ["BACKPACK_PRIVATE_KEY", "any"],
      ["BACKPACK_PUBLIC_KEY", "any"],
      ["BACKPACK_BASE_URL", "none"],
      ["BACKPACK_TIMEOUT", "none"],
      ["BACKPACK_WINDOW", "none"],
      ["BACKPACK_MODE", "paper"],
      ["BACKPACK_PAPER_PRICES", "none"],
      ["BACKPACK_TOOLS", "groups"],
      ["BACKPACK_LOG", "any"],
      ["BACKPACK_DATA_DIR", "none"],
      ["BACKPACK_READ_ONLY", "true"],
      ["BACKPACK_SYMBOLS", "a list"],
      ["BACKPACK_MAX_ORDER_NOTIONAL", "a lower amount"],
      ["BACKPACK_MAX_DAILY_NOTIONAL", "a lower amount"],
      ["BACKPACK_MAX_POSITION_NOTIONAL", "a lower amount"],
      ["BACKPACK_MAX_OPEN_ORDERS", "a lower number"],
      ["BACKPACK_MAX_ORDERS_PER_MINUTE", "a lower number"],
      ["BACKPACK_PRICE_COLLAR_PERCENT", "a lower percentage"],
      ["BACKPACK_ALLOW_BORROW", "false"],
      ["BACKPACK_CONFIRM_ABOVE", "an amount"],
      ["BACKPACK_CONFIRM_BY", "terminal"],
      ["BACKPACK_PROXY", "none"],
    ],
  );
});

const ACCEPTED: [Setting<unknown>, string, unknown][] = [
  [BASE_URL, "https://api.backpack.exchange/", "https://api.backpack.exchange"],
  [BASE_URL, "HTTPS://API.Backpack.Exchange:443", "https://api.backpack.exchange"],
  [BASE_URL, "https://api.example:8443", "https://api.example:8443"],
  [BASE_URL, "http://localhost:8080", "http://localhost:8080"],
  [BASE_URL, "http://127.9.8.7:1", "http://127.9.8.7:1"],
  [BASE_URL, "http://127.1", "http://127.0.0.1"],
  [BASE_URL, "http://[::1]:8080/", "http://[::1]:8080"],
  [TIMEOUT, "0.5", 500],
  [TIMEOUT, "0.001", 1],
  [TIMEOUT, "1.005", 1005],
  [TIMEOUT, "50", 50_000],
  [TIMEOUT, "50.0", 50_000],
  [WINDOW, "1", 1],
  [WINDOW, "60000", 60_000],
  [MODE, "live", "live"],
  [MODE, "paper", "paper"],
  [TOOLS, "market", ["market"]],
  [TOOLS, "orders, market,orders", ["market", "orders"]],
  [LOG, "error", "error"],
  [LOG, "debug", "debug"],
  [PROXY, "allow", "allow"],
];

Deno.test("settings read what they document", () => {
  for (const [setting, text, value] of ACCEPTED) {
    assertEquals(setting.read(text), value, `${setting.names[0]}=${text}`);
  }
});

const REFUSED: [Setting<unknown>, string[]][] = [
  [BASE_URL, [
    ...["ftp://api.backpack.exchange", "api.backpack.exchange", "https://", "https:///", "//a"],
    ...["http://api.backpack.exchange", "http://localhost.example", "http://127.0.0.1.example"],
    ...["http://128.0.0.1", "http://[::2]", "http://localhost:99999", "https://a:b"],
    ...["https://user@a.example", "https://user:pass@a.example", "https://@a.example"],
    ...["https://a.example/api", "https://a.example//", "https://a.example/x/..", "https://a/."],
    ...[
      "https://a.example?",
      "https://a.example/?q=1",
      "https://a.example#",
      "https://a.example/#f",
    ],
    ...["https:\\\\a.example", "https://a.example\\", "https:a.example", "https://a .example"],
    ...[
      "https://*",
      "https://a.example,b.example",
      "https://b%61ckpack",
      "https://bäckpack.example",
    ],
    ...["https://a.example\nb", "javascript:alert(1)", "file:///etc/passwd", "https://1.2.3.4.5"],
  ]],
  [TIMEOUT, [
    "0",
    "0.0",
    "-1",
    "50.001",
    "51",
    "100",
    "1e1",
    "030",
    ".5",
    "5.",
    "5s",
    "1,5",
    "NaN",
  ]],
  [TIMEOUT, ["٣", "0.0001", "0x10", "+5", "Infinity"]],
  [WINDOW, ["0", "-1", "60001", "100000", "5.5", "5e3", "05000", "5000ms", "٣"]],
  [MODE, ["Paper", "PAPER", "LIVE", "Live", "demo", "true", "paper live"]],
  [TOOLS, ["all", "none", "Market", "market,", "market account", "market;orders", "order"]],
  [LOG, ["INFO", "trace", "warning", "0"]],
  [PROXY, ["ALLOW", "yes", "true", "deny"]],
];

Deno.test("settings refuse everything else", () => {
  for (const [setting, texts] of REFUSED) {
    for (const text of texts) {
      assertEquals(setting.read(text), undefined, `${setting.names[0]}=${text}`);
    }
  }
});
