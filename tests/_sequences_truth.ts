/**
 * What must hold whatever goes wrong: the desk's answers against the exchange's own book.
 *
 * To add an invariant, add a method that calls `this.#broken(…)` and call it from
 * {@linkcode Truth.check} (holds at every moment), {@linkcode Truth.onPost} (holds when an order
 * leaves) or {@linkcode Truth.finish} (holds once faults have ended and time has passed).
 *
 * @module
 */

import { type Decimal, decimal, smallest } from "../lib/decimal.ts";
import { isSameRequest } from "../lib/desk/terms.ts";
import type { Intent } from "../lib/journal/mod.ts";
import type { CallResult, SentPost, World } from "./_sequences_world.ts";

type Members = Record<string, unknown>;

/** A call of a tool. */
export interface AskedCall {
  readonly name: string;
  readonly args: Members;
}

const TERMS = ["symbol", "side", "orderType", "timeInForce"] as const;
const AMOUNTS = ["price", "quantity"] as const;
const ENDED = new Set(["Filled", "Cancelled", "Expired"]);
/** What each outcome of a cancel says of the order. */
const CANCELLED_AS: Record<string, string> = {
  cancelled: "Cancelled",
  already_cancelled: "Cancelled",
  filled: "Filled",
  expired: "Expired",
};

/** Compares, and keeps what was found to be broken. */
export class Truth {
  /** Each a sentence. */
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #asked: Members[] = [];
  /** Client ids of which an answer said that no order stands or ever will, and which answer. */
  readonly #absent = new Map<number, string>();
  /** The exchange's ids of the orders that made way, by the client id of what took their place. */
  readonly #replaced = new Map<number, string>();
  #calls: readonly AskedCall[] = [];
  #before = new Map<string, Members>();
  #sentBefore: readonly number[] = [];
  #beganAtMs = 0;

  /** Looks at `world`. */
  constructor(world: World) {
    this.#world = world;
    world.onPost = (post) => this.onPost(post);
  }

  /** These calls are about to be made at once. */
  begin(calls: readonly AskedCall[]): void {
    this.#calls = calls;
    this.#beganAtMs = this.#world.exchangeMs();
    this.#sentBefore = this.sentIds();
    this.#before = new Map(this.#orders().map((order) => [String(order.id), order]));
    for (const { name, args } of calls) {
      if (name !== "create_order") continue;
      this.#asked.push(args);
      this.#absent.delete(Number(args.clientId));
    }
  }

  /** An order is about to leave the desk: once, as it was asked for, and nothing in its way. */
  onPost(post: SentPost): void {
    const { body } = post;
    const id = Number(body.clientId);
    const same = this.#world.posts.filter((other) => other.body.clientId === id);
    if (this.#standing(id).length > 0) this.#broken(`${id} is sent although it stands`);
    if (same.some((other) => mayArrive(other, this.#world))) {
      this.#broken(`${id} is sent although it is under way`);
    }
    const replaces = this.#intentOf(id)?.body.replaces;
    if (replaces === undefined) this.#checkSent(body);
    else this.#checkReplacement(body, String(replaces));
    this.#refuseOnUnresolvedAsset(body);
  }

  /** Under an id of the desk's own choice as often as an order like it was asked for without one. */
  #checkSent(body: Members): void {
    const id = Number(body.clientId);
    const isOwn = (id: unknown): boolean => this.#asked.some(({ clientId }) => clientId === id);
    const nameOf = (id: unknown): unknown => isOwn(id) ? id : undefined;
    const asked = this.#asked.filter((args) =>
      args.clientId === nameOf(id) && isSameRequest(args, defaultsOf(args, body))
    );
    const sent = this.#world.posts.filter((other) =>
      !this.#replaced.has(Number(other.body.clientId)) &&
      nameOf(other.body.clientId) === nameOf(id) && isSameRequest(other.body, body)
    );
    if (sent.length >= asked.length) this.#broken(`${id} is sent more often than it was asked for`);
  }

