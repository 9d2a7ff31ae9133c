/**
 * The demo: starts the real server as a child in paper mode, drives it with the MCP SDK's client
 * over stdio, and prints each step as a person would want to see it. What follows `--` is what
 * Deno needs to run the server. Ends with 1 if any step went wrong.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioTransport } from "../lib/stdio.ts";

/** A tool's answer, as far as the demo looks at it. */
interface Answer {
  isError: boolean;
  line: string;
  // deno-lint-ignore no-explicit-any
  value: any;
  /** Its size in bytes, where the answer has one. */
  picture?: number;
}

/** One thing that is done, and what must come of it. */
interface Step {
  title: string;
  run(desk: DemoDesk): Promise<Answer>;
  /** What a good answer is. */
  expects(answer: Answer): boolean;
}

const SYMBOL = "SOL_USDC";
const BID = {
  ...{ symbol: SYMBOL, side: "Bid", orderType: "Limit" },
  ...{ price: "130.10", quantity: "1.5", clientId: 7 },
};
const MARKET = { symbol: "BTC_USDC", side: "Bid", orderType: "Market", quoteQuantity: "100" };
const INVALID = { ...BID, price: "130.105", clientId: 8 };
const TOO_LARGE = { ...BID, quantity: "10", clientId: 9 };
const LADDER = [
  { ...BID, price: "129.00", quantity: "1", clientId: 10 },
  { ...BID, price: "128.00", quantity: "2", clientId: 11 },
];

const STEPS: readonly Step[] = [
  {
    title: "Is the desk all right?",
    run: (desk) => desk.call("get_status", {}),
    expects: ({ value }) => value.obstacles.length === 0 && value.exchange.status === "Ok",
  },
  {
    title: "Look at the book of SOL, with a picture",
    run: (desk) => desk.call("get_depth", { symbol: SYMBOL, limit: 5, chart: true }),
    expects: ({ value, picture }) => value.bids.length === 5 && picture !== undefined,
  },
  {
    title: "What would become of a bid below the market? Nothing is sent",
    run: (desk) => desk.call("preview_order", BID),
    expects: ({ value }) => value.wouldSend && value.largest.quantity !== "0",
  },
  {
    title: "Place it: it rests",
    run: (desk) => desk.call("create_order", BID),
    expects: ({ value }) => value.outcome === "placed" && value.order.status === "New",
  },
  {
    title: "Buy BTC for 100 USDC at market: it fills at once",
    run: (desk) => desk.call("create_order", MARKET),
    expects: ({ value }) => value.outcome === "placed" && value.order.status === "Filled",
  },
  {
    title: "Ask for a price between two ticks: refused, with what would do instead",
    run: (desk) => desk.call("create_order", INVALID),
    expects: ({ isError, value }) => isError && value.suggestions.length === 2,
  },
  {
    title: "Ask for more than the owner allows in one order: refused",
    run: (desk) => desk.call("create_order", TOO_LARGE),
    expects: ({ isError, value }) => isError && value.code === "limit",
  },
  {
    title: "Place two more bids in one request",
    run: (desk) => desk.call("create_orders", { orders: LADDER }),
    expects: ({ value }) => value.results.length === 2,
  },
  {
    title: "Raise the first bid: cancelled, then placed anew",
    run: (desk) => desk.call("replace_order", { symbol: SYMBOL, clientId: 7, price: "131.00" }),
    expects: ({ value }) => value.order.price === "131.00" && value.replaced.status === "Cancelled",
  },
  {
    title: "List what is open: three bids rest",
    run: (desk) => desk.call("list_orders", {}),
    expects: ({ value }) => value.count === 3,
  },
  {
    title: "Cancel one by its client id",
    run: (desk) => desk.call("cancel_order", { symbol: SYMBOL, clientId: 10 }),
    expects: ({ value }) => value.outcome === "cancelled",
  },
  {
    title: "Cancel all that is left",
    run: (desk) => desk.call("cancel_all_orders", { symbol: SYMBOL }),
    expects: ({ value }) => value.count === 2 && value.stillOpen.length === 0,
  },
  {
    title: "What was traded, and what did it cost?",
    run: (desk) => desk.call("list_fills", {}),
    expects: ({ value }) => value.fills.length > 0 && value.summary.fees.length === 1,
  },
  {
    title: "What is held now, and what is it worth?",
    run: (desk) => desk.call("get_balances", {}),
    expects: ({ value }) => value.totalUsd !== undefined && value.unvalued === undefined,
  },
  {
    title: "Read backpack://limits: what the owner allows, and what is left of it",
    run: (desk) => desk.read("backpack://limits"),
    expects: ({ value }) => value.limits.length > 0,
  },
];

