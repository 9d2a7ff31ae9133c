/**
 * Placing several orders at once: judged, approved and recorded as a whole, sent in one request.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { unusedId } from "./create.ts";
import { earlierOutcome } from "./earlier.ts";
import { refuseMalformed } from "./market_rules.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import type { Person } from "./person.ts";
import { type Item, makeReady } from "./ready.ts";
import { type ElementResult, sendBatch } from "./send_batch.ts";

/** No maximum is published; this many were never seen to be refused for their number. */
const MAX_ORDERS = 20;

/** One order of a batch and what became of it. */
export interface BatchResult {
  clientId: number;
  /** What became of this one, whatever became of the others. */
  result: ElementResult;
}

/**
 * Places several orders. Equal ones are meant; one whose client id was sent before is not sent again
 * and answers with what became of it.
 *
 * @throws {DeskError} `outcome: "not_placed"` when none was sent
 */
export async function createOrders(
  desk: DeskParts,
  requests: readonly OrderRequest[],
  { person }: { person?: Person | undefined },
  call: Call,
): Promise<BatchResult[]> {
  refuseCount(requests);
  const results = new Map<number, ElementResult>();
  const items: Item[] = [];
  for (const [index, request] of requests.entries()) {
    await named(index, async () => {
      const clientId = request.clientId ?? freshId(desk, requests, items, person);
      const earlier = await earlierResult(desk, request, clientId, call);
      if (earlier !== undefined) return results.set(clientId, earlier);
      const market = await refuseMalformed(desk, request, call);
      items.push({ request, market, clientId });
    });
  }
  if (items.length > 0) {
    const ready = await makeReady(desk, items, { person }, call);
    const sent = await sendBatch(desk, ready, call);
    items.forEach(({ clientId }, index) => results.set(clientId, sent[index] as ElementResult));
  }
  return [...results].map(([clientId, result]) => ({ clientId, result }));
}

function refuseCount(requests: readonly OrderRequest[]): void {
  const ids = requests.map(({ clientId }) => clientId).filter((id) => id !== undefined);
  const problem = requests.length === 0 || requests.length > MAX_ORDERS
    ? `orders must hold 1 to ${MAX_ORDERS} orders`
    : new Set(ids).size < ids.length
    ? "two orders have the same clientId"
    : undefined;
  if (problem === undefined) return;
  throw new DeskError("invalid_input", `Cannot place orders: ${problem}`, {
    outcome: "not_placed",
    hint: "Nothing was sent; correct the arguments",
  });
}

/** What became of the same order under its client id, be it unknown. */
async function earlierResult(
  desk: DeskParts,
  request: OrderRequest,
  clientId: number,
  call: Call,
): Promise<ElementResult | undefined> {
  try {
    return await earlierOutcome(desk, request, clientId, call);
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    if (error.outcome === "unknown" || error.outcome === "placed") return error;
    throw error;
  }
}

function freshId(
  desk: DeskParts,
  requests: readonly OrderRequest[],
  items: readonly Item[],
  person: Person | undefined,
): number {
  const taken = new Set([...requests, ...items].map(({ clientId }) => clientId));
  for (let id = unusedId(desk, person, items.length);; id = unusedId(desk)) {
    if (!taken.has(id)) return id;
  }
}

/** A refusal says which order of the batch it is about. */
async function named<T>(index: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    const message = `orders[${index}]: ${error.message}`;
    const hint = error.details.suggestions === undefined
      ? error.hint
      : `Nothing was sent; each of suggestions can take the place of orders[${index}]`;
    throw error.with({ message, hint, details: { index } });
  }
}
