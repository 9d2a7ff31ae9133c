/**
 * The ways in which the simulated exchange says no: a JSON body with a code, or plain text where
 * the real one's framework answers before the exchange does (API digest, section 7). Owns the
 * words; knows no request and no order.
 *
 * @module
 */

/** Thrown anywhere below {@linkcode PaperExchange}; becomes the reply. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The HTTP status. */
  readonly status: number;
  /** The `ApiErrorCode`; absent on plain-text replies. */
  readonly code: string | undefined;

  /** Refuses with that status, JSON when there is a code. */
  constructor(status: number, message: string, code?: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A 400 with a code. */
export function refusal(code: string, message: string): Refusal {
  return new Refusal(400, message, code);
}

/** A 400 `INVALID_CLIENT_REQUEST`, the code of most refusals. */
export function badRequest(message: string): Refusal {
  return refusal("INVALID_CLIENT_REQUEST", message);
}

/** A 404 `RESOURCE_NOT_FOUND`. */
export function notFound(): Refusal {
  return new Refusal(404, "Not Found", "RESOURCE_NOT_FOUND");
}

/** The plain-text 400 for a query parameter that can't be read. */
export function badParameter(name: string, reason: string): Refusal {
  return new Refusal(400, `failed to parse parameter \`${name}\`: ${reason}`);
}

/** The plain-text 400 for a body that can't be read. */
export function badPayload(reason: string, payload?: string): Refusal {
  const where = payload === undefined ? "" : ` (occurred while parsing "${payload}")`;
  return new Refusal(400, `parse request payload error: ${reason}${where}`);
}

/** The framework's words for a value outside an enumeration. */
export function badEnum(type: string): string {
  return `failed to parse "${type}": Expect a valid enumeration value.`;
}
