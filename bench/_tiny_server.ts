/**
 * The least that an MCP server can be: the SDK's own server over stdio with one tool that does
 * nothing, or fetches the address that is given. What any server of this SDK could reach at most.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/server/mcp"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
// @ts-types="@modelcontextprotocol/sdk/server/stdio"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "tiny", version: "1" });
const [url] = Deno.args;
server.registerTool("nothing", { description: "Does nothing" }, async () => {
  if (url !== undefined) await (await fetch(url)).text();
  return { content: [] };
});
await server.connect(new StdioServerTransport());
