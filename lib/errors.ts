/**
 * The one error class of the desk. Its code is from a closed set, because whoever reads it has
 * only a few moves: mend the request, wait, look something up, or ask the owner. For an effect
 * (an order, a cancel) `outcome` says whether it happened; a read never carries it. What others
 * throw has a message, too.
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

/** What to do next, where whoever throws knows nothing better. None proposes an effect. */
const NEXT_STEPS: Readonly<Record<ErrorCode, string>> = {
  invalid_input: "Correct the arguments that the message names",
  config: "The owner must correct the settings: `backpack-mcp doctor` says which",
  auth: "The owner must look at the key: `backpack-mcp doctor` tries it",
  rejected: "The exchange's words say why; if they can't be met, tell the owner",
  not_found: "Look with list_orders or list_markets for the ids and names that there are",
  rate_limited: "Wait ten seconds before the next call",
  unavailable: "Try to read again in a moment; if it goes on, tell the owner",
  bad_reply: "Try to read again in a moment; if it goes on, tell the owner that the exchange's " +
    "replies can't be read",
  outcome_unknown: "Look with list_orders and get_order_outcome before anything else",
  client_id_mismatch: "Leave clientId out, or give the order's own terms",
  client_id_taken: "Leave clientId out: the desk draws one that is free",
  repeat: "Tell the owner that an order just like it was placed",
  limit: "Tell the owner: only the owner can change a limit",
  approval_needed: "Ask the owner to look at it with `backpack-mcp approve`",
  unresolved: "Ask get_order_outcome about the orders in doubt",
  halted: "Tell the owner: only the owner can resume",
  journal: "Tell the owner: `backpack-mcp doctor` looks at the journal",
  internal: "Tell the owner what the desk's log on stderr says",
};

/**
 * `not_placed`: refused or never sent. `unknown`: it may stand, and must be looked up. `placed`: it
 * stands by its owner's word, and there is nothing to show for it.
 */
export type FailedOutcome = "not_placed" | "unknown" | "placed";

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
  /** What kind of failure it is, from a closed list. */
  readonly code: ErrorCode;
  /** Whether it happened; only of a call that acts. */
  readonly outcome: FailedOutcome | undefined;
  /** Members that the answer carries besides. */
  readonly details: Record<string, unknown>;
  /** The exchange's own, such as `INVALID_ORDER`. */
  readonly exchangeCode: string | undefined;
  /** The HTTP status of the reply, if there was one. */
  readonly status: number | undefined;
  readonly #hint: string | undefined;

  /** `message` is a sentence without a final period, such as "Cannot place order: …". */
  constructor(code: ErrorCode, message: string, options: DeskErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.#hint = options.hint;
    this.outcome = options.outcome;
    this.details = options.details ?? {};
    this.exchangeCode = options.exchangeCode;
    this.status = options.status;
  }

  /** What to do next: what was given, or what its code wants. */
  get hint(): string {
    return this.#hint ?? NEXT_STEPS[this.code];
  }

  /** The same error with other or further members, for a layer that knows more. */
  with(options: DeskErrorOptions & { code?: ErrorCode; message?: string }): DeskError {
    return new DeskError(options.code ?? this.code, options.message ?? this.message, {
      ...definedMembers({
        hint: this.#hint,
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

/** The words of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
