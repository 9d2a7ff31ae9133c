/**
 * What the program says about itself to a person at a terminal.
 *
 * @module
 */

/** The answer to `--help`; `commands` is a line for each of them. */
export function helpText(commands: string): string {
  return `backpack-mcp: an order desk on Backpack Exchange for an AI assistant.

Without an argument it serves the Model Context Protocol on stdin and stdout, for an MCP client
that starts it:

  { "mcpServers": { "backpack": { "command": "/absolute/path/to/backpack-mcp",
                                  "env": { "BACKPACK_MODE": "paper" } } } }

What you can type yourself (each has its own --help):

${commands}
  --help       this text
  --version    the version

Settings come from the environment, from .env in the user's configuration directory, and from
.env in the working directory, in this order. BACKPACK_MODE=paper trades in a simulated exchange
and needs no keys. The README names every variable.
`;
}

/** Said on stderr when the program is started by hand and would seem to hang. */
export const GREETING = `backpack-mcp is an MCP server: it waits for an MCP client on stdin.
To use it, tell your client about it: \`backpack-mcp config\` lists the clients, and
\`backpack-mcp config CLIENT --paper\` prints the text for one, with no key and nothing at stake.

--help says more. Ctrl-C ends it.
`;
