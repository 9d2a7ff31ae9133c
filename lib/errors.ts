/**
 * The one error class of the desk. Its code is from a closed set, because whoever reads it has
 * only a few moves: mend the request, wait, look something up, or ask the owner. For an effect
 * (an order, a cancel) `outcome` says whether it happened; a read never carries it.
 *
 * @module
 */

/** Every code that an answer can carry. */
export const ERROR_CODES = [
  "invalid_input",
  "config",
  "auth",
  "rejected",
  "not_found",
  "rate_limited",
  "unavailable",
  "bad_reply",
  "outcome_unknown",
  "client_id_mismatch",
  "client_id_taken",
  "repeat",
  "limit",
  "approval_needed",
  "unresolved",
  "halted",
  "journal",
  "internal",
] as const;

/** One of {@linkcode ERROR_CODES}. */
export type ErrorCode = typeof ERROR_CODES[number];

/** `not_placed`: refused or never sent. `unknown`: it may stand, and must be looked up. */
export type FailedOutcome = "not_placed" | "unknown";

/** What a {@linkcode DeskError} carries beside its code and its message. */
export interface DeskErrorOptions {
  /** What to do next, in one sentence. Never proposes to repeat an effect of unknown outcome. */
  hint?: string;
  /** Whether the effect happened; left out on reads. */
  outcome?: FailedOutcome;
  /** Further members of the answer, such as `clientId` or `suggestions`. */
  details?: Record<string, unknown>;
  /** The exchange's own code, such as `INSUFFICIENT_FUNDS`. */
  exchangeCode?: string;
  /** The HTTP status of the reply, when there was one. */
  status?: number;
  /** What went wrong beneath; for the log, never for an answer. */
  cause?: unknown;
}

/** A failure that somebody can act on. */
export class DeskError extends Error {
  override readonly name = "DeskError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly outcome: FailedOutcome | undefined;
  readonly details: Record<string, unknown>;
  readonly exchangeCode: string | undefined;
  readonly status: number | undefined;

  /** `message` is a sentence without a final period, such as "Cannot place order: …". */
  constructor(code: ErrorCode, message: string, options: DeskErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.outcome = options.outcome;
    this.details = options.details ?? {};
    this.exchangeCode = options.exchangeCode;
    this.status = options.status;
  }

  /** The same error with other or further members, for a layer that knows more. */
  with(options: DeskErrorOptions & { code?: ErrorCode; message?: string }): DeskError {
    return new DeskError(options.code ?? this.code, options.message ?? this.message, {
      ...definedMembers({
        hint: this.hint,
        outcome: this.outcome,
        exchangeCode: this.exchangeCode,
        status: this.status,
      }),
      cause: this.cause,
      ...options,
      details: { ...this.details, ...options.details },
    });
  }
}

function definedMembers(options: Record<string, unknown>): DeskErrorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
