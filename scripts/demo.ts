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
}

/** One thing that is done, and what must come of it. */
interface Step {
  title: string;
  run(desk: DemoDesk): Promise<Answer>;
  /** What a good answer is. */
  expects(answer: Answer): boolean;
}

const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1.5",
  clientId: 7,
};
const SECOND = { ...LIMIT, price: "129.00", clientId: 8 };
const MARKET = { symbol: "BTC_USDC", side: "Bid", orderType: "Market", quoteQuantity: "100" };
const INVALID = { ...LIMIT, symbol: "BTC_USDC", price: "55000.05", quantity: "0.001", clientId: 9 };

const STEPS: readonly Step[] = [
  {
    title: "List the open orders",
    run: (desk) => desk.call("list_orders", { marketType: "ALL" }),
    expects: ({ value }) => value.count === 0,
  },
  {
    title: "Buy 1.5 SOL with a limit order below the market: it rests",
    run: (desk) => desk.call("create_order", LIMIT),
    expects: ({ value }) => value.outcome === "placed" && value.order.status === "New",
  },
  {
    title: "Buy BTC for 100 USDC at market: it fills at once",
    run: (desk) => desk.call("create_order", MARKET),
    expects: ({ value }) => value.outcome === "placed" && value.order.status === "Filled",
  },
  {
    title: "Ask for a price between two ticks: refused, and nothing is sent",
    run: (desk) => desk.call("create_order", INVALID),
    expects: ({ isError, value }) => isError && value.outcome === "not_placed",
  },
  {
    title: "Place a second limit order",
    run: (desk) => desk.call("create_order", SECOND),
    expects: ({ value }) => value.outcome === "placed",
  },
  {
    title: "List the open orders again: both limit orders rest",
    run: (desk) => desk.call("list_orders", {}),
    expects: ({ value }) => value.count === 2,
  },
  {
    title: "Cancel the first by its client id",
    run: (desk) => desk.call("cancel_order", { symbol: "SOL_USDC", clientId: 7 }),
    expects: ({ value }) => value.outcome === "cancelled",
  },
  {
    title: "Cancel all that is left on SOL_USDC",
    run: (desk) => desk.call("cancel_all_orders", { symbol: "SOL_USDC" }),
    expects: ({ value }) => value.count === 1 && value.stillOpen.length === 0,
  },
  {
    title: "Read backpack://account",
    run: (desk) => desk.read("backpack://account"),
    expects: ({ value }) => value.limitOrders === 0,
  },
  {
    title: "Read backpack://balance/USDC: the market order has been paid",
    run: (desk) => desk.read("backpack://balance/USDC"),
    expects: ({ value }) => value.locked === "0" && !value.total.startsWith("10000"),
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
    say(dim(`  ${name} ${JSON.stringify(args)}`));
    const { isError, content } = await this.client.callTool({ name, arguments: args });
    const texts = (content as { text: string }[]).map(({ text }) => text);
    const value = JSON.parse(texts.at(-1) ?? "");
    return { isError: isError === true, line: isError ? value.message : texts[0] ?? "", value };
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

function wrapped(text: string): string {
  const width = 96;
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

async function play(desk: DemoDesk): Promise<number> {
  let failures = 0;
  for (const [index, step] of STEPS.entries()) {
    say(`${index + 1}. ${step.title}`);
    const answer = await step.run(desk);
    const isGood = step.expects(answer);
    if (!isGood) failures++;
    say(`  ${isGood ? "ok" : "WRONG"}: ${wrapped(answer.line)}`);
    for (const suggestion of answer.value.suggestions ?? []) {
      say(`      or: ${wrapped(JSON.stringify(suggestion))}`);
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