/** A server in a child process, and the client that talks to it. */
class DemoDesk {
  readonly client = new Client({ name: "demo", version: "1" });
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(serverArguments: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...serverArguments],
      env: { BACKPACK_MODE: "paper", BACKPACK_LOG: "error" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
  }

  async start(): Promise<void> {
    const transport = new StdioTransport({
      input: this.#child.stdout,
      write: (bytes) => this.#input.write(bytes),
      redact: (text) => text,
    });
    await this.client.connect(transport);
  }

  async call(name: string, args: Record<string, unknown>): Promise<Answer> {
    say(dim(cut(`  ${name} ${JSON.stringify(args)}`)));
    const { isError, content } = await this.client.callTool({ name, arguments: args });
    const parts = content as { text?: string; data?: string }[];
    const texts = parts.map(({ text }) => text).filter((text) => text !== undefined);
    const value = JSON.parse(texts.at(-1) ?? "");
    const line = isError ? value.message : texts[0] ?? "";
    const image = parts.find(({ data }) => data !== undefined)?.data;
    const picture = image === undefined ? {} : { picture: Uint8Array.fromBase64(image).length };
    return { isError: isError === true, line, value, ...picture };
  }

  async read(uri: string): Promise<Answer> {
    say(dim(`  ${uri}`));
    const { contents } = await this.client.readResource({ uri });
    const line = (contents[0] as { text: string }).text;
    return { isError: false, line, value: JSON.parse(line) };
  }

  /** Ends the server as a client does: by closing its input. */
  async stop(): Promise<number> {
    await this.#input.close();
    return (await this.#child.status).code;
  }
}

const usesColour = Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR");

function dim(text: string): string {
  return usesColour ? `\u001b[2m${text}\u001b[22m` : text;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** One line stays one line. */
function cut(text: string): string {
  const width = 112;
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** A refusal has none of the members that a good answer is known by. */
function goesWell(step: Step, answer: Answer): boolean {
  try {
    return step.expects(answer);
  } catch {
    return false;
  }
}

async function play(desk: DemoDesk): Promise<number> {
  let failures = 0;
  for (const [index, step] of STEPS.entries()) {
    say(`${index + 1}. ${step.title}`);
    const answer = await step.run(desk);
    const isGood = goesWell(step, answer);
    if (!isGood) failures++;
    const good = answer.isError ? "refused" : "ok";
    say(cut(`  ${isGood ? good : "WRONG"}: ${answer.line}`));
    if (answer.picture !== undefined) say(`      and a picture: PNG, ${answer.picture} bytes`);
    for (const suggestion of answer.value.suggestions ?? []) {
      say(cut(`      or: ${JSON.stringify(suggestion)}`));
    }
  }
  return failures;
}

async function main(): Promise<number> {
  const desk = new DemoDesk(Deno.args.slice(Deno.args.indexOf("--") + 1));
  await desk.start();
  const { name, version } = desk.client.getServerVersion() ?? { name: "?", version: "?" };
  const { tools } = await desk.client.listTools();
  say(`${name} ${version}, ${tools.length} tools`);
  const failures = await play(desk);
  const code = await desk.stop();
  const ended = code === 0 ? "the server ended with its client" : `the server ended with ${code}`;
  say(
    failures === 0 ? `All ${STEPS.length} steps went as they should; ${ended}.` : "Not all well.",
  );
  return failures === 0 && code === 0 ? 0 : 1;
}

Deno.exit(await main());
