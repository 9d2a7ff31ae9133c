/**
 * `keygen`: a new key pair, made on this machine, as the text of an `.env`.
 *
 * @module
 */

import { generateKeyPair } from "../key_pair.ts";
import { PRIVATE_KEY, PUBLIC_KEY } from "../settings.ts";
import { type Command, type ExitCode, type Given, Refusal } from "./command.ts";
import type { World } from "./world.ts";

/** The command. */
export const keygen: Command = {
  name: "keygen",
  summary: "Makes a new API key pair and writes it as the text of an .env",
  details:
    "The secret goes to stdout, meant for a file that only you can read; the public key goes\n" +
    "to stderr, to be pasted into Backpack. The secret never leaves this machine.",
  example: "(umask 077; set -C; backpack-mcp keygen > ~/.config/backpack-mcp/.env)",
  options: [{ name: "show", meaning: "write the secret even to a terminal" }],
  run,
};

async function run(given: Given, { terminal, sources }: World): Promise<ExitCode> {
  if (terminal.showsAnswers && !given.switches.has("show")) {
    throw new Refusal(
      2,
      "this would show the secret on the screen: send it to a file, as the " +
        "example does, or add --show",
    );
  }
  const { privateKey, publicKey } = await generateKeyPair();
  terminal.print(
    "# The API key of backpack-mcp. Whoever can read this file can trade with it.\n" +
      `${PRIVATE_KEY.names[0]}=${privateKey.reveal()}\n${PUBLIC_KEY.names[0]}=${publicKey}\n`,
  );
  terminal.say(
    `The public key: ${publicKey}\n\n` +
      "1. On Backpack: Settings, API keys, New API key; choose the sub-account that holds only\n" +
      "   what the desk may spend, and paste the public key.\n" +
      `2. Keep what was written in ${sources.userFilePath}\n` +
      "   for you alone (chmod 600).\n" +
      "3. backpack-mcp doctor, then backpack-mcp config --list\n",
  );
  return 0;
}
