import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
// @ts-types="@modelcontextprotocol/sdk/types"
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { toolErrorOf } from "../lib/error_answers.ts";
import { DeskError } from "../lib/errors.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { connect, hang, json, TestClock, until } from "./_helpers.ts";
import { routes } from "./_routes.ts";

const PROBLEMS = ["BACKPACK_MODE: wanted live or paper"];

Deno.test("the server tells its mode in name, instructions and every answer", async () => {
  for (const mode of ["live", "paper"] as const) {
    const clock = new TestClock();
    const exchange = routes({ "GET /api/v1/orders": () => json([]) }, () => clock.now());
    await using desk = await connect({ fetch: exchange.fetch, clock, mode });
    assertEquals(
      desk.client.getServerVersion()?.name,
      mode === "paper" ? "backpack-mcp (paper)" : "backpack-mcp",
    );
    assertMatch(desk.client.getInstructions() ?? "", mode === "paper" ? /PAPER/ : /LIVE/);
    const answer = await desk.callTool("list_orders");
    assertEquals(answer.structuredContent.desk, { mode });
  }
});

Deno.test("the instructions say what to do on an unknown outcome", async () => {
  await using desk = await connect({ fetch: () => json([]) });
  const text = desk.client.getInstructions() ?? "";
  assertMatch(text, /text, sent exactly as given/);
  assertMatch(text, /desk\.halted means .*desk\.unresolved names/);
  assertMatch(text, /"unknown".*Never send it again.*get_order_outcome/s);
  assert(text.length < 1500);
});

Deno.test("a closed desk answers everything with its problems and sends nothing", async () => {
  await using desk = await connect({
    fetch: () => {
      throw new Error("sent");
    },
    closed: { problems: PROBLEMS },
  });
  assertMatch(desk.client.getInstructions() ?? "", /CLOSED.*BACKPACK_MODE: wanted/s);
  const { tools } = await desk.client.listTools();
  assertEquals(tools.length, TOOLS.length);
  for (const { name } of tools) {
    const error = await desk.callFailing(name, { anything: 1 });
    assertEquals([error.code, error.problems], ["config", PROBLEMS]);
    assertMatch(error.hint, /backpack-mcp doctor/);
  }
  for (const uri of ["backpack://account", "backpack://balance/USDC", "backpack://nothing"]) {
    const error = await assertRejects(() => desk.client.readResource({ uri }), McpError);
    assertMatch(error.message, /BACKPACK_MODE: wanted/);
    assertEquals((error.data as { code: string }).code, "config");
  }
  await desk.client.listResources();
  await desk.client.listResourceTemplates();
});

Deno.test("an unknown tool and malformed calls are protocol errors", async () => {
  await using desk = await connect({ fetch: () => json([]) });
  const unknown = await assertRejects(() => desk.client.callTool({ name: "nope" }), McpError);
  assertEquals(unknown.code, -32602);
  const malformed = await assertRejects(
    () => desk.client.callTool({ name: "list_orders", arguments: [] as never }),
    McpError,
  );
  assertEquals(malformed.code, -32602);
});

Deno.test("an unexpected fault reaches the log and never the model", async () => {
  const clock = new TestClock();
  const exchange = routes({}, () => clock.now());
  await using desk = await connect({ fetch: exchange.fetch, clock });
  const original = Object.entries;
  Object.entries = () => {
    throw new Error("secret detail");
  };
  try {
    const error = await desk.callFailing("cancel_order", { symbol: "SOL_USDC", orderId: "1" });
    assertEquals([error.code, error.outcome], ["internal", "unknown"]);
    assert(!JSON.stringify(error).includes("secret detail"));
    assert(desk.log.events.includes("internal"));
  } finally {
    Object.entries = original;
  }
});

Deno.test("nor does one of a request that is no call of a tool", async () => {
  const clock = new TestClock();
  await using desk = await connect({ fetch: () => json([]), clock });
  clock.now = () => {
    throw new Error("secret detail");
  };
  const asked = { name: "end_of_day", arguments: {} };
  const error = await assertRejects(() => desk.client.getPrompt(asked), McpError);
  assertEquals(error.code, -32603);
  assertMatch(error.message, /The desk failed; its log on stderr says how/);
  assert(!error.message.includes("secret detail"));
  assert(desk.log.events.includes("internal"));
});

Deno.test("no detail takes the place of what an error is", () => {
  const tool = TOOLS.find(({ name }) => name === "create_order");
  assert(tool !== undefined);
  const is = { code: "rejected", message: "No", hint: "Look", outcome: "not_placed" } as const;
  const { code, message, ...more } = is;
  const details = { code: "ok", message: "Yes", hint: "Send it again", outcome: "placed", a: 1 };
  const error = new DeskError(code, message, { ...more, details });
  const { content: [first] } = toolErrorOf(tool, error, { mode: "live" });
  assert(first?.type === "text");
  assertEquals(JSON.parse(first.text), { ...is, a: 1, desk: { mode: "live" } });
});

Deno.test("a call that was cancelled aborts its read", async () => {
  const clock = new TestClock();
  const signals: (AbortSignal | null | undefined)[] = [];
  const exchange = routes({ "GET /api/v1/orders": hang }, () => clock.now());
  await using desk = await connect({
    clock,
    fetch: (url, init) => {
      if (url.includes("/orders")) signals.push(init.signal);
      return exchange.fetch(url, init);
    },
  });
  const controller = new AbortController();
  const call = desk.client.callTool({ name: "list_orders" }, undefined, {
    signal: controller.signal,
  });
  call.catch(() => {});
  await until(() => signals.length >= 2);
  controller.abort("enough");
  await assertRejects(() => call);
  await desk.server.settle(1000, 1000);
  assertEquals(signals.map((signal) => signal?.aborted), [true, true]);
});

Deno.test("settle() waits for effects, and for reads only a moment", async () => {
  const clock = new TestClock();
  const exchange = routes({
    "GET /api/v1/orders": hang,
    "POST /api/v1/order": hang,
  }, () => clock.now());
  await using desk = await connect({ fetch: exchange.fetch, clock });
  const order = {
    symbol: "SOL_USDC",
    side: "Bid",
    orderType: "Limit",
    price: "140.10",
    quantity: "1.5",
  };
  desk.client.callTool({ name: "list_orders" }).catch(() => {});
  await until(() => exchange.received.length >= 3);
  await clock.run(desk.server.settle(50, 5000));
  assertEquals(clock.monotonic(), 50);
  desk.client.callTool({ name: "create_order", arguments: order }).catch(() => {});
  await until(() => exchange.effects().length >= 1);
  await clock.run(desk.server.settle(50, 5000));
  assertEquals(clock.monotonic(), 5100);
});
