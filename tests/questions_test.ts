/**
 * What traders ask, and the calls that answer it. Every call is held against the schema that clients
 * see and against the parser, and is made: on the simulated exchange, by a real client, within the
 * limits that an owner has who sets none.
 *
 * `situation` is what was done before each question; `shows` stands in the last answer.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as z from "zod";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { parseArguments } from "../lib/tools/arguments.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { createOrder } from "../lib/tools/orders.ts";
import { definitionOf, type Tool } from "../lib/tools/tool.ts";
import { DEFAULT_LIMITS } from "./_config.ts";
import { API_KEY, connect, type Connection, TestClock, type ToolAnswer } from "./_helpers.ts";
import table from "./testdata/questions.json" with { type: "json" };

interface ToolCall {
  tool: string;
  arguments: Record<string, unknown>;
}

/** Between the situation and the question. */
const SINCE_MS = 300_000;

const SITUATION = table.situation as ToolCall[];
const QUESTIONS = table.questions as { question: string; calls: ToolCall[]; shows: string }[];

function toolOf({ tool }: ToolCall): Tool {
  const found = TOOLS.find(({ name }) => name === tool);
  assert(found !== undefined, `there is no tool ${tool}`);
  return found;
}

function acts(call: ToolCall): boolean {
  return toolOf(call).effect !== "none";
}

/** What `create_orders` takes one by one is checked as `create_order` checks it. */
function ordersIn({ arguments: { orders } }: ToolCall): unknown[] {
  return Array.isArray(orders) ? orders : [];
}

Deno.test("each question is its own, and none leaves a tool without use", () => {
  assertEquals(new Set(QUESTIONS.map(({ question }) => question)).size, QUESTIONS.length);
  const used = new Set(QUESTIONS.flatMap(({ calls }) => calls.map(({ tool }) => tool)));
  assertEquals(TOOLS.map(({ name }) => name).filter((name) => !used.has(name)), []);
});

Deno.test("every call's arguments are what the published schema and the parser take", () => {
  for (const call of [...SITUATION, ...QUESTIONS.flatMap(({ calls }) => calls)]) {
    const tool = toolOf(call);
    const published = z.fromJSONSchema(
      definitionOf(tool).inputSchema as z.core.JSONSchema.JSONSchema,
    );
    assertEquals(published.safeParse(call.arguments).error, undefined, JSON.stringify(call));
    parseArguments(tool.name === "preview_order" ? createOrder : tool, call.arguments);
    for (const order of ordersIn(call)) parseArguments(createOrder, order);
  }
});

Deno.test("an answer looks before it acts, and previews the very order that it places", () => {
  for (const { question, calls } of QUESTIONS) {
    const first = calls.findIndex(acts);
    assert(first !== 0, question);
    for (const [at, call] of calls.entries()) {
      if (call.tool !== "create_order") continue;
      assertEquals(calls[at - 1], { ...call, tool: "preview_order" }, question);
    }
  }
});

for (const { question, calls, shows } of QUESTIONS) {
  Deno.test(`"${question}" is answered by ${calls.map(({ tool }) => tool).join(", ")}`, async () => {
    await using desk = await openDesk();
    for (const call of SITUATION) await succeed(desk, call);
    desk.clock.advance(SINCE_MS);
    let known = question;
    let last: ToolAnswer | undefined;
    for (const call of calls) {
      const id = call.arguments.clientId;
      if (id !== undefined) assert(names(known, Number(id)), `nothing said ${id} before`);
      last = await succeed(desk, call);
      known += textOf(last);
    }
    assertStringIncludes(textOf(last), shows);
    const drawn = calls.some(({ arguments: { chart } }) => chart === true);
    assertEquals(last?.content.some(({ type }) => type === "image"), drawn);
  });
}

async function openDesk(): Promise<Connection> {
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  const fetch = (url: string, init: RequestInit): Promise<Response> => exchange.fetch(url, init);
  return await connect({ fetch, clock, mode: "paper", limits: DEFAULT_LIMITS });
}

async function succeed(desk: Connection, call: ToolCall): Promise<ToolAnswer> {
  const answer = await desk.callTool(call.tool, call.arguments);
  assertEquals(answer.isError, undefined, `${JSON.stringify(call)}: ${textOf(answer)}`);
  return answer;
}

function textOf(answer: ToolAnswer | undefined): string {
  return answer?.content.map(({ text = "" }) => text).join("\n") ?? "";
}

/** Whether the text has just this number somewhere. */
function names(text: string, id: number): boolean {
  return new RegExp(`(?<!\\d)${id}(?!\\d)`).test(text);
}
