/**
 * The exchange proper: takes orders, matches them, lets them rest, cancels them and fires the
 * conditional ones. Everything happens at once and in one sequence; nothing here waits, reads a
 * request or writes a reply. Rules are those of the API digest, section 6.
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import { Account } from "./account.ts";
import { checkBand, checkClientId, checkQuantity, checkTerms } from "./checks.ts";
import { checkFunds } from "./funds.ts";
import { LISTINGS } from "./listings.ts";
import { MarketMaker } from "./maker.ts";
import { Market } from "./market.ts";
import { closable, crosses, type Demand, type Plan, planMatches } from "./matching.ts";
import { PaperOrder, type Terms } from "./order.ts";
import { Refusal, refusal } from "./refusal.ts";
import { type Fees, reserveOf, Settlement } from "./settlement.ts";
import { checkTriggerQuantity, triggeredQuantity, Triggers } from "./triggers.ts";

/** What the engine runs on. */
export interface EngineOptions {
  /** Unix ms. */
  now(): number;
  /** Of the market maker's quotes. */
  readonly seed: number;
  /** What trades cost. */
  readonly fees: Fees;
}

const FIRST_ORDER_ID = 28_563_670_000;
const FIRST_TRADE_ID = 8_721_563;
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
  /** Moves what trades move. */
  readonly settlement: Settlement;
  readonly #now: () => number;
  readonly #triggers = new Triggers();
  readonly #maker: MarketMaker;
  #orderId = FIRST_ORDER_ID;
  #tradeId = FIRST_TRADE_ID;

  /** Opens every market with the market maker's quotes on it. */
  constructor(options: EngineOptions) {
    this.#now = options.now;
    this.markets = new Map(LISTINGS.map((listing) => [listing.symbol, new Market(listing)]));
    this.settlement = new Settlement(options.fees, this.feeAccount, () => this.#nextOrderId());
    this.#maker = new MarketMaker(this, options.seed);
    for (const market of this.markets.values()) {
      this.#printTrade(market);
      this.#maker.quote(market);
    }
  }

  /** Unix ms. */
  now(): number {
    return Math.floor(this.#now());
  }

  /** Opens an account. */
  openAccount(balances: Readonly<Record<string, string>>): Account {
    const account = new Account(1_905_955 + this.accounts.length, balances);
    this.accounts.push(account);
    return account;
  }

  /** The market of that symbol, which must exist. */
  market(symbol: string): Market {
    const market = this.markets.get(symbol);
    if (market === undefined) throw new RangeError(`No such market: ${symbol}`);
    return market;
  }

  /** Takes an order. @throws {Refusal} if it is not accepted */
  place(account: Account, terms: Terms): PaperOrder {
    const market = this.market(terms.symbol);
    checkTerms(terms, market);
    checkTriggerQuantity(terms);
    checkClientId(account, terms.clientId, this.now());
    const order = new PaperOrder(this.#nextOrderId(), account, terms, this.now());
    if (terms.triggerPrice !== null) this.#wait(order, market);
    else this.#execute(order, market, () => this.#accept(order));
    this.#calm(market);
    return order;
  }

  /** Places a quote of the market maker's: by no rules, and with no consequence but its trades. */
  placeQuote(terms: Terms): PaperOrder {
    const market = this.market(terms.symbol);
    const order = new PaperOrder(this.#nextOrderId(), this.house, terms, this.now());
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
    this.#printTrade(market);
    this.#maker.move(market);
    this.#calm(market);
  }

  #accept(order: PaperOrder): void {
    const { account, terms } = order;
    account.orders.push(order);
    if (terms.clientId !== null) account.clientIds.set(terms.clientId, this.now());
  }

  #wait(order: PaperOrder, market: Market): void {
    this.#accept(order);
    order.status = "TriggerPending";
    order.account.enter(order);
    this.#triggers.add(order, market);
  }

  /** Matches an order and lets it rest or ends it; `accept` is called once nothing can refuse it. */
  #execute(order: PaperOrder, market: Market, accept: () => void): void {
    const { terms } = order;
    const demand = demandOf(order);
    const plan = planMatches(demand, market);
    if (terms.postOnly && this.#wouldTake(order, market)) {
      throw refusal("INVALID_ORDER", "Order would immediately match and take");
    }
    const expiry = expiryBeforeTrading(demand, plan);
    const rests = terms.orderType === "Limit" && terms.timeInForce === "GTC" &&
      plan.stop === null && !plan.isFilled;
    if (expiry === null) {
      const resting = rests ? order.remaining.minus(plan.quantity) : ZERO;
      checkFunds(order, { plan, resting }, this.markets);
    }
    accept();
    if (expiry !== null) return order.end("Expired", expiry);
    for (const own of plan.evicted) this.#expire(own, "SelfTradePrevention");
    if (order.quantity === null && plan.isFilled) order.quantity = plan.quantity;
    for (const { maker, quantity } of plan.matches) this.#trade(order, maker, quantity, market);
    if (rests) this.#rest(order, market);
    else if (order.status !== "Filled") order.end("Expired", expiryAfterTrading(order, plan));
  }

  #wouldTake({ terms, price }: PaperOrder, market: Market): boolean {
    const best = market.book.best(terms.side === "Bid" ? "Ask" : "Bid");
    return best !== undefined && crosses(terms.side, price, best.price);
  }

  #trade(taker: PaperOrder, maker: PaperOrder, quantity: Decimal, market: Market): void {
    const { price } = maker;
    const quote = price.times(quantity);
    const [tradeId, timestamp] = [++this.#tradeId, this.now()];
    const execution = { market, tradeId, price, quantity, timestamp };
    for (const order of [taker, maker]) {
      this.settlement.settle(order, execution, order === maker);
      order.execute(quantity, quote);
    }
    maker.account.addResting(maker, quantity.negated());
    market.updates++;
    market.tape.add({ id: tradeId, ...execution, isBuyerMaker: maker.terms.side === "Bid" });
    if (maker.status === "Filled") this.#leave(maker, market);
  }

  #rest(order: PaperOrder, market: Market): void {
    const [asset, amount] = reserveOf(order, market);
    order.account.lock(asset, amount);
    order.account.addResting(order, order.remaining);
    order.account.enter(order);
    order.link = market.book.add(order);
    market.updates++;
  }

  #leave(order: PaperOrder, market: Market): void {
    if (order.link !== undefined) market.book.remove(order.link);
    order.link = undefined;
    order.account.leave(order);
    market.updates++;
  }

  #withdraw(order: PaperOrder): void {
    const market = this.market(order.terms.symbol);
    if (order.status === "TriggerPending") {
      this.#triggers.remove(order, market);
      return order.account.leave(order);
    }
    const [asset, amount] = reserveOf(order, market);
    order.account.lock(asset, amount.negated());
    order.account.addResting(order, order.remaining.negated());
    this.#leave(order, market);
  }

  #expire(order: PaperOrder, reason: string): void {
    this.#withdraw(order);
    order.end("Expired", reason);
  }

  /** Lets everything that follows from a change happen, until nothing more does. */
  #calm(market: Market): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      for (const account of this.accounts) this.#sweepReduceOnly(account, market);
      this.#maker.replenish(market);
      const due = this.#triggers.due(market);
      if (due.length === 0) return;
      for (const order of due) this.#fire(order, market);
    }
  }

  // A resting reduce-only order must go once the position it would reduce is gone.
  #sweepReduceOnly(account: Account, market: Market): void {
    for (const order of [...account.reducing]) {
      const { symbol, side } = order.terms;
      if (symbol !== market.symbol || order.status === "TriggerPending") continue;
      if (closable(account, symbol, side).isZero()) this.#expire(order, "ReduceOnlyNotReduced");
    }
  }

  #fire(order: PaperOrder, market: Market): void {
    this.#withdraw(order);
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

  // A trade that moves nothing: it sets the last price where the market is taken to be.
  #printTrade(market: Market): void {
    const { markPrice: price, minQuantity: quantity } = market;
    const [id, timestamp] = [++this.#tradeId, this.now()];
    market.tape.add({ id, price, quantity, timestamp, isBuyerMaker: false });
  }

  #nextOrderId(): string {
    return String(++this.#orderId);
  }
}

