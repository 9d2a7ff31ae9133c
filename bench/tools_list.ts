/**
 * What the definitions cost every session that carries them: tokens a tool and bytes in all.
 *
 * @module
 */

import { listBytes, median, toolSnapshot } from "../scripts/tool_snapshot.ts";
import type { Figure, Row } from "./_figure.ts";

/** As reported of those servers; here only our own definitions are counted. */
const GITHUB_TOKENS_A_TOOL = 193;
const SENTRY_KB = 61;

function run(): Promise<readonly Row[]> {
  const tokens = toolSnapshot().map(({ tokens }) => tokens);
  return Promise.resolve([{
    what: "tokens of a tool's definition, median",
    against: "github-mcp-server's, as reported",
    unit: "tokens",
    floor: GITHUB_TOKENS_A_TOOL,
    ours: median(tokens),
    reach: { compare: "itself", limit: "most", bound: 250, room: 0 },
  }, {
    what: `tools/list, all ${tokens.length} tools`,
    against: "sentry-mcp's 22, as reported",
    unit: "KB",
    floor: SENTRY_KB,
    ours: listBytes() / 1000,
    reach: { compare: "itself", limit: "most", bound: 28, room: 0 },
  }]);
}

/** The size of what every session carries. */
export const toolsList: Figure = { name: "tools_list", run };
