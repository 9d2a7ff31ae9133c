/**
 * Mixed traffic against a real server process for a given time, over a network that loses one
 * request in a hundred; then whether memory and descriptors stayed as they were, everything in
 * doubt became known, and three books say the same: the exchange's, the journal and the answers.
 *
 * @module
 */

import { decimal } from "../lib/decimal.ts";
import { Journal } from "../lib/journal/mod.ts";
import { UNLIMITED } from "./_config.ts";
import { emptyTrial, EXECUTABLE, trialDirectories } from "./_executable.ts";
import { Watch } from "./_flatness.ts";
import { Program, type ProgramOptions } from "./_fuzz_program.ts";
import { SEED } from "./_helpers.ts";
import { LiveHeap } from "./_live_heap.ts";
import { type Chance, chanceOf, drawn, TrafficExchange } from "./_traffic_exchange.ts";

/** How the soak went. */
export interface Report {
  readonly text: string;
  readonly faults: readonly string[];
}

const PACE_MS = 80;
/** Beyond its 2,000 a minute the desk makes calls wait, for up to 50 s. */
const MOST_REQUESTS_A_SECOND = 30;
/** Calls that send nothing: they only add up what a call may leave behind. */
const CHATTER: readonly Call[] = [
  ["list_markets", {}],
  ["get_order", { symbol: "SOL_USDC" }],
  ["create_order", { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "many" }],
];
const CHATTER_MS = 50;
const CHATTER_AT_ONCE = 10;
/** An order in doubt is known after two minutes, a cancel after ten at the worst. */
const RECOVERY_MS = 11 * 60_000;

type Call = readonly [name: string, args: Record<string, unknown>];

/**
 * Traffic for that long, against the sources or the executable that BACKPACK_MCP_EXECUTABLE names.
 *
 * @throws {RangeError} if that one would write into directories of its user's
 */
export async function soakTraffic(minutes: number, seed: number): Promise<Report> {
  const chance = chanceOf(seed);
  await using loopback = new TrafficExchange(chance);
  const folder = Deno.makeTempDirSync();
  const { options, data } = served(folder, loopback.baseUrl);
  const program = new Program(options, false);
  const heap = options.isInspected ? await LiveHeap.open(program.inspector) : undefined;
  try {
    const traffic = new Traffic(loopback, program, chance, new Watch(program.pid, heap));
    return await traffic.run(minutes * 60_000, data);
  } finally {
    heap?.close();
    await program.end();
    Deno.removeSync(folder, { recursive: true });
  }
}

function served(folder: string, baseUrl: string): { options: ProgramOptions; data: string } {
  const env = {
    ...{ BACKPACK_BASE_URL: baseUrl, BACKPACK_PRIVATE_KEY: SEED, BACKPACK_LOG: "error" },
    ...{ BACKPACK_MODE: "live", BACKPACK_TIMEOUT: "3", ...UNLIMITED },
  };
  const sources = { folder, env, isInspected: true };
  if (EXECUTABLE === "") return { options: sources, data: `${folder}/data` };
  const trial = trialDirectories();
  if (trial === undefined) throw new RangeError(`${EXECUTABLE}: wanted ${TRIAL}`);
  emptyTrial();
  const { data, config } = trial;
  const directories = { BACKPACK_DATA_DIR: data, XDG_CONFIG_HOME: config };
  const executable = { folder, env: { ...env, ...directories }, executable: EXECUTABLE };
  return { options: executable, data };
}

const TRIAL = "one compiled with XDG_CONFIG_HOME and --data-dir in the temporary directory";

class Traffic {
  readonly #outcomes = new Map<string, number>();
  readonly #faults: string[] = [];
  readonly #startedAt = Date.now();
  #calls = 0;
  #nextClientId = 1;

  constructor(
    readonly loopback: TrafficExchange,
    readonly program: Program,
    readonly chance: Chance,
    readonly watch: Watch,
  ) {}

