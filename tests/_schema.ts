/**
 * As much of JSON schema as the exchange's OpenAPI document uses, stricter and laxer in one point
 * each: a member that the schema does not name is a fault, and `null` will do for one that it does
 * not require, since that is how the exchange writes it (API digest, section 1).
 *
 * @module
 */

/** A schema object of OpenAPI 3.0. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minLength?: number;
  maxLength?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  additionalProperties?: Schema;
}

const FORMATS: Record<string, RegExp> = {
  "decimal": /^-?\d+(\.\d+)?$/,
  "naive-date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/,
  "uint8": /^\d+$/,
  "uint16": /^\d+$/,
  "uint32": /^\d+$/,
  "uint64": /^\d+$/,
  "int32": /^-?\d+$/,
  "int64": /^-?\d+$/,
};

/** Checks values against schemas whose references lead into `schemas`. */
export class SchemaChecker {
  readonly #schemas: Record<string, Schema>;

  constructor(schemas: Record<string, Schema>) {
    this.#schemas = schemas;
  }

  /** What is wrong with the value, a line for each fault. */
  faults(value: unknown, schema: Schema, at = "$"): string[] {
    const parts = this.#flatten(schema, value);
    const known = new Set(parts.flatMap(({ properties = {} }) => Object.keys(properties)));
    const unknown = parts.some(({ properties }) => properties) && isRecord(value)
      ? Object.keys(value).filter((key) => !known.has(key))
      : [];
    return [
      ...parts.flatMap((part) => this.#partFaults(value, part, at)),
      ...unknown.map((key) => `${at}.${key} is not in the schema`),
    ];
  }

  // A value must satisfy all of these: references followed, alternatives chosen.
  #flatten(schema: Schema, value: unknown): Schema[] {
    const { $ref, allOf = [], anyOf, oneOf } = schema;
    if ($ref !== undefined) return this.#flatten(this.#resolve($ref), value);
    const choices = anyOf ?? oneOf;
    const chosen = choices === undefined ? [] : [this.#choose(schema, choices, value)];
    return [schema, ...[...allOf, ...chosen].flatMap((part) => this.#flatten(part, value))];
  }

  #choose({ discriminator }: Schema, choices: Schema[], value: unknown): Schema {
    if (discriminator === undefined) {
      return choices.find((choice) => this.faults(value, choice).length === 0) ?? choices[0] ?? {};
    }
    const kind = isRecord(value) ? value[discriminator.propertyName] : undefined;
    const $ref = discriminator.mapping[String(kind)];
    return $ref === undefined
      ? { enum: [`one of ${Object.keys(discriminator.mapping)}`] }
      : { $ref };
  }

  #partFaults(value: unknown, schema: Schema, at: string): string[] {
    const { type, format = "", items, properties = {}, required = [] } = schema;
    const faults: string[] = [];
    if (type !== undefined && typeOf(value, type) !== type) {
      return [`${at} is ${JSON.stringify(value)}, not ${type}`];
    }
    if (schema.enum?.includes(value) === false) faults.push(`${at} is ${JSON.stringify(value)}`);
    if (FORMATS[format]?.test(String(value)) === false) {
      faults.push(`${at} is ${JSON.stringify(value)}, not ${format}`);
    }
    if (Array.isArray(value)) {
      const { minLength = 0, maxLength = Infinity } = schema;
      if (value.length < minLength || value.length > maxLength) faults.push(`${at}: length`);
      value.forEach((item, index) =>
        faults.push(...this.faults(item, items ?? {}, `${at}[${index}]`))
      );
    }
    if (isRecord(value)) {
      for (const [key, member] of Object.entries(properties)) {
        const inner = value[key] ?? null;
        if (inner !== null) faults.push(...this.faults(inner, member, `${at}.${key}`));
        else if (required.includes(key)) faults.push(`${at}.${key} is missing`);
      }
      if (schema.additionalProperties) {
        for (const [key, member] of Object.entries(value)) {
          faults.push(...this.faults(member, schema.additionalProperties, `${at}.${key}`));
        }
      }
    }
    return faults;
  }

  #resolve($ref: string): Schema {
    const schema = this.#schemas[$ref.replace("#/components/schemas/", "")];
    if (schema === undefined) throw new TypeError(`No schema ${$ref}`);
    return schema;
  }
}

function typeOf(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return "array";
  if (Number.isInteger(value) && wanted === "integer") return "integer";
  return value === null ? "null" : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
