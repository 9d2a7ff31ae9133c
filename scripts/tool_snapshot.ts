/**
 * What clients are promised, as `tests/testdata/tools.json` keeps it: every definition with what it
 * costs the model that reads it.
 *
 * @module
 */

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { TOOLS } from "../lib/tools/mod.ts";
import { definitionOf, type ToolDefinition } from "../lib/tools/tool.ts";

/** A definition, and its size. */
export interface MeasuredDefinition extends ToolDefinition {
  /** Tokens of its JSON by `o200k_base`; other models' tokenizers come near it. */
  tokens: number;
}

/** The definition of every tool, in the order in which clients list them. */
export function toolSnapshot(): MeasuredDefinition[] {
  return TOOLS.map((tool) => {
    const { name, ...rest } = definitionOf(tool);
    return { name, tokens: countTokens(JSON.stringify({ name, ...rest })), ...rest };
  });
}

/** Bytes of the answer to tools/list, without what JSON-RPC puts around it. */
export function listBytes(): number {
  return new TextEncoder().encode(JSON.stringify({ tools: TOOLS.map(definitionOf) })).length;
}

/** Such as `24 tools: 3000 tokens in all, 120 at the median; 11000 bytes`. */
export function sizeLine(definitions: readonly MeasuredDefinition[]): string {
  const tokens = definitions.map(({ tokens }) => tokens);
  const total = tokens.reduce((sum, count) => sum + count, 0);
  return `${tokens.length} tools: ${total} tokens in all, ${median(tokens)} at the median; ` +
    `${listBytes()} bytes`;
}

/** The middle one, or the upper of the two in the middle. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
