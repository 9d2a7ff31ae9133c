/**
 * The exchange proper: takes orders, matches them, lets them rest, cancels them and fires the
 * conditional ones. Everything happens at once and in one sequence; nothing here waits, reads a
 * request or writes a reply. Rules are those of the API digest, section 6.
 *
 * @module
 */

import { type Decimal, decimal, ZERO } from "../decimal.ts";
import { Account } from "./account.ts";
import { checkBand, checkClientId, checkQuantity, checkTerms } from "./checks.ts";
import { checkFunds } from "./funds.ts";
import { ASSETS, type Collateral, LISTINGS } from "./listings.ts";
import type { QuotesState } from "./live_quotes.ts";
import { MarketMaker, type Quoter } from "./maker.ts";
import { attachedTo, protect } from "./exits.ts";
import type { EngineOptions } from "./engine_options.ts";
import { expiryAfterTrading, expiryBeforeTrading, failureReason } from "./expiry.ts";
import { Market } from "./market.ts";
import { demandOf, type Plan, planMatches, withoutPosition, wouldTake } from "./matching.ts";
import { PaperOrder, type Terms } from "./order.ts";
import { Refusal, refusal } from "./refusal.ts";
import { leave, rest, show, takeOff } from "./resting.ts";
import type { Counters, SavedBook } from "./saved.ts";
import { Settlement } from "./settlement.ts";
import { checkTriggerQuantity, triggeredQuantity, Triggers } from "./triggers.ts";

const FIRST_ORDER_ID = 28_563_670_000;
const FIRST_TRADE_ID = 8_721_563;
/** The id of the first account that is opened. */
export const FIRST_ACCOUNT_ID = 1_905_955;
// Conditional orders may set each other off; this many rounds are more than any book can feed.
const MAX_ROUNDS = 1000;

/** The state of the whole exchange. */
export class Engine {
  /** Every market by its symbol. */
  readonly markets: Map<string, Market>;
  /** Customers, in the order in which they came. */
  readonly accounts: Account[] = [];
  /** The market maker's account. */
  readonly house: Account = new Account(1, {}, true);
  /** Where fees go. */
  readonly feeAccount: Account = new Account(2, {}, true);
  /** What counts as collateral. */
  readonly assets: readonly Collateral[];
  /** What quotes remember. */
  readonly quotes: QuotesState;
  /** Whether prices are another exchange's, and not kept. */
  readonly isLive: boolean;
  /** Moves what trades move. */
  readonly settlement: Settlement;
  readonly #now: () => number;
  readonly #triggers = new Triggers();
  readonly #maker: Quoter;
  #quoteId = 0;
  #orderId = FIRST_ORDER_ID;
  #tradeId = FIRST_TRADE_ID;

  /** Opens every market with the market maker's quotes on it. */
  constructor(options: EngineOptions) {
    this.#now = options.now;
    const { listings = LISTINGS, assets = ASSETS, quoter } = options;
    this.quotes = options.quotes ?? { taken: {}, seen: {} };
    this.isLive = quoter !== undefined;
    this.assets = assets;
    this.markets = new Map(listings.map((listing) => [listing.symbol, new Market(listing)]));
    this.settlement = new Settlement(options.fees, this.feeAccount, () => this.#nextOrderId());
    this.#maker = quoter?.(this, this.quotes) ?? new MarketMaker(this, options.seed);
    for (const market of this.markets.values()) this.#maker.quote(market);
  }

  /** Unix ms. */
  now(): number {
    return Math.floor(this.#now());
  }

  /** Opens an account. */
  openAccount(balances: Readonly<Record<string, string>>): Account {
    const account = new Account(FIRST_ACCOUNT_ID + this.accounts.length, balances);
    this.accounts.push(account);
    return account;
  }

  /** Numbers of the last order and trade. */
  get counters(): Counters {
    return { orderId: this.#orderId, tradeId: this.#tradeId };
  }

  /** Goes on with an account that was kept, its open orders on the books again. */
  adopt(account: Account, { counters, prices }: SavedBook): void {
    this.accounts.push(account);
    this.#orderId = Math.max(this.#orderId, counters.orderId);
    this.#tradeId = Math.max(this.#tradeId, counters.tradeId);
    for (const [symbol, [mark, last]] of Object.entries(prices)) {
      const market = this.markets.get(symbol);
      if (market !== undefined) this.#continueAt(market, decimal(mark), decimal(last));
    }
    for (const order of account.orders.filter(({ isOpen }) => isOpen)) this.#resume(order);
    for (const market of this.markets.values()) this.#maker.replenish(market);
  }

  /** The market of that symbol, which must exist. */
  market(symbol: string): Market {
    const market = this.markets.get(symbol);
    if (market === undefined) throw new RangeError(`No such market: ${symbol}`);
    return market;
  }

  /**
   * Takes an order.
   *
   * @throws {Refusal} if it is not accepted
   */
  place(account: Account, terms: Terms): PaperOrder {
    const market = this.market(terms.symbol);
    checkTerms(terms, market);
    checkTriggerQuantity(terms);
    checkClientId(account, terms.clientId, this.now());
    const order = new PaperOrder(this.#nextOrderId(), account, terms, this.now());
    if (terms.triggerPrice !== null) this.#wait(order, market);
    else this.#execute(order, market, () => this.#accept(order));
    this.calm(market);
    return order;
  }

  /** Places a quote of the market maker's: by no rules, and with no consequence but its trades. */
  placeQuote(terms: Terms): PaperOrder {
    const market = this.market(terms.symbol);
    const order = new PaperOrder(`quote ${++this.#quoteId}`, this.house, terms, this.now());
    this.#execute(order, market, () => {});
    return order;
  }

  /** Takes an open order off the book, or off the waiting list. */
  cancel(order: PaperOrder): void {
    this.#withdraw(order);
    order.end("Cancelled");
  }

  /** Moves the market: a trade at that price, and the market maker's quotes around it. */
  movePrice(symbol: string, price: Decimal): void {
    const market = this.market(symbol);
    market.markPrice = price;
    this.printTrade(market);
    this.#maker.move(market);
    this.calm(market);
  }

  #continueAt(market: Market, mark: Decimal, last: Decimal): void {
    this.#maker.withdraw(market);
    market.markPrice = mark;
    this.printTrade(market, last);
  }

  #resume(order: PaperOrder): void {
    const market = this.markets.get(order.terms.symbol);
    if (market === undefined) return;
    if (order.status !== "TriggerPending") return show(order, market);
    order.account.enter(order);
    market.waiting.add(order);
  }

  #accept(order: PaperOrder): void {
    const { account, terms } = order;
    account.orders.push(order);
    account.note(order);
    if (terms.clientId !== null) account.clientIds.set(terms.clientId, this.now());
  }

  #wait(order: PaperOrder, market: Market): void {
    this.#accept(order);
    order.status = "TriggerPending";
    order.account.enter(order);
    this.#triggers.add(order, market);
  }

