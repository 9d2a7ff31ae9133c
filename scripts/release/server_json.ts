/**
 * The registry's entry (`server.json`, schema 2025-12-11): one package of type `mcpb` for each
 * system, each with the SHA-256 that a client must check before it runs the file. It can only be
 * written once the bundles are built, so it is a file of the release and not of the checkout.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };

/** A bundle that is part of the release. */
export interface Bundle {
  /** Its file's name. */
  readonly file: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The entry, as far as we use the format. */
export interface ServerJson {
  readonly $schema: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly repository: { readonly url: string; readonly source: "github" };
  readonly packages: readonly {
    readonly registryType: "mcpb";
    readonly identifier: string;
    readonly fileSha256: string;
    readonly transport: { readonly type: "stdio" };
  }[];
}

/** The entry for the release of `repository` (`owner/name`) that holds these bundles. */
export function serverJsonOf(repository: string, bundles: readonly Bundle[]): ServerJson {
  const { version } = denoJson;
  const [owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository)?.slice(1) ?? [];
  if (owner === undefined) throw new RangeError(`--repository: wanted owner/name: ${repository}`);
  const url = `https://github.com/${owner}/${name}`;
  return {
    $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    // The registry gives this namespace to whoever owns the account.
    name: `io.github.${owner}/backpack-mcp`,
    title: "Backpack Exchange",
    description: "An order desk on Backpack Exchange for an AI assistant, on your own machine",
    version,
    repository: { url, source: "github" },
    packages: bundles.map(({ file, sha256 }) => ({
      registryType: "mcpb",
      identifier: `${url}/releases/download/v${version}/${file}`,
      fileSha256: sha256,
      transport: { type: "stdio" },
    })),
  };
}