  /** A replacement leaves once, after the old order, and for what that has left of what is asked. */
  #checkReplacement(body: Members, oldId: string): void {
    const id = Number(body.clientId);
    const old: Members = this.#byId(oldId) ?? {};
    if (old.status !== "Cancelled") this.#broken(`${id} replaces one that is ${old.status}`);
    const others = this.#world.posts.filter(({ body }) =>
      this.#replaced.get(Number(body.clientId)) === oldId
    );
    if (others.some((post) => this.#mayStand(post))) this.#broken(`${oldId} is replaced twice`);
    this.#replaced.set(id, oldId);
    const isAsked = this.#calls.some(({ name, args }) =>
      name === "replace_order" && args.orderId === oldId &&
      differences(body, changed(old, args)).length === 0 &&
      Boolean(body.postOnly) === Boolean(old.postOnly)
    );
    if (!isAsked) this.#broken(`${id} replaces ${oldId} otherwise than it was asked`);
  }

  /** While an order is known to be of unknown outcome, no other on its base asset leaves. */
  #refuseOnUnresolvedAsset(body: Members): void {
    // By the journal's order: another's reply may be lost between the record and the wire.
    const own = this.#intentOf(Number(body.clientId));
    const open = this.#world.journal.intents({ unresolved: true }).filter((intent) =>
      intent.tool === "create_order" && intent.state === "unknown" &&
      assetOf(intent.symbol) === assetOf(body.symbol) && intent.clientId !== body.clientId &&
      (intent.outcome?.seq ?? Infinity) < (own?.seq ?? Infinity)
    );
    for (const { clientId } of open) {
      this.#broken(`${body.clientId} is sent although ${clientId} on its asset is unknown`);
    }
  }

  /** The calls have come to this. */
  end(results: readonly CallResult[]): void {
    results.forEach(({ answer }, index) => {
      const call = this.#calls[index];
      if (answer === undefined || call === undefined) return;
      const value = answer.structuredContent ?? JSON.parse(answer.content[0]?.text ?? "{}");
      const check = {
        create_order: () => this.#checkCreate(call.args, value),
        replace_order: () => this.#checkReplace(call.args, value),
        get_order_outcome: () => this.#checkOutcome(call.args, value),
        cancel_order: () => this.#checkCancel(call.args, value),
        cancel_all_orders: () => this.#checkCancelAll(value),
        list_orders: () => this.#checkList(value),
      }[call.name];
      check?.();
    });
    this.check();
  }

  /** What holds at every moment. */
  check(): void {
    for (const id of this.#ids()) {
      const orders = this.#standing(id);
      if (orders.length > 1) this.#broken(`${id} stands ${orders.length} times`);
      for (const order of orders) {
        const posts = this.#world.posts.filter(({ body }) => body.clientId === id);
        const isAsked = posts.some(({ body }) => differences(order, body).length === 0);
        if (!isAsked) this.#broken(`${id} stands otherwise than it was sent`);
      }
    }
    this.#checkLimits();
    for (const [id, why] of this.#absent) {
      if (this.#standing(id).length > 0) this.#broken(`${id} stands although ${why}`);
    }
  }

  /** No limit of the owner's was ever exceeded in the exchange's own book. */
  #checkLimits(): void {
    const { limits } = this.#world;
    const orders = this.#orders();
    const open = orders.filter(isOpen).length;
    if (limits.maxOpenOrders !== "none" && open > Number(limits.maxOpenOrders)) {
      this.#broken(`${open} orders are open, and ${limits.maxOpenOrders} may be`);
    }
    const spent = orders.reduce((sum, order) => sum.plus(this.#worthOf(order)), decimal("0"));
    if (limits.maxDailyNotional !== "none" && spent.gt(limits.maxDailyNotional)) {
      this.#broken(`${spent.toFixed()} USD may be spent, of ${limits.maxDailyNotional}`);
    }
  }

  /** No more than it was judged at: a market that moves on its way can't be seen beforehand. */
  #worthOf(order: Members): Decimal {
    const worth = worthOf(order);
    const judged = this.#intentOf(Number(order.clientId))?.body.spends as Members | undefined;
    return smallest([worth, decimal(String(judged?.notional ?? worth.toFixed()))]) ?? worth;
  }

  /** What holds once nothing has gone wrong for long enough. */
  finish(listed: CallResult, outcomes: ReadonlyMap<number, CallResult>): void {
    this.check();
    const unresolved = listed.answer?.structuredContent?.desk?.unresolved;
    if (unresolved !== undefined) this.#broken(`${unresolved} is unresolved to the end`);
    for (const intent of this.#world.journal.intents({ unresolved: true })) {
      const { tool, clientId, state } = intent;
      this.#broken(`${tool} ${clientId ?? ""} is ${state} in the journal to the end`);
    }
    this.#checkJournal();
    for (const [id, { answer }] of outcomes) {
      const told = answer?.structuredContent?.outcome;
      const is = this.#standing(id).length > 0 ? "placed" : "not_placed";
      if (told !== is) this.#broken(`${id} is called ${told} in the end, and is ${is}`);
    }
  }

  /** What the journal says of cancels in the end is what the exchange says. */
  #checkJournal(): void {
    for (const { tool, state, request } of this.#world.journal.intents({})) {
      const expected = tool === "cancel_order" ? CANCELLED_AS[state] : undefined;
      const order = this.#byId(request.orderId) ?? this.#find(request);
      if (expected !== undefined && order?.status !== expected) {
        this.#broken(`the journal says ${state} of an order that is ${order?.status}`);
      }
    }
  }

  /** Every client id that left the desk. */
  sentIds(): number[] {
    return [...new Set(this.#world.posts.map(({ body }) => Number(body.clientId)))];
  }

  #checkCreate(args: Members, value: Members): void {
    if (value.outcome === "placed") return this.#checkPlaced(args, value.order as Members);
    const id = Number(value.clientId ?? args.clientId);
    if (value.outcome === "unknown" && value.clientId !== undefined) return;
    if (value.outcome !== "not_placed") {
      return this.#broken(`create_order answers ${JSON.stringify(value)}`);
    }
    if (value.code !== "client_id_mismatch") this.#promiseAbsence(id, `${value.code}`, args);
  }

  #checkPlaced(args: Members, order: Members): void {
    const id = Number(order.clientId);
    const [stands] = this.#standing(id);
    if (stands === undefined) return this.#broken(`${id} is called placed and does not stand`);
    const told = differences(order, args);
    const real = differences(stands, args);
    if (args.clientId !== undefined && id !== args.clientId) told.push("clientId");
    if (stands.id !== order.id) told.push("id");
    if (ENDED.has(String(order.status)) && order.status !== stands.status) told.push("status");
    if (isMore(order.executedQuantity, stands.executedQuantity)) told.push("executedQuantity");
    if (told.length > 0) this.#broken(`${id}: ${told} told otherwise than asked or true`);
    if (real.length > 0) this.#broken(`${id}: ${real} stands otherwise than asked`);
  }

  #checkReplace({ symbol, orderId, price }: Members, value: Members): void {
    const gone = (value.replaced ?? value.cancelled) as Members | undefined;
    const old = this.#byId(orderId);
    if (gone !== undefined && (gone.id !== orderId || old?.status !== "Cancelled")) {
      this.#broken(`${gone.id} is called replaced, and ${orderId} is ${old?.status}`);
    }
    if (value.replaced !== undefined && isMore(old?.executedQuantity, gone?.executedQuantity)) {
      this.#broken(`${orderId} executed more than its replacement knows of`);
    }
    const sent = [...this.#replaced].filter(([id, oldId]) =>
      oldId === orderId && !this.#sentBefore.includes(id)
    ).map(([id]) => id);
    if (value.outcome === "placed") {
      const order = value.order as Members;
      if (!sent.includes(Number(order.clientId))) this.#broken(`${order.id} replaces nothing`);
      return this.#checkPlaced({ symbol, price }, order);
    }
    if (value.outcome === "unknown") return;
    if (value.outcome !== "not_placed") {
      return this.#broken(`replace_order answers ${JSON.stringify(value)}`);
    }
    if (this.#calls.length > 1) return;
    for (const id of sent) this.#absent.set(id, `a replacement was ${value.code}`);
    const wasOpen = isOpen(this.#before.get(String(old?.id)));
    if (
      gone === undefined && wasOpen && old?.status === "Cancelled" && !this.#world.hasLateDeletes
    ) {
      this.#broken("a replacement says that nothing was done, and the old order is cancelled");
    }
  }

  #checkOutcome(args: Members, value: Members): void {
    const id = Number(args.clientId);
    if (value.outcome === "placed") {
      return this.#checkPlaced({ clientId: id }, value.order as Members);
    }
    if (value.outcome === "not_placed") this.#promiseAbsence(id, "not_placed", args);
    if (value.code === "not_found" && this.#sentBefore.includes(id)) {
      this.#broken(`${id} was sent, and get_order_outcome has no record of it`);
    }
  }

  /** From now on no order may appear under that id, unless a call asks for one again. */
  #promiseAbsence(id: number, why: string, args: Members): void {
    const creates = this.#calls.filter((call) =>
      call.name === "create_order" && call.args.clientId === id
    );
    const isAlone = creates.length === (creates[0]?.args === args ? 1 : 0);
    const [stands] = this.#standing(id);
    const isAnother = stands !== undefined && this.#before.has(String(stands.id)) &&
      differences(stands, args).length > 0;
    if (!Number.isNaN(id) && isAlone && !isAnother) {
      this.#absent.set(id, `an answer said ${why}`);
    }
  }

  #checkCancel(args: Members, value: Members): void {
    const order = this.#find(args);
    const expected = CANCELLED_AS[String(value.outcome)];
    if (expected !== undefined && order?.status !== expected) {
      this.#broken(`a cancel says ${value.outcome} of an order that is ${order?.status}`);
    }
    if (value.outcome === undefined) this.#broken("a cancel says no outcome");
    if (value.outcome !== "not_placed" || this.#calls.length > 1 || order === undefined) return;
    const before = this.#before.get(String(order.id));
    if (value.code === "not_found" && isOpen(order) && isOpen(before)) {
      this.#broken("a cancel says that there is no order, and one is open");
    }
    if (isOpen(before) && order.status === "Cancelled" && !this.#world.hasLateDeletes) {
      this.#broken("a cancel says that nothing was done, and the order is cancelled");
    }
  }

  #checkCancelAll(value: Members): void {
    const { cancelled, stillOpen } = value as { cancelled?: Members[]; stillOpen?: Members[] };
    for (const { id } of cancelled ?? []) {
      const status = this.#byId(id)?.status;
      if (status !== "Cancelled") {
        this.#broken(`cancel_all_orders calls ${id} cancelled: ${status}`);
      }
    }
    if (stillOpen === undefined || this.#world.lagsOnLooks || this.#calls.length > 1) return;
    const told = new Set(stillOpen.map(({ id }) => id));
    const symbol = this.#calls[0]?.args.symbol;
    const forgotten = this.#world.exchange.openOrders().filter((order) =>
      order.symbol === symbol && !told.has(order.id) && Number(order.createdAt) < this.#beganAtMs
    );
    for (const { id } of forgotten) this.#broken(`cancel_all_orders does not tell of ${id}`);
  }

  #checkList(value: Members): void {
    if (this.#world.lagsOnLooks || this.#calls.length > 1 || !Array.isArray(value.orders)) return;
    const open = this.#world.exchange.openOrders().map(({ id }) => String(id));
    const before = [...this.#before.values()].filter(isOpen).map(({ id }) => String(id));
    if (open.toSorted().join() !== before.toSorted().join()) return;
    const told = value.orders.map(({ id }) => String(id));
    if (told.toSorted().join() !== open.toSorted().join()) {
      this.#broken(`list_orders tells of ${told}, and open are ${open}`);
    }
  }

  #find({ symbol, clientId }: Members): Members | undefined {
    return this.#standing(Number(clientId)).find((order) => order.symbol === symbol);
  }

  #mayStand(post: SentPost): boolean {
    return mayArrive(post, this.#world) || this.#standing(Number(post.body.clientId)).length > 0;
  }

  #intentOf(clientId: number): Intent | undefined {
    return this.#world.journal.intents({ clientId, limit: 1 })[0];
  }

  #byId(id: unknown): Members | undefined {
    return this.#orders().find((order) => order.id === id);
  }

  #orders(): Members[] {
    return this.#ids().flatMap((id) => this.#standing(id));
  }

  #standing(clientId: number): Members[] {
    return this.#world.exchange.ordersByClientId(clientId);
  }

  #ids(): number[] {
    return this.sentIds();
  }

  #broken(sentence: string): void {
    this.broken.push(sentence);
  }
}

