/**
 * Names that are probably meant to be one of ours. The environment can't be listed under a
 * permission for `BACKPACK_*`, so a mistyped variable there is only noticed if it is asked for by
 * its wrong name: this is the fixed list of wrong names.
 *
 * @module
 */

import { nearest } from "./nearest.ts";
import { KNOWN_NAMES } from "./settings.ts";

/** What other programs call the same thing, or what one would guess. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  BACKPACK_PRIVATE_KEY: ["KEY", "SEED", "PRIVATE", "PRIV_KEY", "API_PRIVATE_KEY", "SIGNING_KEY"],
  BACKPACK_SECRET_KEY: ["SECRET", "API_SECRET", "API_SECRET_KEY", "SECRET_API_KEY", "APISECRET"],
  BACKPACK_PUBLIC_KEY: ["PUBLIC", "PUB_KEY", "API_PUBLIC_KEY", "VERIFYING_KEY"],
  BACKPACK_API_KEY: ["API", "APIKEY", "API_KEY_ID", "KEY_ID"],
  BACKPACK_BASE_URL: [
    ...["URL", "API_URL", "API_BASE_URL", "BASE", "BASE_URI", "BASEURL", "HOST", "API_HOST"],
    ...["ENDPOINT", "API_ENDPOINT", "SERVER", "REST_URL", "EXCHANGE", "EXCHANGE_URL"],
  ],
  BACKPACK_TIMEOUT: [
    ...["TIMEOUT_MS", "TIMEOUT_S", "TIMEOUT_SEC", "TIMEOUT_SECS", "TIMEOUT_SECONDS", "TIME_OUT"],
    ...["REQUEST_TIMEOUT", "HTTP_TIMEOUT", "TIMEOUT_MILLIS"],
  ],
  BACKPACK_WINDOW: ["WINDOW_MS", "RECV_WINDOW", "RECVWINDOW", "SIGNATURE_WINDOW"],
  BACKPACK_MODE: [
    ...["PAPER", "PAPER_MODE", "PAPER_TRADING", "LIVE", "LIVE_MODE", "TRADING_MODE"],
    ...["DEMO", "DEMO_MODE", "SIMULATE", "SIMULATED", "SIMULATION", "SANDBOX", "TESTNET", "TEST"],
    ...["DRY_RUN", "DRYRUN", "ENV", "ENVIRONMENT", "NETWORK"],
  ],
  BACKPACK_PAPER_PRICES: ["PAPER_PRICE", "PAPER_DATA", "PAPER_FEED", "PRICES", "PRICE_FEED"],
  BACKPACK_TOOLS: [
    ...["TOOL", "TOOLSETS", "TOOLSET", "TOOL_GROUPS", "GROUPS", "MODULES", "ENABLED_TOOLS"],
  ],
  BACKPACK_LOG: [
    "LOG_LEVEL",
    "LOGLEVEL",
    "LOGGING",
    "LOGGING_LEVEL",
    "DEBUG",
    "VERBOSE",
    "VERBOSITY",
  ],
  BACKPACK_DATA_DIR: ["DATA", "DATADIR", "DATA_DIRECTORY", "STATE_DIR", "JOURNAL", "JOURNAL_DIR"],
  BACKPACK_READ_ONLY: ["READONLY", "READ_ONLY_MODE", "RO", "VIEW_ONLY"],
  BACKPACK_SYMBOLS: [
    ...["SYMBOL", "ALLOWED_SYMBOLS", "SYMBOL_ALLOWLIST", "SYMBOLS_ALLOWLIST", "ALLOW_SYMBOLS"],
    ...["MARKETS", "ALLOWED_MARKETS", "PAIRS"],
  ],
  BACKPACK_MAX_ORDER_NOTIONAL: [
    ...["MAX_NOTIONAL", "MAX_ORDER", "MAX_ORDER_USD", "MAX_ORDER_SIZE", "MAX_ORDER_VALUE"],
    ...["ORDER_NOTIONAL", "NOTIONAL_LIMIT", "MAX_ORDER_NOTIONAL_USD", "ORDER_LIMIT"],
  ],
  BACKPACK_MAX_DAILY_NOTIONAL: [
    ...["DAILY_NOTIONAL", "MAX_DAILY", "DAILY_LIMIT", "MAX_DAY_NOTIONAL", "MAX_DAILY_USD"],
    ...["MAX_DAILY_VOLUME", "MAX_NOTIONAL_DAILY", "MAX_DAILY_NOTIONAL_USD"],
  ],
  BACKPACK_MAX_POSITION_NOTIONAL: [
    ...["MAX_POSITION", "POSITION_LIMIT", "MAX_POSITION_SIZE", "MAX_POSITION_USD"],
    ...["POSITION_NOTIONAL", "MAX_POSITION_NOTIONAL_USD"],
  ],
  BACKPACK_MAX_OPEN_ORDERS: ["OPEN_ORDERS", "MAX_ORDERS", "MAX_OPEN", "MAX_RESTING_ORDERS"],
  BACKPACK_MAX_ORDERS_PER_MINUTE: [
    ...["ORDERS_PER_MINUTE", "MAX_ORDERS_MINUTE", "MAX_ORDER_RATE", "RATE_LIMIT", "MAX_RATE"],
  ],
  BACKPACK_PRICE_COLLAR_PERCENT: [
    ...["PRICE_COLLAR", "COLLAR", "COLLAR_PERCENT", "PRICE_BAND", "PRICE_COLLAR_PCT"],
    ...["MAX_SLIPPAGE", "SLIPPAGE"],
  ],
  BACKPACK_ALLOW_BORROW: ["BORROW", "AUTO_BORROW", "ALLOW_BORROWING", "ALLOW_AUTO_BORROW"],
  BACKPACK_CONFIRM_ABOVE: [
    ...["CONFIRM", "CONFIRM_OVER", "CONFIRM_NOTIONAL", "APPROVE_ABOVE", "REQUIRE_APPROVAL"],
    ...["APPROVAL_ABOVE", "CONFIRM_ABOVE_USD", "CONFIRMATION"],
  ],
  BACKPACK_CONFIRM_BY: ["CONFIRM_WITH", "CONFIRM_VIA", "APPROVE_BY", "APPROVAL_BY"],
  BACKPACK_PROXY: [
    ...["ALLOW_PROXY", "PROXY_ALLOW", "PROXY_ALLOWED", "USE_PROXY", "PROXY_URL"],
    ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PROXIES"],
  ],
};

/** Wrong name to the name that was probably meant; holds no known name. */
export const MISSPELLINGS: ReadonlyMap<string, string> = misspellings();

