/**
 * `deno task bench [NAME] [--json]`: measures every figure, or the one that is named, and prints
 * the table. A figure that misses its bound by more than its room is measured once more, and that
 * counts. Ends with 1 if it does so then too, with 2 for arguments that it does not know.
 *
 * @module
 */

import { type Figure, NotMeasuredError, type Tell } from "./_figure.ts";
import { createOrder } from "./create_order.ts";
import { fillsSummary } from "./fills_summary.ts";
import { listOrders } from "./list_orders.ts";
import { load } from "./load.ts";
import { manyOrders } from "./many_orders.ts";
import { paperBook } from "./paper_book.ts";
import { memory } from "./memory.ts";
import { size } from "./size.ts";
import { startUp } from "./start_up.ts";
import { toolsList } from "./tools_list.ts";
import { isTooFar, json, type Result, table } from "./_table.ts";

const FIGURES: readonly Figure[] = [
  startUp,
  memory,
  size,
  listOrders,
  createOrder,
  load,
  manyOrders,
  fillsSummary,
  toolsList,
  paperBook,
];

/** One line that overwrites itself, for a person who waits. */
const tell: Tell = (progress) => {
  if (Deno.stderr.isTerminal()) write(Deno.stderr, `\r\u001b[K${progress}`);
};

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
}

async function measure({ name, run }: Figure): Promise<Result> {
  try {
    return { figure: name, rows: await run(tell) };
  } catch (error) {
    if (!(error instanceof NotMeasuredError)) throw error;
    return { figure: name, rows: [], notMeasured: error.message };
  }
}

/** What other work on the machine did to a run, it seldom does to the next one as well. */
async function measureTwiceIfTooFar(figure: Figure): Promise<Result> {
  const result = await measure(figure);
  if (!isTooFar(result)) return result;
  tell(`${figure.name}: too far, measured once more`);
  return await measure(figure);
}

/** The figures that are asked for; `undefined` where one of the names is none. */
function chosen(names: readonly string[]): readonly Figure[] | undefined {
  if (names.length === 0) return FIGURES;
  const found = names.map((name) => FIGURES.find((figure) => figure.name === name));
  return found.every((figure) => figure !== undefined) ? found : undefined;
}

async function main(args: readonly string[]): Promise<number> {
  const figures = chosen(args.filter((arg) => arg !== "--json"));
  if (figures === undefined) {
    const names = FIGURES.map(({ name }) => name).join(", ");
    write(Deno.stderr, `usage: deno task bench [NAME...] [--json]\nnames: ${names}\n`);
    return 2;
  }
  const results: Result[] = [];
  for (const figure of figures) results.push(await measureTwiceIfTooFar(figure));
  tell("");
  write(Deno.stdout, args.includes("--json") ? json(results) : table(results));
  return results.some(isTooFar) ? 1 : 0;
}

Deno.exit(await main(Deno.args));
