/**
 * A small checkout in a temporary folder, with the real launcher and a stub for a server, so that
 * tasks run as their users run them and nothing beyond loopback is asked.
 *
 * @module
 */

import denoJson from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);
/** A port on which nothing listens: JSR can't be reached there. */
export const NO_JSR = "http://127.0.0.1:9";

/** What {@linkcode Project} starts from. */
export interface ProjectOptions {
  /** The text of `main.ts`. */
  readonly main: string;
  /** Where JSR is; {@linkcode NO_JSR} by default. */
  readonly jsrUrl?: string;
}

/** What a task left behind. */
export interface TaskResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The folder; gone when it is disposed of. */
export class Project {
  readonly #env: Record<string, string>;

  private constructor(readonly root: string, jsrUrl: string) {
    const config = `${root}/config`;
    this.#env = {
      JSR_URL: jsrUrl,
      DENO_DIR: `${root}/deno`,
      NO_COLOR: "1",
      RUST_BACKTRACE: "0",
      XDG_CONFIG_HOME: config,
      APPDATA: config,
      BACKPACK_BASE_URL: "",
    };
  }

  /** Makes the folder. */
  static async create(options: ProjectOptions): Promise<Project> {
    const root = await Deno.makeTempDir({ prefix: "backpack-mcp-" });
    for (const folder of ["scripts", "scripts/release", "lib"]) await copyFolder(folder, root);
    const { tasks, lock, version } = denoJson;
    const imports = { "@std/dotenv": denoJson.imports["@std/dotenv"] };
    const project = new Project(root, options.jsrUrl ?? NO_JSR);
    project.write("deno.json", JSON.stringify({ version, tasks, lock, imports }));
    project.write("scripts/npm_only.json", '{ "imports": { "@std/dotenv": "../npm_world.ts" } }');
    project.write("scripts/npm_only.lock", '{ "version": "5" }');
    project.write("npm_world.ts", 'export const world = "npm";');
    project.write("main.ts", options.main);
    return project;
  }

  /** Writes a file; its folder is made. */
  write(path: string, text: string): void {
    const full = `${this.root}/${path}`;
    Deno.mkdirSync(full.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(full, text);
  }

  /** All files but the cache, as an observer of the tree sees them. */
  files(): string[] {
    return filesUnder(this.root).filter((path) => !path.startsWith("deno/")).sort();
  }

  /** Starts `deno task`. */
  start(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["task", ...args],
      cwd: this.root,
      env: { ...this.#env, ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    return command.spawn();
  }

  /** Runs `deno task` on the given input to its end. */
  async run(
    args: readonly string[],
    options: { input?: string; env?: Record<string, string> } = {},
  ): Promise<TaskResult> {
    const child = this.start(args, options.env);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.input ?? ""));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

async function copyFolder(folder: string, target: string): Promise<void> {
  await Deno.mkdir(`${target}/${folder}`, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    if (!isFile || !name.endsWith(".ts")) continue;
    await Deno.copyFile(new URL(`${folder}/${name}`, ROOT), `${target}/${folder}/${name}`);
  }
}

function filesUnder(root: string, folder = ""): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesUnder(root, `${folder}${name}/`) : [`${folder}${name}`]
  );
}