/** The advice for an unknown name: which one was meant, or all that there are. */
export function adviceFor(name: string): string {
  const upper = name.toUpperCase();
  // Without the common prefix: by that alone, every name would be close to every other.
  const suffixes = KNOWN_NAMES.map((known) => known.replace("BACKPACK_", ""));
  const [suffix] = nearest(upper.replace(/^BACKPACK_/, ""), suffixes, 1);
  const meant = KNOWN_NAMES.find((known) => known === upper) ?? MISSPELLINGS.get(upper) ??
    (suffix === undefined ? undefined : `BACKPACK_${suffix}`);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return `the known names are ${KNOWN_NAMES.join(", ")}`;
}

function misspellings(): Map<string, string> {
  const found = new Map<string, string>();
  const right = new Set(KNOWN_NAMES);
  const add = (wrong: string, known: string): void => {
    if (!right.has(wrong) && !found.has(wrong)) found.set(wrong, known);
  };
  for (const known of KNOWN_NAMES) {
    for (const alias of ALIASES[known] ?? []) add(`BACKPACK_${alias}`, known);
  }
  for (const known of KNOWN_NAMES) for (const wrong of slipsOf(known)) add(wrong, known);
  return found;
}

function slipsOf(name: string): string[] {
  const slips = [name.toLowerCase(), name.replace(/_.*/, (rest) => rest.toLowerCase())];
  for (let at = 0; at <= name.length; at++) {
    const [before, after] = [name.slice(0, at), name.slice(at)];
    slips.push(
      before + after.slice(1), // a letter left out, an underscore too
      before + (after[1] ?? "") + (after[0] ?? "") + after.slice(2), // two letters swapped
      before + (after[0] ?? "") + after, // a letter doubled
      before + "_" + after,
    );
    if (after === "" || after.startsWith("_")) slips.push(before + "S" + after);
  }
  return slips;
}