/** Whether the exchange could still act on it. */
function mayArrive(post: SentPost, world: World): boolean {
  return post.isUnderWay && world.exchangeMs() <= post.endsAtMs;
}

/** The body, without what the desk adds to every order. */
function defaultsOf(args: Members, body: Members): Members {
  return args.timeInForce === undefined ? { ...body, timeInForce: undefined } : body;
}

/** What is left of an order, as it ended, with these changes. */
function changed(old: Members, { price, quantity }: Members): Members {
  const left = decimal(String(quantity ?? old.quantity)).minus(String(old.executedQuantity));
  return { ...old, price: price ?? old.price, quantity: left.toFixed() };
}

/** The members in which an order is not what was asked for. */
function differences(order: Members, asked: Members): string[] {
  const terms = TERMS.filter((name) => asked[name] !== undefined && order[name] !== asked[name]);
  const amounts = AMOUNTS.filter((name) =>
    typeof asked[name] === "string" && typeof order[name] === "string" &&
    !decimal(String(asked[name])).eq(decimal(String(order[name])))
  );
  return [...terms, ...amounts];
}

/** What an order has filled, and at its price what it may still fill. */
function worthOf(order: Members): Decimal {
  const filled = decimal(String(order.executedQuoteQuantity ?? "0"));
  if (!isOpen(order) || typeof order.price !== "string") return filled;
  const rest = decimal(String(order.quantity)).minus(String(order.executedQuantity ?? "0"));
  return filled.plus(rest.times(order.price));
}

function isMore(told: unknown, is: unknown): boolean {
  return decimal(String(told ?? "0")).gt(decimal(String(is ?? "0")));
}

function isOpen(order: Members | undefined): boolean {
  return order?.status === "New" || order?.status === "PartiallyFilled";
}

function assetOf(symbol: unknown): string {
  return String(symbol).split("_")[0] ?? "";
}