function demandOf(order: PaperOrder): Demand {
  const { terms, account, quantity } = order;
  if (!terms.reduceOnly || quantity === null) return { order, quantity };
  const most = closable(account, terms.symbol, terms.side);
  return { order, quantity: quantity.gt(most) ? most : quantity };
}

function expiryBeforeTrading({ order, quantity }: Demand, plan: Plan): string | null {
  if (order.terms.reduceOnly && quantity?.isZero()) return "ReduceOnlyNotReduced";
  if (order.terms.timeInForce === "FOK" && !plan.isFilled) return plan.stop ?? "FillOrKill";
  return null;
}

function expiryAfterTrading({ terms }: PaperOrder, plan: Plan): string {
  if (plan.stop !== null) return plan.stop;
  if (plan.isFilled) return "ReduceOnlyNotReduced";
  return terms.orderType === "Market" ? "InsufficientLiquidity" : "ImmediateOrCancel";
}

function failureReason({ code }: Refusal): string {
  const reasons: Record<string, string> = {
    INSUFFICIENT_FUNDS: "InsufficientFunds",
    INSUFFICIENT_MARGIN: "InsufficientMargin",
    INVALID_PRICE: "InvalidPrice",
    INVALID_ORDER: "PostOnlyTaker",
  };
  return reasons[code ?? ""] ?? "InvalidQuantity";
}