  async run(durationMs: number, directory: string): Promise<Report> {
    await this.program.ask("initialize", {
      ...{ protocolVersion: "2025-11-25", capabilities: {} },
      clientInfo: { name: "soak", version: "1" },
    });
    const endsAt = Date.now() + durationMs;
    const watching = this.watch.until(endsAt, () => this.#calls);
    const trades = [1, 2, 3].map(() => this.#trade(endsAt));
    await Promise.all([...trades, this.#chatter(endsAt)]);
    await watching;
    this.loopback.isFaulty = false;
    const recoveredMs = await this.#recover();
    await this.#compareBooks();
    await this.#end();
    this.#compareJournal(directory);
    this.#faults.push(...this.program.badLines, ...this.watch.faults());
    return { text: this.#text(recoveredMs), faults: this.#faults };
  }

  async #trade(endsAt: number): Promise<void> {
    while (Date.now() < endsAt) {
      const [name, args] = this.#call();
      await this.#make(name, args);
      do await pause(PACE_MS * (0.5 + this.chance())); while (this.#isAhead());
    }
  }

  #isAhead(): boolean {
    const elapsedS = (Date.now() - this.#startedAt) / 1000;
    return this.loopback.requests > MOST_REQUESTS_A_SECOND * elapsedS;
  }

  async #chatter(endsAt: number): Promise<void> {
    while (Date.now() < endsAt) {
      const calls = Array.from({ length: CHATTER_AT_ONCE }, () => drawn(CHATTER, this.chance));
      await Promise.all(calls.map((call) => this.#make(...call)));
      await pause(CHATTER_MS);
    }
  }

  /** The result; `undefined` after a call that came to none, which is a fault then. */
  // deno-lint-ignore no-explicit-any
  async #make(name: string, args: Record<string, unknown>): Promise<any> {
    const result = await this.program.call(name, args).catch((error) => {
      this.#faults.push(`${name}: ${error}`);
    });
    this.#calls++;
    if (result === undefined) return undefined;
    const code = result.isError ? JSON.parse(result.content[0].text).code : "ok";
    this.#outcomes.set(code, (this.#outcomes.get(code) ?? 0) + 1);
    if (["internal", "journal", "config"].includes(code)) {
      this.#faults.push(`${name}: ${result.content[0].text}`);
    }
    return result;
  }

  #call(): Call {
    const { chance } = this;
    const symbol = drawn(["SOL_USDC", "BTC_USDC", "SOL_USDC_PERP"], chance);
    const open = drawn(this.loopback.exchange.openOrders(), chance) ?? {};
    const own = { symbol: open.symbol ?? symbol, orderId: open.id ?? "1" };
    const clientId = 1 + Math.floor(chance() * this.#nextClientId);
    const calls: readonly Call[] = [
      ...this.#orders(),
      ...this.#cancels(open),
      ["replace_order", { ...own, price: this.#price(String(own.symbol), open.side !== "Ask") }],
      ["get_order", own],
      ["get_order_outcome", { clientId }],
      ["list_orders", { marketType: "ALL" }],
      ["list_fills", { symbol, limit: 20 }],
      ["list_order_history", { limit: 20 }],
      ["get_balances", {}],
      ["list_positions", {}],
      ["get_depth", { symbol }],
      ["get_ticker", { symbol }],
      ["list_markets", {}],
      ["get_account", {}],
      ["get_limits", {}],
      ["preview_order", this.#order()],
      ...(chance() < 0.05 ? [["cancel_all_orders", { symbol }] as Call] : []),
      ...(chance() < 0.05 ? [["get_klines", { symbol, interval: "1m", limit: 20 }] as Call] : []),
    ];
    return drawn(calls, chance);
  }

  /** Cancels of an order that there was; of another, the outcome would be known after ten minutes. */
  #cancels({ symbol, id }: { symbol?: unknown; id?: unknown }): Call[] {
    const one: Call = ["cancel_order", { symbol, orderId: id }];
    return id === undefined ? [] : [one, one, one];
  }

  #orders(): Call[] {
    const one: Call = ["create_order", this.#order()];
    return [one, one, one, one, ["create_orders", { orders: [this.#order(), this.#order()] }]];
  }

  #order(): Record<string, unknown> {
    const { chance } = this;
    const symbol = drawn(["SOL_USDC", "SOL_USDC", "BTC_USDC", "SOL_USDC_PERP"], chance);
    const isBid = chance() < 0.5;
    const quantity = symbol === "BTC_USDC"
      ? "0.001"
      : (1 + Math.floor(chance() * 99) / 100).toFixed(2);
    const terms = { symbol, side: isBid ? "Bid" : "Ask", quantity, clientId: this.#nextClientId++ };
    if (chance() < 0.2) return { ...terms, orderType: "Market" };
    return { ...terms, orderType: "Limit", price: this.#price(symbol, isBid) };
  }

  #price(symbol: string, isBid: boolean): string {
    const [low, high] = symbol === "BTC_USDC" ? [58_000, 62_000] : [132, 148];
    const middle = (low + high) / 2;
    const share = this.chance();
    const price = isBid ? low + (middle - low) * share : middle + (high - middle) * share;
    return price.toFixed(symbol === "BTC_USDC" ? 0 : 2);
  }

  /** Ms until nothing was in doubt any more. */
  async #recover(): Promise<number> {
    const startedAt = Date.now();
    while (Date.now() - startedAt < RECOVERY_MS) {
      const result = await this.#make("get_status", {});
      // Whoever answers nothing now will hardly answer later.
      if (result === undefined) break;
      const { structuredContent } = result;
      if (structuredContent?.unresolved?.count === 0) return Date.now() - startedAt;
      await pause(2000);
    }
    this.#faults.push("orders or cancels are still in doubt");
    return Date.now() - startedAt;
  }

  /** Of every page. */
  async #openIds(): Promise<string[]> {
    const ids: string[] = [];
    let page: { cursor?: string } | undefined = {};
    while (page !== undefined) {
      const args: Record<string, unknown> = { marketType: "ALL", ...page };
      const listed = (await this.#make("list_orders", args))?.structuredContent;
      if (listed === undefined) this.#faults.push("list_orders fails");
      // deno-lint-ignore no-explicit-any
      ids.push(...(listed?.orders ?? []).map(({ id }: any) => id));
      page = listed?.nextCursor === undefined ? undefined : { cursor: listed.nextCursor };
    }
    return ids;
  }

  async #compareBooks(): Promise<void> {
    const { exchange } = this.loopback;
    const ids = (await this.#openIds()).sort();
    const truth = exchange.openOrders().map(({ id }) => id).sort();
    if (JSON.stringify(ids) !== JSON.stringify(truth)) {
      this.#faults.push(`open: ${ids} not ${truth}`);
    }
    const held = (await this.#make("get_balances", { includeZero: true }))?.structuredContent;
    if (held === undefined) this.#faults.push("get_balances fails");
    for (const { asset, available, locked } of held?.balances ?? []) {
      const own = exchange.balance(asset);
      const isSame = decimal(available).eq(decimal(own.available)) &&
        decimal(locked).eq(decimal(own.locked));
      if (!isSame) this.#faults.push(`${asset}: ${available} and ${locked}`);
    }
  }

  async #end(): Promise<void> {
    try {
      const { code, stderr } = await this.program.end();
      if (code === 0 && stderr === "") return;
      this.#faults.push(`it ended with ${code}: ${stderr.slice(0, 1000)}`);
    } catch (error) {
      this.#faults.push(`${error}`);
    }
  }

  #compareJournal(directory: string): void {
    const path = `${directory}/journal.sqlite`;
    const journal = Journal.open({ path, identity: () => path }, Date.now);
    for (const { clientId, state, tool } of journal.intents({})) {
      if (clientId === undefined || !/^(create|replace)/.test(tool)) continue;
      const standing = this.loopback.exchange.ordersByClientId(clientId).length;
      const isSame = state === "placed" ? standing === 1 : state === "not_placed" && standing === 0;
      if (!isSame) this.#faults.push(`journal: ${clientId} ${state}, ${standing} at the exchange`);
    }
    const recorded = new Set(journal.intents({}).map(({ clientId }) => clientId));
    for (const clientId of this.#sentIds().filter((id) => !recorded.has(id))) {
      this.#faults.push(`journal: ${clientId} is not in it, and stands at the exchange`);
    }
    this.#faults.push(
      ...journal.intents({ unresolved: true }).map(({ seq }) => `intent ${seq} is open`),
    );
    journal.close();
  }

  /** The client ids of every order that the exchange has taken, whoever chose them. */
  #sentIds(): number[] {
    const { exchange } = this.loopback;
    const asked = Array.from({ length: this.#nextClientId }, (_, id) => id)
      .filter((id) => exchange.ordersByClientId(id).length > 0);
    return [...asked, ...exchange.openOrders().map(({ clientId }) => Number(clientId))];
  }

  #text(recoveredMs: number): string {
    const { requests, faults } = this.loopback;
    const outcomes = [...this.#outcomes].map(([code, count]) => `${count} ${code}`).join(", ");
    return `${this.#calls} calls (${outcomes}); ${requests} requests, ${faults} of them lost; ` +
      `known after ${Math.round(recoveredMs / 1000)} s; ${this.watch.text()}`;
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
