/**
 * What the market tools' tests share: a client in front of scripted public endpoints, no key.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { connect, type Connection, TestClock, type ToolAnswer } from "./_helpers.ts";
import { type Route, type Routes, routes } from "./_routes.ts";

// deno-lint-ignore no-explicit-any
export type Value = any;

/** A client whose exchange is made of these answers. */
export async function open(
  scripted: Record<string, Route>,
): Promise<Connection & { exchange: Routes }> {
  const clock = new TestClock();
  const exchange = routes(scripted, () => clock.now());
  return { ...await connect({ fetch: exchange.fetch, clock, hasKey: false }), exchange };
}

/** One call that must succeed: its line, its value and the queries that reached each route. */
export async function ask(
  scripted: Record<string, Route>,
  name: string,
  args: Record<string, unknown> = {},
): Promise<{ line: string | undefined; value: Value; answer: ToolAnswer; routes: Routes }> {
  await using desk = await open(scripted);
  const answer = await desk.callTool(name, args);
  const { content, structuredContent: value, isError } = answer;
  assertEquals(isError, undefined, content[0]?.text);
  assertEquals(JSON.parse(content[1]?.text ?? ""), value);
  return { line: content[0]?.text, value, answer, routes: desk.exchange };
}

/** The queries that reached a route. */
export function queries({ received }: Routes, route: string): Record<string, string>[] {
  return received.filter((request) => request.route === route).map(({ query }) => query);
}
