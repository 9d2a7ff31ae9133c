/**
 * The terminal that a person's commands read from and write to.
 *
 * @module
 */

import type { Terminal } from "../cli/world.ts";
import type { Redact } from "../secret.ts";
import { writeAll, writeError } from "./edges.ts";

/** The terminal of this process; what it shows is redacted. */
export function terminalOf(redact: Redact): Terminal {
  return {
    hasKeyboard: Deno.stdin.isTerminal(),
    showsAnswers: Deno.stdout.isTerminal(),
    showsNotes: Deno.stderr.isTerminal(),
    hasColours: Deno.stdout.isTerminal() && !Deno.noColor,
    print: (text) => writeAll(Deno.stdout, redact(text)),
    say: (text) => writeError(redact(text)),
    ask: (question) => {
      writeError(redact(question));
      return readLine();
    },
  };
}

function readLine(): string | undefined {
  const bytes: number[] = [];
  const next = new Uint8Array(1);
  while (Deno.stdin.readSync(next) === 1) {
    if (next[0] === 10) return new TextDecoder().decode(new Uint8Array(bytes));
    bytes.push(next[0] ?? 0);
  }
  return undefined;
}
