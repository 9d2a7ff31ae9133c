/**
 * Both eras of MCP: the same questions through every client there is.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  CLIENTS,
  connectBare,
  connectClient,
  envelope,
  type EraOptions,
  STATELESS,
  WireError,
} from "./_eras.ts";
import { connect, hang, json, TestClock, until } from "./_helpers.ts";
import {
  MARKET_ROUTES,
  NO_ORDERS,
  type Route,
  type Routes,
  routes,
  takesOrders,
} from "./_routes.ts";

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.00",
  quantity: "2",
};
const YES = { action: "accept", content: { approve: true } };
const NO = { action: "decline" };

function options(scripted: Record<string, Route> = {}): EraOptions & { exchange: Routes } {
  const clock = new TestClock();
  const exchange = routes({
    ...takesOrders(),
    ...NO_ORDERS,
    "GET /api/v1/account": () => json({ autoLend: true }),
    "GET /api/v1/capital": () => json({ USDC: { available: "120.5", locked: "0", staked: "0" } }),
    "GET /api/v1/capital/collateral": () => json({ collateral: [] }),
    ...MARKET_ROUTES,
    ...scripted,
  }, () => clock.now());
  return { fetch: exchange.fetch, clock, exchange };
}

for (const name of CLIENTS) {
  const isStateless = name === "SDK 2 auto" || name === "SDK 2 pinned";

  Deno.test(`${name} speaks ${isStateless ? "2026-07-28" : "the era before"}`, async () => {
    await using desk = await connectClient(name, options());
    assertEquals(desk.client.revision(), isStateless ? STATELESS : "2025-11-25");
  });

  Deno.test(`${name} lists tools, resources and templates, reads and completes`, async () => {
    await using desk = await connectClient(name, options());
    const ask = (method: string, params = {}) =>
      desk.clock.run(desk.client.request(method, params));
    const { tools } = await ask("tools/list");
    assert(tools.some((tool: { name: string }) => tool.name === "create_order"));
    const { resources } = await ask("resources/list");
    const uris = resources.map(({ uri }: { uri: string }) => uri);
    assert(uris.includes("backpack://balance/USDC"));
    const { resourceTemplates } = await ask("resources/templates/list");
    assertEquals(resourceTemplates[0].uriTemplate, "backpack://balance/{asset}");
    const { contents } = await ask("resources/read", { uri: "backpack://balance/USDC" });
    assertEquals(JSON.parse(contents[0].text).total, "120.5");
    const ref = { type: "ref/resource", uri: "backpack://balance/{asset}" };
    const argument = { name: "asset", value: "u" };
    const { completion } = await ask("completion/complete", { ref, argument });
    assertEquals(completion.values, ["USDC"]);
  });

  Deno.test(`${name} is answered by tools, also when they refuse`, async () => {
    await using desk = await connectClient(name, options());
    const { structuredContent } = await desk.callTool("create_order", ORDER);
    assertEquals(structuredContent.outcome, "placed");
    const error = await desk.callFailing("create_order", { ...ORDER, price: "140.001" });
    assertEquals(error.code, "invalid_input");
    assertEquals((await desk.callFailing("list_orders", { nonsense: 1 })).code, "invalid_input");
  });

  Deno.test(`${name} gets protocol errors for what is no call`, async () => {
    await using desk = await connectClient(name, options());
    const code = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
      const error = await assertRejects(() => desk.client.request(method, params));
      return (error as { code?: unknown }).code;
    };
    assertEquals(await code("tools/call", { name: "nope", arguments: {} }), -32602);
    assertEquals(await code("tools/call", { name: "list_orders", arguments: [] }), -32602);
    // SDK 2 turns the older code into the newer one by itself.
    const missing = name === "SDK 1" ? -32002 : -32602;
    assertEquals(await code("resources/read", { uri: "backpack://nothing" }), missing);
  });

  Deno.test(`${name} asks its person for a yes`, async () => {
    for (const [reply, outcome] of [[YES, "placed"], [NO, "not_placed"]] as const) {
      const forms: Record<string, unknown>[] = [];
      const onForm = (params: Record<string, unknown>): Promise<unknown> => {
        forms.push(params);
        return Promise.resolve(reply);
      };
      const { exchange, ...rest } = options();
      await using desk = await connectClient(name, {
        ...rest,
        onForm,
        limits: { confirmAbove: "250" },
      });
      const { structuredContent, content } = await desk.callTool("create_order", ORDER);
      const answer = structuredContent ?? JSON.parse(content[0]!.text);
      assertEquals(answer.outcome, outcome, content[0]?.text);
      assertEquals(exchange.effects().length, outcome === "placed" ? 1 : 0);
      assertEquals(forms.length, 1);
      assertMatch(String(forms[0]?.message), /^LIVE BUY 2 SOL_USDC at a limit of 140.00/);
    }
  });

  Deno.test(`${name} can call a call off`, async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const { fetch, ...rest } = options({ "GET /api/v1/orders": hang });
    await using desk = await connectClient(name, {
      ...rest,
      fetch: (url, init) => {
        if (url.includes("/orders")) signals.push(init.signal);
        return fetch(url, init);
      },
    });
    const controller = new AbortController();
    const call = desk.client.request(
      "tools/call",
      { name: "list_orders", arguments: {} },
      controller.signal,
    );
    call.catch(() => {});
    await until(() => signals.length > 0);
    controller.abort("enough");
    await assertRejects(() => call);
    await desk.server.settle(1000, 1000);
    assert(signals.every((signal) => signal?.aborted));
  });
}

const SERVER = {
  "io.modelcontextprotocol/serverInfo": {
    name: "backpack-mcp",
    title: "Backpack Exchange",
    version: "0.0.0",
  },
};

Deno.test("the newest revision is discovered with what the handshake tells before", async () => {
  await using desk = await connectBare(options());
  const { instructions, ...rest } = await desk.bare.request("server/discover");
  assertMatch(instructions, /LIVE/);
  assertEquals(rest, {
    resultType: "complete",
    ttlMs: 0,
    cacheScope: "private",
    supportedVersions: [STATELESS],
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
    _meta: SERVER,
  });
});

Deno.test("each result says what it is, and lists and contents how long they hold", async () => {
  await using desk = await connectBare(options());
  const ref = { type: "ref/resource", uri: "backpack://balance/{asset}" };
  const uri = "backpack://balance/USDC";
  const rows: [string, Record<string, unknown>, number | undefined][] = [
    ["tools/list", {}, 300_000],
    ["resources/list", {}, 0],
    ["resources/templates/list", {}, 300_000],
    ["resources/read", { uri }, 0],
    ["tools/call", { name: "list_orders" }, undefined],
    ["tools/call", { name: "list_orders", arguments: { nonsense: 1 } }, undefined],
    ["completion/complete", { ref, argument: { name: "asset", value: "" } }, undefined],
  ];
  for (const [method, params, ttlMs] of rows) {
    const result = await desk.clock.run(desk.bare.request(method, params));
    const scope = ttlMs === undefined ? undefined : "private";
    assertEquals([result.resultType, result.ttlMs, result.cacheScope], ["complete", ttlMs, scope]);
    const { desk: state, ...meta } = result._meta;
    assertEquals([meta, state], [
      SERVER,
      method === "resources/read" ? { mode: "live" } : undefined,
    ]);
  }
});

Deno.test("results of the older era stay as they were", async () => {
  await using desk = await connect(options());
  const result = await desk.callTool("list_orders");
  assertEquals(Object.keys(result).sort(), ["content", "structuredContent"]);
  assertEquals(Object.keys(await desk.client.listTools()), ["tools"]);
  assertEquals(await desk.client.ping(), {});
});

const META = "io.modelcontextprotocol/";
const WRONG: [string, Record<string, unknown>, number, unknown][] = [
  ["a revision before", { [`${META}protocolVersion`]: "2025-11-25" }, -32022, {
    supported: [STATELESS],
    requested: "2025-11-25",
  }],
  ["a revision to come", { [`${META}protocolVersion`]: "2027-01-01" }, -32022, {
    supported: [STATELESS],
    requested: "2027-01-01",
  }],
  ["a revision that is no text", { [`${META}protocolVersion`]: 1 }, -32602, undefined],
  ["no revision at all", { [`${META}protocolVersion`]: null }, -32602, undefined],
  ["no capabilities", { [`${META}clientCapabilities`]: undefined }, -32602, undefined],
  ["capabilities of another kind", { [`${META}clientCapabilities`]: [] }, -32602, undefined],
];

for (const [name, meta, code, data] of WRONG) {
  Deno.test(`${name} in a request is refused, and nothing is done`, async () => {
    const { exchange, ...rest } = options();
    await using desk = await connectBare(rest);
    for (const method of ["tools/call", "server/discover", "subscriptions/listen"]) {
      const params = { name: "create_order", arguments: ORDER, _meta: { ...envelope(), ...meta } };
      const error = await assertRejects(() => desk.bare.request(method, params), WireError);
      assertEquals([error.code, error.data], [code, data]);
    }
    assertEquals(exchange.received, []);
  });
}

Deno.test("methods that are unknown or gone are not found", async () => {
  await using desk = await connectBare(options());
  for (const method of ["nope", "ping", "logging/setLevel", "resources/subscribe", "toString"]) {
    const error = await assertRejects(() => desk.bare.request(method), WireError);
    assertEquals(error.code, -32601, method);
  }
  for (const method of ["server/discover", "subscriptions/listen"]) {
    const error = await assertRejects(() => desk.bare.request(method, { _meta: {} }), WireError);
    assertEquals(error.code, -32601, method);
  }
});

Deno.test("a resource that is not there is an invalid parameter, and says which", async () => {
  await using desk = await connectBare(options());
  const uri = "backpack://nothing";
  const error = await assertRejects(() => desk.bare.request("resources/read", { uri }), WireError);
  assertEquals([error.code, (error.data as { uri: string }).uri], [-32602, uri]);
});

Deno.test("a client that listens is told that there is nothing to listen for", async () => {
  await using desk = await connectClient("SDK 2 pinned", options());
  const notifications = { toolsListChanged: true };
  const { honored, closed } = await desk.client.request("subscriptions/listen", { notifications });
  assertEquals([honored, closed], [{}, "graceful"]);
});

Deno.test("a subscription is acknowledged with nothing in it, and ends", async () => {
  await using desk = await connectBare(options());
  const notifications = { toolsListChanged: true, resourceSubscriptions: ["backpack://account"] };
  const result = await desk.bare.request("subscriptions/listen", { notifications });
  const _meta = { "io.modelcontextprotocol/subscriptionId": 1 };
  assertEquals(result, { resultType: "complete", _meta: { ..._meta, ...SERVER } });
  assertEquals(desk.bare.notifications, [{
    jsonrpc: "2.0",
    method: "notifications/subscriptions/acknowledged",
    params: { notifications: {}, _meta },
  }]);
  const error = await assertRejects(() => desk.bare.request("subscriptions/listen"), WireError);
  assertEquals(error.code, -32602);
});

Deno.test("one connection may speak both eras, request by request", async () => {
  const { exchange: _, ...rest } = options();
  await using desk = await connectBare({ ...rest, limits: { confirmAbove: "0" } });
  const call = (_meta: Record<string, unknown>): Promise<Record<string, unknown>> =>
    desk.clock.run(
      desk.bare.request("tools/call", { name: "create_order", arguments: ORDER, _meta }),
    );
  assertEquals((await call(envelope({ elicitation: {} }))).resultType, "input_required");
  const before = await call({});
  assertEquals([before.resultType, before.isError], [undefined, true]);
});

Deno.test("a call has given up within 50 seconds in both eras", async () => {
  for (const connectIn of [connect, connectBare]) {
    const { exchange: _, ...rest } = options({ "GET /api/v1/orders": hang });
    await using desk = await connectIn(rest);
    const error = await desk.callFailing("list_orders");
    assertEquals(error.code, "unavailable");
    assert(desk.clock.monotonic() <= 50_000);
  }
});
