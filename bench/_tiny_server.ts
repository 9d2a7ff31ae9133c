/**
 * The least that an MCP server can be: the SDK's own server over stdio with one tool that does
 * nothing. What any server of this SDK could reach at most.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/server/mcp"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
// @ts-types="@modelcontextprotocol/sdk/server/stdio"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "tiny", version: "1" });
server.registerTool("nothing", { description: "Does nothing" }, () => ({ content: [] }));
await server.connect(new StdioServerTransport());