  #attach(account: Account, terms: Terms, market: Market): PaperOrder {
    const exit = new PaperOrder(this.#nextOrderId(), account, terms, this.now());
    this.#wait(exit, market);
    return exit;
  }

  /**
   * Matches an order, then lets it rest or ends it.
   *
   * @param accept called once nothing can refuse the order any more
   * @throws {Refusal} if it is not accepted
   */
  #execute(order: PaperOrder, market: Market, accept: () => void): void {
    const demand = demandOf(order);
    const plan = planMatches(demand, market);
    if (order.terms.postOnly && wouldTake(order, market)) {
      throw refusal("INVALID_ORDER", "Order would immediately match and take");
    }
    const expiry = expiryBeforeTrading(demand, plan);
    if (expiry !== null) {
      accept();
      return order.end("Expired", expiry);
    }
    const rests = leavesRest(order, plan);
    const resting = rests ? order.remaining.minus(plan.quantity) : ZERO;
    checkFunds(order, { plan, resting }, this);
    accept();
    this.#carryOut(plan, order, market);
    if (rests) rest(order, market);
    else if (order.status !== "Filled") order.end("Expired", expiryAfterTrading(order, plan));
  }

  /** Trades as planned. */
  #carryOut(plan: Plan, order: PaperOrder, market: Market): void {
    for (const own of plan.evicted) this.#expire(own, "SelfTradePrevention");
    if (order.quantity === null && plan.isFilled) order.quantity = plan.quantity;
    for (const { maker, quantity } of plan.matches) this.#trade(order, maker, quantity, market);
  }

  #trade(taker: PaperOrder, maker: PaperOrder, quantity: Decimal, market: Market): void {
    const { price } = maker;
    const quote = price.times(quantity);
    const [tradeId, timestamp] = [++this.#tradeId, this.now()];
    const execution = { market, tradeId, price, quantity, timestamp };
    for (const order of [taker, maker]) {
      this.settlement.settle(order, execution, order === maker);
      order.execute(quantity, quote);
      protect(order, quantity, market, (terms) => this.#attach(order.account, terms, market));
    }
    if (maker.account.isHouse) this.#maker.hit(maker, quantity);
    maker.account.addResting(maker, quantity.negated());
    market.updates++;
    market.tape.add({ id: tradeId, ...execution, isBuyerMaker: maker.terms.side === "Bid" });
    if (maker.status === "Filled") leave(maker, market);
  }

  #withdraw(order: PaperOrder): void {
    const market = this.market(order.terms.symbol);
    if (order.status === "TriggerPending") {
      this.#triggers.remove(order, market);
      return order.account.leave(order);
    }
    takeOff(order, market);
  }

  #expire(order: PaperOrder, reason: string): void {
    this.#withdraw(order);
    order.end("Expired", reason);
  }

  /** Remembers the conditional orders whose price has been reached, until {@linkcode calm}. */
  noteReached(market: Market): void {
    this.#triggers.note(market);
  }

  /** Lets everything that follows from a change happen, until nothing more does. */
  calm(market: Market): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      for (const account of this.accounts) {
        const idle = withoutPosition(account, market);
        for (const order of idle) this.#expire(order, "ReduceOnlyNotReduced");
      }
      this.#maker.replenish(market);
      const due = this.#triggers.due(market);
      if (due.length === 0) return;
      for (const order of due) this.#fire(order, market);
    }
  }

  #fire(order: PaperOrder, market: Market): void {
    this.#withdraw(order);
    for (const other of attachedTo(order.parentId, market)) this.cancel(other);
    order.status = "New";
    order.triggeredAt = this.now();
    order.quantity = triggeredQuantity(order, market);
    try {
      checkQuantity(order.quantity, market);
      checkBand(order.terms, market);
      this.#execute(order, market, () => {});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      order.end("TriggerFailed", failureReason(error));
    }
  }

  /** A trade that moves nothing: it sets the last price where the market is taken to be. */
  printTrade(market: Market, price = market.markPrice): void {
    const { minQuantity: quantity } = market;
    const [id, timestamp] = [++this.#tradeId, this.now()];
    market.tape.add({ id, price, quantity, timestamp, isBuyerMaker: false });
  }

  #nextOrderId(): string {
    return String(++this.#orderId);
  }
}

/** Whether what the plan does not match stays on the book. */
function leavesRest({ terms }: PaperOrder, plan: Plan): boolean {
  return terms.orderType === "Limit" && terms.timeInForce === "GTC" &&
    plan.stop === null && !plan.isFilled;
}
