/**
 * What completes as it is typed: the variables of resource templates, the arguments of prompts.
 *
 * @module
 */

import type { Call } from "./clock.ts";
import type { Desk } from "./desk/mod.ts";
import { completeSymbol } from "./market_resources.ts";
import type { Prompt } from "./prompts/prompt.ts";
import type { Completers, Resources } from "./resources.ts";

/** Everything that completes, best first; rejects when the exchange can't be asked. */
export type Completer = (desk: Desk, call: Call) => Promise<string[]>;

/** By an argument's name, in any prompt that has it. */
const PROMPT_ARGUMENTS: Completers = { symbol: completeSymbol };

/**
 * What completes the argument that `completion/complete` names, nothing for one that is free;
 * `undefined` where the reference is to nothing that is offered.
 */
export function completerOf(
  params: Readonly<Record<string, unknown>>,
  resources: Resources,
  prompts: readonly Prompt[],
): Completer | undefined {
  const argument = params.argument as { name?: unknown; value?: unknown } | undefined;
  const completers = completersOf(params.ref, resources, prompts);
  if (completers === undefined) return undefined;
  const { name, value } = argument ?? {};
  if (typeof value !== "string") return nothing;
  const complete = own(completers, name);
  return complete === undefined ? nothing : (desk, call) => complete(desk, value, call);
}

function completersOf(
  ref: unknown,
  resources: Resources,
  prompts: readonly Prompt[],
): Completers | undefined {
  const { type, uri, name } = (ref ?? {}) as { type?: unknown; uri?: unknown; name?: unknown };
  if (type === "ref/resource") return resources.completersOf(uri);
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
