/**
 * What a tool is: a record of its contract and one function. Hints follow from its effect, so none
 * can be forgotten; the desk's state is added to every answer in one place.
 *
 * @module
 */

import * as z from "zod";
import type { Call } from "../clock.ts";
import type { Person } from "../desk/person.ts";
import type { Desk } from "../desk/mod.ts";
import type { ToolAnnotations } from "../sdk.ts";
import type { Mode, ToolGroup } from "../settings.ts";

/**
 * The state of the desk, the last member of every answer. The instructions say what it means; no
 * definition declares it, since every one of them would have to.
 */
export interface DeskState {
  mode: Mode;
  /** The owner lets no new order leave. */
  halted?: boolean;
  /** The client ids of orders whose outcome is not known. */
  unresolved?: number[];
  /** The client ids of orders that were called not placed and stand after all. */
  reappeared?: number[];
}

/** What a tool does to the exchange. */
export type Effect = "none" | "places" | "cancels";

/** What a tool runs with. */
export interface ToolContext {
  readonly desk: Desk;
  readonly mode: Mode;
  /** The program's. */
  readonly version: string;
  /** Whoever can be asked for a yes; absent when the client can't show a form. */
  readonly person?: Person;
  /** How long the answer is waited for. */
  readonly call: Call;
}

/** A tool's answer: a line for people, and the value that its output schema describes. */
export interface Answer<Value> {
  /** For a person: one line that begins with the mode. */
  line: string;
  /** For a model: what the output's schema declares, and more. */
  value: Value;
  /** A picture of the value, a PNG file. */
  image?: Uint8Array;
  /** The journal's entries that the client learns the outcome of by this answer. */
  intents?: readonly number[];
}

/** A tool. `run` is a method, so that tools of different inputs fit into one list. */
export interface Tool<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> {
  /** `verb_noun`. */
  readonly name: string;
  /** For a person. */
  readonly title: string;
  /** For a model: what it does, when to use it, what it will not do. */
  readonly description: string;
  /** What the owner can leave it out with; `desk` is always there. */
  readonly group: ToolGroup | "desk";
  /** What it does to the account; the hints follow from it. */
  readonly effect: Effect;
  /** A strict object: unknown arguments are refused. */
  readonly input: Input;
  /** What a next call needs of the answer; more may be there. */
  readonly output: Output;
  /** @throws {DeskError} and nothing else */
  run(args: z.infer<Input>, context: ToolContext): Promise<Answer<z.input<Output>>>;
}

/** Types a tool by its own schemas. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}

/** MCP's four hints. */
export function hintsOf(tool: Pick<Tool, "effect">): ToolAnnotations {
  const acts = tool.effect !== "none";
  return {
    readOnlyHint: !acts,
    destructiveHint: acts,
    idempotentHint: tool.effect !== "places",
    openWorldHint: true,
  };
}

/** A tool as `tools/list` shows it. */
export interface ToolDefinition {
  name: string;
  title: string;
  description: string;
  /** JSON Schema of the arguments, strict. */
  inputSchema: { type: "object" };
  /** JSON Schema of the answer, open. */
  outputSchema: { type: "object" };
  annotations: ToolAnnotations;
}

/** The definition that clients see, its schemas made from the tool's own. */
export function definitionOf(tool: Tool): ToolDefinition {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: jsonSchema(tool.input, "input"),
    outputSchema: jsonSchema(tool.output, "output"),
    annotations: hintsOf(tool),
  };
}

function jsonSchema(schema: z.ZodObject, io: "input" | "output"): { type: "object" } {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => omitUseless(jsonSchema, io),
  });
  return rest as { type: "object" };
}

/** Leaves out what tells a client nothing: every client pays for every byte of a definition. */
function omitUseless(schema: z.core.JSONSchema.BaseSchema, io: "input" | "output"): void {
  // Zod writes the bounds of a safe integer into every integer; they tell a client nothing.
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  // The description says in words what the pattern does, and so does a refusal.
  delete schema.pattern;
  // The names of members are text in any JSON.
  delete schema.propertyNames;
  const { additionalProperties: further, properties } = schema;
  // Without it, too, further members may be anything; and some clients refuse an empty schema.
  if (typeof further === "object" && Object.keys(further).length === 0) {
    delete schema.additionalProperties;
  }
  if (io === "input") return;
  // Outputs are open: most objects carry more than is declared, and a later version may add to any.
  if (further === false) delete schema.additionalProperties;
  if (properties !== undefined && Object.keys(properties).length === 0) delete schema.properties;
}
