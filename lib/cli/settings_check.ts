/**
 * The doctor's look at the settings: where each comes from, what is wrong with them, who else can
 * read the files, and whether the keys belong together. Never a value.
 *
 * @module
 */

import { gather } from "../config_sources.ts";
import { KNOWN_NAMES, SETTINGS } from "../settings.ts";
import { fingerprint } from "../signing.ts";
import type { Finding } from "./finding.ts";
import type { World } from "./world.ts";

/** Settings, files and keys, in this order. */
export async function checkSettings(world: World): Promise<Finding[]> {
  return [...sourceFindings(world), ...problemFindings(world), ...fileFindings(world)].concat(
    await keyFindings(world),
  );
}

function sourceFindings({ sources }: World): Finding[] {
  const { layers } = gather(sources);
  const found = KNOWN_NAMES.flatMap((name) => {
    const entry = layers.map((layer) => layer.get(name)).find((entry) => entry?.value);
    return entry === undefined ? [] : [`${name} from ${entry.where}`];
  });
  if (found.length === 0) {
    return [{ check: "settings", state: "ok", text: "nothing is set: everything is the default" }];
  }
  return found.map((text) => ({ check: "settings", state: "ok", text }));
}

function problemFindings({ configuration }: World): Finding[] {
  if (configuration.ok) return [];
  return configuration.problems.map(({ variable, message }) => ({
    check: "settings",
    state: "problem",
    text: variable,
    todo: message,
  }));
}

function fileFindings({ sources, machine }: World): Finding[] {
  const { userFile, workingFile, userFilePath, unreadable = [], ungranted = [] } = sources;
  const files = [userFile, workingFile].filter((file) => file !== undefined);
  const isClosed = [...unreadable, ...ungranted].includes(userFilePath);
  const isMissing = userFile === undefined && !isClosed;
  const missing: Finding = { check: "files", state: "note", text: `there is no ${userFilePath}` };
  return [
    ...(isMissing ? [missing] : []),
    ...files.map(({ path, text }) => fileFinding(path, text, machine.modeOf(path))),
  ];
}

function fileFinding(path: string, content: string, mode: number | undefined): Finding {
  const check = "files";
  if (!holdsSecret(content)) return { check, state: "ok", text: `${path}, without a key` };
  if (mode === undefined) {
    const text = `${path} holds a key; who else may read it can't be told on this system`;
    return { check, state: "note", text };
  }
  if ((mode & 0o077) === 0) return { check, state: "ok", text: `${path}, for you alone` };
  return {
    check,
    state: "problem",
    text: `${path} holds a key, and others on this machine may read it`,
    todo: `chmod 600 ${path}; if others may have read it, make a new key`,
  };
}

/** Also in a line that is refused: one with `export`, with a colon, or saved as UTF-16. */
function holdsSecret(text: string): boolean {
  const names = SETTINGS.filter(({ secret }) => secret).flatMap(({ names }) => names);
  const plain = text.replaceAll("\0", "");
  return names.some((name) =>
    new RegExp(`^[^=#\\r\\n]*?(?<!\\w)${name}[ \\t]*[=:][ \\t]*\\S`, "im").test(plain)
  );
}

async function keyFindings({ configuration }: World): Promise<Finding[]> {
  if (!configuration.ok) return [];
  const { mode, signer } = configuration.config;
  if (mode === "paper") return [{ check: "keys", state: "ok", text: "paper trading needs none" }];
  if (signer !== undefined) {
    const text = `private and public key belong together (${await fingerprint(signer.apiKey)})`;
    return [{ check: "keys", state: "ok", text }];
  }
  const todo = "`backpack-mcp keygen` makes one; BACKPACK_MODE=paper trades without";
  const text = "there is no key: only public data can be read";
  return [{ check: "keys", state: "problem", text, todo }];
}
