/**
 * What a command is: a record of its contract and one function, as tools are.
 *
 * @module
 */

import type { World } from "./world.ts";

/** An option of a command. */
export interface Option {
  /** Without its dashes. */
  readonly name: string;
  /** What its value is called, such as `DIR`; a switch has none. */
  readonly value?: string;
  /** What it does, in a few words. */
  readonly meaning: string;
}

/** What was given on the command line. */
export interface Given {
  /** Those that are on, such as `json`. */
  readonly switches: ReadonlySet<string>;
  /** By the option's name, such as `since`. */
  readonly values: ReadonlyMap<string, string>;
  /** The arguments without a dash; as many as the command has `operands`. */
  readonly operands: readonly string[];
}

/** 0: done, or yes. 1: a check failed, or no. 2: wrong usage or settings. */
export type ExitCode = 0 | 1 | 2;

/** A command that a person types. */
export interface Command {
  /** One word. */
  readonly name: string;
  /** What its arguments are called, such as `CODE`; `[CODE]` may be left out. */
  readonly operands?: readonly string[];
  /** What it does, in one line. */
  readonly summary: string;
  /** What else there is to know, in lines of at most 96 characters. */
  readonly details?: string;
  /** A whole command line after the program's name. */
  readonly example: string;
  readonly options: readonly Option[];
  /**
   * Does it.
   *
   * @throws {Refusal} with the exit code and what a person is told
   * @throws {DeskError} of the desk, or of the exchange
   * @throws {JournalError}
   */
  run(given: Given, world: World): Promise<ExitCode> | ExitCode;
}

/** Why a command ends early; the message says what to do. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** What the program ends with. */
  readonly exitCode: ExitCode;

  /** `message` goes to the person as it is. */
  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Which journal and which HALT: on every command that has to do with them. */
export const DATA_DIR_OPTION: Option = {
  name: "data-dir",
  value: "DIR",
  meaning: "the data directory, where it is another than this user's settings say",
};

/** For programs that read the answer. */
export const JSON_OPTION: Option = { name: "json", meaning: "JSON instead of text" };
