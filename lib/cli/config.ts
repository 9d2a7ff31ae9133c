/**
 * `config`: the exact text that tells an MCP client about this server.
 *
 * @module
 */

import { nearest } from "../nearest.ts";
import { quoted } from "../quote.ts";
import { CLIENTS } from "./clients.ts";
import { type Command, type ExitCode, type Given, Refusal } from "./command.ts";
import { table } from "./table.ts";
import type { World } from "./world.ts";

const NAMES = CLIENTS.map(({ name }) => name);

/** The command. */
export const config: Command = {
  name: "config",
  operands: ["[CLIENT]"],
  summary: "Prints what a client's settings need to start this server; never a key",
  details: `Clients: ${NAMES.join(", ")}.\n` +
    "The text goes to stdout, where to put it to stderr. Where a file has entries already, add\n" +
    "this one to them.",
  example: "backpack-mcp config claude-desktop --paper",
  options: [
    { name: "list", meaning: "the clients, and where each keeps its settings here" },
    { name: "paper", meaning: "for paper trading: BACKPACK_MODE=paper, and no key" },
  ],
  run,
};

function run(given: Given, { machine, terminal }: World): ExitCode {
  const { program, os } = machine;
  const [name] = given.operands;
  if (given.switches.has("list") || name === undefined) {
    const rows = CLIENTS.map((client) => [client.name, client.title, client.place(os)]);
    terminal.print(table(["client", "", "where"].map((heading) => ({ heading })), rows));
    return 0;
  }
  const client = CLIENTS.find((client) => client.name === name);
  if (client === undefined) throw new Refusal(2, unknownClient(name));
  const isPaper = given.switches.has("paper");
  const env: Record<string, string> = isPaper ? { BACKPACK_MODE: "paper" } : {};
  terminal.print(client.text({ program, env, os }));
  terminal.say(`${client.title}: ${client.place(os, isPaper)}\n`);
  return 0;
}

function unknownClient(name: string): string {
  const [closest] = nearest(name, NAMES, 1);
  const meant = closest === undefined ? "." : `, did you mean ${closest}?`;
  return `there is no client ${quoted(name)}${meant} There are: ${NAMES.join(", ")}`;
}
