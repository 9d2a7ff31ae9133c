/**
 * Text that must not be shown, and the one place that keeps it from showing.
 *
 * @module
 */

const REDACTED = "[redacted]";

/** Text that prints as `[redacted]` wherever a value is turned into text by accident. */
export class Secret {
  readonly #text: string;

  /** Holds `text`. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for the one place that needs it. */
  reveal(): string {
    return this.#text;
  }

  /** `[redacted]`. */
  toString(): string {
    return REDACTED;
  }

  /** `[redacted]`. */
  toJSON(): string {
    return REDACTED;
  }

  /** `[redacted]`, for `console.log` and error messages. */
  [Symbol.for("Deno.customInspect")](): string {
    return REDACTED;
  }
}

/** Takes every known secret, and whatever looks like a signature, out of a text. */
export type Redact = (text: string) => string;

// The base64 of exactly 64 bytes: a signature, or a seed with its public key.
const SIGNATURE_REGEXP = /(?<![\w+/-])(?:\\{0,8}[\w+/-]){86}(==|%3D%3D)(?![\w=])/g;

/**
 * A {@linkcode Redact} for these secrets. A secret is also found in the forms that a peer might
 * echo it in: URL alphabet, percent-encoded, without padding, in hex.
 */
export function createRedact(secrets: readonly Secret[]): Redact {
  const forms = [...new Set(secrets.flatMap((secret) => formsOf(secret.reveal())))]
    .sort((a, b) => b.length - a.length);
  // Made only when a text needs them: a redactor is made for each request, and few texts do.
  let escapedForms: readonly RegExp[] | undefined;
  return (text) => {
    let shown = text;
    for (const form of forms) shown = shown.replaceAll(form, REDACTED);
    if (text.includes("\\/")) {
      escapedForms ??= forms.filter((form) => form.includes("/")).map(escapedForm);
      for (const form of escapedForms) shown = shown.replaceAll(form, REDACTED);
    }
    return mayHoldSignature(shown) ? shown.replace(SIGNATURE_REGEXP, REDACTED) : shown;
  };
}

/** A quick look for the end of a signature: the search for a whole one is slow in a long answer. */
function mayHoldSignature(text: string): boolean {
  return text.includes("==") || text.includes("%3D%3D");
}

function formsOf(secret: string): string[] {
  const bare = secret.replace(/=+$/, "");
  const urlSafe = bare.replaceAll("+", "-").replaceAll("/", "_");
  const percent = [encodeURIComponent(secret), encodeURIComponent(bare)];
  return [secret, bare, urlSafe, ...percent, ...hexOf(secret)].filter((form) => form.length >= 8);
}

/**
 * The form with its slashes escaped, as JSON may write them; JSON within JSON escapes them again.
 */
function escapedForm(form: string): RegExp {
  const literal = form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(literal.replaceAll("/", "\\\\{0,8}/"), "g");
}

/** The bytes in hex, of what is base64. */
function hexOf(secret: string): string[] {
  try {
    const hex = Uint8Array.fromBase64(secret).toHex();
    return [hex, hex.toUpperCase()];
  } catch {
    return [];
  }
}
