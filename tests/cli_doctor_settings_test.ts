/**
 * `doctor` and settings that are wrong: keys, names, files, limits.
 *
 * @module
 */

import { OTHER, PUBLIC, SEED, USER } from "./_config.ts";
import { file, KEY, testDoctor } from "./_doctor.ts";

const FILE_WITH_KEY = `BACKPACK_PRIVATE_KEY=${SEED}\n`;
/** 64 bytes, whose second half is not the public key of the first. */
const STRANGE_PAIR = Uint8Array.fromBase64(SEED).toHex() + Uint8Array.fromBase64(OTHER).toHex();

testDoctor([
  {
    name: "no key",
    given: { env: {} },
    line: "✗ keys      there is no key",
    todo: "`backpack-mcp keygen` makes one",
  },
  {
    name: "swapped keys",
    given: { env: { BACKPACK_PRIVATE_KEY: PUBLIC, BACKPACK_PUBLIC_KEY: SEED } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "swapped",
  },
  {
    name: "the same key twice",
    given: { env: { BACKPACK_PRIVATE_KEY: SEED, BACKPACK_PUBLIC_KEY: SEED } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "holds the same text as the public key",
  },
  {
    name: "somebody else's public key",
    given: { env: { ...KEY, BACKPACK_PUBLIC_KEY: OTHER } },
    line: "✗ settings  BACKPACK_PUBLIC_KEY",
    todo: "is not the public key of the private key",
  },
  {
    name: "a blank in a key",
    given: { env: { BACKPACK_PRIVATE_KEY: `${SEED.slice(0, 20)} ${SEED.slice(20)}` } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "holds a blank or a line break",
  },
  {
    name: "half a key",
    given: { env: { BACKPACK_PRIVATE_KEY: SEED.slice(0, 20) } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "15 bytes long: wanted base64 of 32 bytes",
  },
  {
    name: "a key in hexadecimal",
    given: { env: { BACKPACK_PRIVATE_KEY: Uint8Array.fromBase64(SEED).toHex() } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "looks like hexadecimal",
  },
  {
    name: "a public key alone",
    given: { env: { BACKPACK_API_KEY: PUBLIC } },
    line: "✗ settings  BACKPACK_API_KEY",
    todo: "without its private key",
  },
  {
    name: "two values for one name",
    given: file(`BACKPACK_PRIVATE_KEY=${SEED}\nBACKPACK_SECRET_KEY=${OTHER}\n`),
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "two names for one thing",
  },
  {
    name: "a name twice in a file",
    given: file("BACKPACK_MODE=live\nBACKPACK_MODE=paper\n"),
    line: "✗ settings  BACKPACK_MODE",
    todo: "is set twice with different values",
  },
  {
    name: "a misspelt name",
    given: file(`BACKPACK_PRIVAT_KEY=${SEED}\n`),
    line: "✗ settings  BACKPACK_PRIVAT_KEY",
    todo: "BACKPACK_PRIVATE_KEY",
  },
  {
    name: "a malformed mode",
    given: { env: { ...KEY, BACKPACK_MODE: "Paper" } },
    line: "✗ settings  BACKPACK_MODE",
    todo: "wanted live or paper, in lower case",
  },
  {
    name: "a working directory that loosens",
    given: { sources: { workingFile: { path: ".env", text: "BACKPACK_TIMEOUT=49\n" } } },
    line: "✗ settings  BACKPACK_TIMEOUT",
    todo: USER,
  },
  {
    name: "a file that can't be read",
    given: { sources: { unreadable: [USER] } },
    line: `✗ settings  ${USER}`,
    todo: "chmod 600",
  },
  {
    name: "a proxy",
    given: { env: { ...KEY, HTTPS_PROXY: "http://proxy.test" } },
    line: "✗ settings  HTTPS_PROXY",
    todo: "BACKPACK_PROXY=allow",
  },
  {
    name: "a host without permission",
    given: { sources: { grantedNet: () => false } },
    line: "✗ settings  BACKPACK_BASE_URL",
    todo: "deno task compile",
  },
  {
    name: "quotes in a key",
    given: { env: { BACKPACK_PRIVATE_KEY: `"${SEED}"` } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "is in quotes",
  },
  {
    name: "a key of the URL alphabet",
    given: { env: { BACKPACK_PRIVATE_KEY: "-_".repeat(21) + "-=" } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "+ for - and / for _",
  },
  {
    name: "a seed of 64 bytes that is no pair",
    given: { env: { BACKPACK_PRIVATE_KEY: Uint8Array.fromHex(STRANGE_PAIR).toBase64() } },
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "its second half is not the public key of the first",
  },
  {
    name: "a file saved as UTF-16",
    given: file(`\ufeff${[...FILE_WITH_KEY].join("\0")}\0`),
    line: `✗ settings  ${USER}`,
    todo: "save it as UTF-8",
  },
  {
    name: "a line that begins with export",
    given: file(`export ${FILE_WITH_KEY}`),
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "with nothing before the name",
  },
  {
    name: "quotes that are not closed",
    given: file(`BACKPACK_PRIVATE_KEY="${SEED}\n`),
    line: "✗ settings  BACKPACK_PRIVATE_KEY",
    todo: "close the quotes on the same line",
  },
  {
    name: "an exchange over plain HTTP",
    given: { env: { ...KEY, BACKPACK_BASE_URL: "http://api.backpack.exchange" } },
    line: "✗ settings  BACKPACK_BASE_URL",
    todo: "https",
  },
  {
    name: "an amount in the wrong form",
    given: { env: { ...KEY, BACKPACK_MAX_ORDER_NOTIONAL: "1,000 USD" } },
    line: "✗ settings  BACKPACK_MAX_ORDER_NOTIONAL",
    todo: "wanted an amount of USD in plain digits",
  },
  {
    name: "an order limit above the day's",
    given: { env: { ...KEY, BACKPACK_MAX_ORDER_NOTIONAL: "9000" } },
    isWarning: true,
    line: "! limits    BACKPACK_MAX_ORDER_NOTIONAL is above BACKPACK_MAX_DAILY_NOTIONAL",
    todo: "lower BACKPACK_MAX_ORDER_NOTIONAL, or raise BACKPACK_MAX_DAILY_NOTIONAL",
  },
  {
    name: "no limit for an order where a position has one",
    given: {
      env: {
        ...KEY,
        BACKPACK_MAX_ORDER_NOTIONAL: "none",
        BACKPACK_MAX_DAILY_NOTIONAL: "none",
      },
    },
    isWarning: true,
    line: "! limits    BACKPACK_MAX_ORDER_NOTIONAL is above BACKPACK_MAX_POSITION_NOTIONAL",
    todo: "both are in USD",
  },
  {
    name: "a limit that lets nothing pass",
    given: { env: { ...KEY, BACKPACK_MAX_ORDERS_PER_MINUTE: "0" } },
    isWarning: true,
    line: "! limits    BACKPACK_MAX_ORDERS_PER_MINUTE is 0: it lets no order pass",
    todo: "BACKPACK_READ_ONLY=true says so more clearly",
  },
  {
    name: "a limit that lets no order rest",
    given: { env: { ...KEY, BACKPACK_MAX_OPEN_ORDERS: "0" } },
    isWarning: true,
    line: "! limits    BACKPACK_MAX_OPEN_ORDERS is 0: only orders that can't rest pass",
    todo: "→ write none to lift a limit",
  },
  {
    name: "a limit that lets nobody open a position",
    given: { env: { ...KEY, BACKPACK_MAX_POSITION_NOTIONAL: "0" } },
    isWarning: true,
    line: "! limits    BACKPACK_MAX_POSITION_NOTIONAL is 0: no perpetual can be opened",
    todo: "→ write none to lift a limit",
  },
  {
    name: "a market that does not exist on paper either",
    given: { env: { BACKPACK_MODE: "paper", BACKPACK_SYMBOLS: "sol_usdc" } },
    line: "✗ symbols   BACKPACK_SYMBOLS allows sol_usdc, and the exchange has no such market",
    todo: "perhaps to SOL_USDC",
  },
  {
    name: "a market that does not exist among the allowed ones",
    given: { env: { ...KEY, BACKPACK_SYMBOLS: "SOL_USDC,BTC_USCD" } },
    line: "✗ symbols   BACKPACK_SYMBOLS allows BTC_USCD, and the exchange has no such market",
    todo: "perhaps to BTC_USDC",
  },
]);
