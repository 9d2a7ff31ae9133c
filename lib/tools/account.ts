/**
 * The account's tools: what it holds, its positions, its fees and margin. They only read; nothing
 * here can withdraw, transfer, borrow or change a setting.
 *
 * @module
 */

import * as z from "zod";
import { listBalances, type PricedBalance } from "../account/balances.ts";
import { type Margin, readOverview } from "../account/overview.ts";
import { listPositions as readPositions, type OpenPosition } from "../account/positions.ts";
import { balancesLine, overviewLine, positionsLine } from "./account_line.ts";
import { flagArgument, symbolArgument } from "./arguments.ts";
import { sentence } from "./line.ts";
import { loose } from "./outputs.ts";
import { defineTool, type Tool } from "./tool.ts";

/** What the account holds. */
export const getBalances = defineTool({
  name: "get_balances",
  title: "Balances",
  description: "What the account holds of each asset: available, locked in orders, staked, lent " +
    "and in total, with the value in USD where the exchange has a price. A part that could not " +
    "be read is absent and named in note.",
  group: "account",
  effect: "none",
  input: z.strictObject({
    includeZero: flagArgument("Also assets of which nothing is held").optional(),
  }),
  output: z.object({
    balances: z.array(loose<PricedBalance>({ asset: z.string() })),
    totalUsd: z.string().optional(),
    unvalued: z.array(z.string()).optional(),
    borrowedUsd: z.string().optional(),
    note: z.string().optional(),
  }),
  run: async ({ includeZero = false }, { desk, mode, call }) => {
    const balances = await listBalances(desk, includeZero, call);
    const { notes, unvalued, ...rest } = balances;
    const value = {
      ...rest,
      ...(unvalued.length === 0 ? {} : { unvalued }),
      ...(notes.length === 0 ? {} : { note: notes.join(". ") }),
    };
    const line = sentence([balancesLine(balances), ...notes]);
    return { line: `${mode.toUpperCase()} ${line}`, value };
  },
});

/** Open positions. */
export const listPositions = defineTool({
  name: "list_positions",
  title: "Open positions",
  description: "Open perpetual positions: long or short, quantity in the base asset, prices and " +
    "profit in the quote asset. liquidationPrice is absent where the exchange gives none; give " +
    "symbol to ask for it.",
  group: "account",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument().optional(),
    marketType: z.enum(["PERP", "IPERP", "DATED", "PREDICTION"]).optional()
      .describe("Only positions in such markets"),
  }),
  output: z.object({
    positions: z.array(loose<OpenPosition>({ symbol: z.string() })),
  }),
  run: async (args, { desk, mode, call }) => {
    const positions = await readPositions(desk, args, call);
    return { line: `${mode.toUpperCase()} ${positionsLine(positions)}`, value: { positions } };
  },
});

/** Fees, switches and margin. */
export const getAccount = defineTool({
  name: "get_account",
  title: "Account, fees and margin",
  description: "The account's fees (percent and basis points), leverage limit, switches such as " +
    "auto-lend, number of open orders, and its margin and collateral in USD.",
  group: "account",
  effect: "none",
  input: z.strictObject({}),
  output: z.looseObject({
    margin: loose<Margin>({}).optional(),
    note: z.string().optional(),
  }),
  run: async (_args, { desk, mode, call }) => {
    const overview = await readOverview(desk.exchange, call);
    const line = sentence([overviewLine(overview), overview.note ?? ""]);
    return { line: `${mode.toUpperCase()} ${line}`, value: { ...overview } };
  },
});

/** The account's tools, in the order in which clients list them. */
export const ACCOUNT_TOOLS: readonly Tool[] = [getBalances, listPositions, getAccount];
