/**
 * An independent client of Backpack, the `ccxt` package, trades against the simulated exchange
 * behind HTTP; then our server reads the same account over the same HTTP, and both must have been
 * told the same: order by order, fill by fill, balance by balance, digit by digit.
 *
 * @module
 */

import { type ServedExchange, serveExchange } from "../../scripts/exchange.ts";
import { Program, ROOT, runToEnd } from "../_program.ts";
import { install, PACKAGES } from "./packages.ts";
import { paperEnvironment, type Report, serverCommand } from "./part.ts";

// deno-lint-ignore no-explicit-any
type Row = any;

/** What `ccxt_trades.mjs` prints: lists as the exchange wrote them. */
interface Told {
  version: string;
  problems: string[];
  markets: number;
  orders: Row[];
  history: Row[];
  balances: Record<string, Row>;
  fills: Row[];
  positions: Row[];
}

const MEND = "lib/paper/ must answer as the exchange's documentation says";

/** Every mismatch is a fault of the simulated exchange or of our reading. */
export async function ccxt(folder: string): Promise<Report> {
  await install(folder, PACKAGES.ccxt);
  const served = await serveExchange({ port: 0 });
  try {
    const told = await tradeBy(folder, served);
    const { orders, history, fills, positions, balances, version } = told;
    const compared = await compare(told, folder, served);
    const counts =
      `${told.markets} markets, ${orders.length} open orders, ${history.length} in the ` +
      `history, ${fills.length} fills, ${positions.length} positions, ` +
      `${Object.keys(balances).length} balances`;
    return {
      lines: [`ccxt ${version} traded: ${counts}`, `${compared.members} members compared`],
      problems: [...told.problems.map((text) => `ccxt: ${text}: ${MEND}`), ...compared.problems],
    };
  } finally {
    await served.close();
  }
}

async function tradeBy(folder: string, { url, apiKey, secret }: ServedExchange): Promise<Told> {
  const env = { FOLDER: folder, URL: url, KEY: apiKey, SECRET: secret };
  const command = ["node", `${ROOT}tests/others/ccxt_trades.mjs`];
  const { code, stdout, stderr } = await runToEnd({ command, cwd: folder, env });
  if (code !== 0) throw new Error(`the ccxt script ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

interface Compared {
  members: number;
  problems: string[];
}

/** What our server, trading live against that exchange, says of the same account. */
async function compare(told: Told, folder: string, served: ServedExchange): Promise<Compared> {
  const keys = { BACKPACK_BASE_URL: served.url, BACKPACK_PRIVATE_KEY: served.secret };
  const env = { ...paperEnvironment(folder), ...keys, BACKPACK_MODE: "live" };
  const server = new Program({ command: serverCommand(folder), cwd: folder, env });
  const read = async (tool: string, args = {}): Promise<Row> =>
    (await server.call(tool, args)).structuredContent;
  try {
    await server.initialize();
    const balances = Object.entries(told.balances).map(([asset, row]) => ({ asset, ...row }));
    return sum([
      compareRows("list_orders", (await read("list_orders", { marketType: "ALL" })).orders, {
        rows: told.orders,
        key: "id",
      }),
      compareRows("list_order_history", (await read("list_order_history")).orders, {
        rows: told.history,
        key: "id",
      }),
      compareRows("list_fills", (await read("list_fills")).fills, {
        rows: told.fills,
        key: "tradeId",
      }),
      compareRows("get_balances", (await read("get_balances")).balances, {
        rows: balances,
        key: "asset",
      }),
      compareRows("list_positions", (await read("list_positions")).positions, {
        rows: told.positions,
        key: "symbol",
      }),
    ]);
  } finally {
    await server.end();
  }
}

function sum(parts: readonly Compared[]): Compared {
  return {
    members: parts.reduce((members, part) => members + part.members, 0),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

/** The rows of both sides by `key`: as many, the same, and each member that both have alike. */
function compareRows(
  tool: string,
  ours: readonly Row[],
  { rows, key }: { rows: readonly Row[]; key: string },
): Compared {
  const problems: string[] = [];
  let members = 0;
  const theirs = new Map(rows.map((row) => [String(row[key]), row]));
  if (ours.length === 0 || ours.length !== theirs.size) {
    problems.push(`${tool} has ${ours.length} rows, and ccxt was told of ${theirs.size}`);
  }
  for (const row of ours) {
    const other = theirs.get(String(row[key])) ?? {};
    for (
      const [name, value] of Object.entries(row).filter(([name]) => Object.hasOwn(other, name))
    ) {
      members++;
      if (textOf(name, value) === textOf(name, other[name])) continue;
      problems.push(`${tool} ${row[key]} ${name}: ours ${value}, ccxt's ${other[name]}`);
    }
    if (!Object.hasOwn(other, key)) problems.push(`${tool} ${row[key]}: ccxt was not told of it`);
  }
  return { members, problems };
}

/** Histories tell the time as text without a zone (API digest, section 8), and we in ms. */
function textOf(name: string, value: unknown): string {
  const isTime = name === "createdAt" || name === "timestamp";
  if (!isTime || typeof value !== "string") return String(value);
  return String(Date.parse(`${value}Z`));
}
