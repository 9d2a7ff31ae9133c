/**
 * What completes as it is typed: the variables of resource templates, the arguments of prompts.
 *
 * @module
 */

import type { Call } from "./clock.ts";
import type { Desk } from "./desk/mod.ts";
import { completeSymbol, MARKET_TEMPLATE } from "./market_resources.ts";
import type { Prompt } from "./prompts/prompt.ts";
import { BALANCE_TEMPLATE, completeAsset } from "./resources.ts";

/** Everything that completes, best first; rejects when the exchange can't be asked. */
export type Completer = (desk: Desk, call: Call) => Promise<string[]>;

type ByPrefix = (desk: Desk, prefix: string, call: Call) => Promise<string[]>;

const TEMPLATES: Readonly<Record<string, Readonly<Record<string, ByPrefix>>>> = {
  [BALANCE_TEMPLATE.uriTemplate]: { asset: completeAsset },
  [MARKET_TEMPLATE.uriTemplate]: { symbol: completeSymbol },
};
/** By an argument's name, in any prompt that has it. */
const PROMPT_ARGUMENTS: Readonly<Record<string, ByPrefix>> = { symbol: completeSymbol };

/**
 * What completes the argument that `completion/complete` names, nothing for one that is free;
 * `undefined` where the reference is to nothing that is offered.
 */
export function completerOf(
  params: Readonly<Record<string, unknown>>,
  prompts: readonly Prompt[],
): Completer | undefined {
  const argument = params.argument as { name?: unknown; value?: unknown } | undefined;
  const completers = completersOf(params.ref, prompts);
  if (completers === undefined) return undefined;
  const { name, value } = argument ?? {};
  if (typeof value !== "string") return nothing;
  const complete = own(completers, name);
  return complete === undefined ? nothing : (desk, call) => complete(desk, value, call);
}

function completersOf(
  ref: unknown,
  prompts: readonly Prompt[],
): Readonly<Record<string, ByPrefix>> | undefined {
  const { type, uri, name } = (ref ?? {}) as { type?: unknown; uri?: unknown; name?: unknown };
  if (type === "ref/resource") return own(TEMPLATES, uri);
  const prompt = type === "ref/prompt" && prompts.find((prompt) => prompt.name === name);
  if (!prompt) return undefined;
  const known = Object.entries(PROMPT_ARGUMENTS).filter(([name]) => name in prompt.args.shape);
  return Object.fromEntries(known);
}

function own<Value>(record: Readonly<Record<string, Value>>, key: unknown): Value | undefined {
  return typeof key === "string" && Object.hasOwn(record, key) ? record[key] : undefined;
}

function nothing(): Promise<string[]> {
  return Promise.resolve([]);
}
