/**
 * BACKPACK_TOOLS: what a client sees of the groups that the owner left in, and of those left out.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
// @ts-types="@modelcontextprotocol/sdk/types"
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { TOOL_GROUPS, type ToolGroup } from "../lib/settings.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { open as openConfig, problems, read } from "./_config.ts";
import { connect, type Connection, json, TestClock } from "./_helpers.ts";
import { routes } from "./_routes.ts";

const OF: Readonly<Record<ToolGroup, { tools: string[]; resources: string[]; template?: string }>> =
  {
    market: {
      tools: [
        ...["list_markets", "get_ticker", "get_mark_price", "get_depth", "list_trades"],
        "get_klines",
      ],
      resources: ["markets"],
      template: "backpack://market/{symbol}",
    },
    account: {
      tools: [
        ...["list_funding_payments", "list_deposits", "list_withdrawals", "get_balances"],
        ...["list_positions", "get_account"],
      ],
      resources: ["account", "positions", "balance/SOL"],
      template: "backpack://balance/{asset}",
    },
    orders: {
      tools: [
        ...["list_orders", "create_order", "get_order_outcome", "cancel_order"],
        ...["cancel_all_orders", "create_orders", "replace_order", "preview_order", "get_limits"],
        ...["get_order", "list_order_history", "list_fills"],
      ],
      resources: ["orders", "limits", "journal"],
    },
  };

async function open(groups: readonly ToolGroup[], readOnly = false): Promise<Connection> {
  const clock = new TestClock();
  const { fetch } = routes({
    "GET /api/v1/capital": () => json({ SOL: { available: "1", locked: "0", staked: "0" } }),
    "GET /api/v1/capital/collateral": () => json({ collateral: [] }),
  }, () => clock.now());
  return await connect({ fetch, clock, groups, limits: { readOnly } });
}

async function seen(
  desk: Connection,
): Promise<Record<"tools" | "resources" | "templates", string[]>> {
  const { tools } = await desk.client.listTools();
  const { resources } = await desk.client.listResources();
  const { resourceTemplates } = await desk.client.listResourceTemplates();
  return {
    tools: tools.map(({ name }) => name),
    resources: resources.map(({ uri }) => uri.slice("backpack://".length)),
    templates: resourceTemplates.map(({ uriTemplate }) => uriTemplate),
  };
}

for (const group of TOOL_GROUPS) {
  Deno.test(`with ${group} alone there are its tools and resources, and get_status`, async () => {
    await using desk = await open([group]);
    const { tools, resources, template } = OF[group];
    assertEquals(await seen(desk), {
      tools: ["get_status", ...tools],
      resources,
      templates: template === undefined ? [] : [template],
    });
  });

  Deno.test(`without ${group} its tools and resources are unknown ones`, async () => {
    await using desk = await open(TOOL_GROUPS.filter((other) => other !== group));
    const { tools, resources, template } = OF[group];
    for (const name of tools) {
      const call = desk.client.callTool({ name, arguments: {} });
      const error = await assertRejects(() => call, McpError);
      assertEquals(error.code, -32602, name);
      assert(!error.message.includes(name), error.message);
    }
    for (const name of resources) {
      const uri = `backpack://${name}`;
      const error = await assertRejects(() => desk.client.readResource({ uri }), McpError);
      assertEquals(error.code, -32002, uri);
      assert(!(error.data as { hint: string }).hint.includes(`${uri},`), error.message);
    }
    if (template === undefined) return;
    const ref = { type: "ref/resource" as const, uri: template };
    const argument = { name: "symbol", value: "" };
    const error = await assertRejects(() => desk.client.complete({ ref, argument }), McpError);
    assertEquals(error.code, -32602);
  });
}

Deno.test("every tool is in a group, and get_status in all", () => {
  const grouped = TOOL_GROUPS.map((group) =>
    TOOLS.filter((tool) => tool.group === group).map(({ name }) => name)
  );
  assertEquals(grouped, TOOL_GROUPS.map((group) => OF[group].tools));
  const always = TOOLS.filter(({ group }) => group === "desk").map(({ name }) => name);
  assertEquals(always, ["get_status"]);
  const acting = TOOLS.filter(({ effect }) => effect !== "none").map(({ group }) => group);
  assertEquals(new Set(acting), new Set(["orders"]));
});

Deno.test("the instructions speak of placing orders only where a tool can", async () => {
  const rows: [readonly ToolGroup[], boolean, boolean][] = [
    [["orders"], false, true],
    [["orders"], true, false],
    [["market", "account"], false, false],
  ];
  for (const [groups, readOnly, acts] of rows) {
    await using desk = await open(groups, readOnly);
    const text = desk.client.getInstructions() ?? "";
    assertEquals(text.includes("spend real money"), acts, groups.join());
    assertEquals(text.includes("this desk only looks"), !acts, groups.join());
    assertEquals(text.includes("ask get_order_outcome"), acts, groups.join());
  }
});

Deno.test("a read-only desk leaves out of a group what acts", async () => {
  await using desk = await open(["orders"], true);
  assertEquals((await seen(desk)).tools, [
    ...["get_status", "list_orders", "get_order_outcome", "preview_order", "get_limits"],
    ...["get_order", "list_order_history", "list_fills"],
  ]);
});

Deno.test("BACKPACK_TOOLS is read, and an unknown group names the nearest", async () => {
  const env = { BACKPACK_TOOLS: "orders, market" };
  assertEquals((await openConfig({ env })).tools, ["market", "orders"]);
  const [problem = ""] = await problems({ env: { BACKPACK_TOOLS: "market,oders" } });
  assertEquals(
    problem,
    "BACKPACK_TOOLS: wanted one or more of market, account and orders, with commas between; " +
      "did you mean orders? (the environment)",
  );
  const [far = ""] = await problems({ env: { BACKPACK_TOOLS: "everything" } });
  assertMatch(far, /wanted one or more of market, account and orders, with commas between \(/);
});

Deno.test("a folder's .env may leave groups out where nobody else has said anything", async () => {
  const working = "BACKPACK_TOOLS=market";
  assertEquals((await openConfig({ working })).tools, ["market"]);
  const given = { user: "BACKPACK_TOOLS=account", working };
  assertEquals((await openConfig(given)).tools, ["account"]);
  assert((await read({ working: "BACKPACK_TOOLS=none" })).ok === false);
});
