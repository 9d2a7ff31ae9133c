/**
 * The prompts there are, and those of them that a desk with these tools can offer.
 *
 * @module
 */

import type * as z from "zod";
import { DeskError } from "../errors.ts";
import { isObject } from "../rpc.ts";
import { parseObject } from "../tools/arguments.ts";
import type { Tool } from "../tools/tool.ts";
import { endOfDay } from "./end_of_day.ts";
import { planOrder } from "./plan_order.ts";
import { type Prompt, type PromptDefinition, promptDefinition } from "./prompt.ts";
import { reviewOpenOrders } from "./review_open_orders.ts";

/** All prompts, in the order in which clients list them. */
export const PROMPTS: readonly Prompt[] = [reviewOpenOrders, planOrder, endOfDay];

/** What `prompts/get` answers. */
export interface PromptResult {
  description: string;
  messages: { role: "user"; content: { type: "text"; text: string } }[];
}

/** The prompts whose tools are all there. */
export function promptsWith(tools: readonly Pick<Tool, "name">[]): Prompt[] {
  const names = new Set(tools.map(({ name }) => name));
  return PROMPTS.filter(({ uses }) => uses.every(({ name }) => names.has(name)));
}

/** The prompts as `prompts/list` shows them. */
export function listPrompts(prompts: readonly Prompt[]): PromptDefinition[] {
  return prompts.map(promptDefinition);
}

/**
 * The prompt's text for these arguments; `nowMs` is the wall clock, Unix ms.
 *
 * @throws {DeskError} `invalid_input` for an unknown prompt, and naming every argument that is wrong
 */
export function getPrompt(
  prompts: readonly Prompt[],
  { name, arguments: raw }: { name?: unknown; arguments?: unknown },
  nowMs: number,
): PromptResult {
  const prompt = prompts.find((prompt) => prompt.name === name);
  if (prompt === undefined) {
    const names = prompts.map(({ name }) => name).join(", ") || "none";
    throw new DeskError("invalid_input", "Unknown prompt", { hint: `Prompts: ${names}` });
  }
  if (raw !== undefined && !isObject(raw)) {
    throw new DeskError("invalid_input", "arguments must be an object");
  }
  const args = parsed(prompt, raw);
  const text = prompt.text(args, nowMs).join("\n\n");
  const messages = [{ role: "user" as const, content: { type: "text" as const, text } }];
  return { description: prompt.description, messages };
}

function parsed({ name, args }: Prompt, raw: unknown): z.infer<z.ZodObject> {
  return parseObject(args, raw, { what: `Cannot get ${name}`, acts: false });
}
