/**
 * The process that tries faults: loads one test file, says how many tests it has, and then runs the
 * test that each line of stdin names, with the fault that it names. Reads with a block, so that a
 * test that waits for nothing ends the process.
 *
 * @module
 */

/** What is asked: the number of a test of the file and of a fault, 0 for none. */
export interface Asked {
  readonly test: number;
  readonly fault: number;
}

/** What became of it. */
export interface Told {
  readonly isPassed: boolean;
  readonly durationMs: number;
  /** The statements of the guarded sources that were run. */
  readonly reached: readonly string[];
}

type Body = () => unknown;

const tests: Body[] = [];
const reached = new Set<string>();
let isBroken = false;

/** Every form of `Deno.test` that has a name and a body. */
function collect(first: string | Deno.TestDefinition, ...rest: unknown[]): void {
  const options = [first, ...rest].find((part) => typeof part === "object") as
    | Partial<Deno.TestDefinition>
    | undefined;
  const body = rest.find((part) => typeof part === "function") ?? options?.fn;
  if (options?.ignore !== true) tests.push(body as Body);
}

function say(line: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`\n#${JSON.stringify(line)}\n`));
}

/** `undefined` at the end of the input. */
function nextAsked(): Asked | undefined {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  while (Deno.stdin.readSync(byte) === 1 && byte[0] !== 10) bytes.push(byte[0] ?? 0);
  if (bytes.length === 0) return undefined;
  return JSON.parse(new TextDecoder().decode(new Uint8Array(bytes)));
}

async function tell({ test, fault }: Asked): Promise<Told> {
  Object.assign(globalThis, { fault });
  reached.clear();
  isBroken = false;
  const startMs = performance.now();
  const isPassed = await passes(tests[test]);
  const durationMs = performance.now() - startMs;
  return { isPassed, durationMs, reached: [...reached] };
}

async function passes(body: Body | undefined): Promise<boolean> {
  try {
    await body?.();
    // What nobody waits for may still fail.
    await new Promise((resolve) => setTimeout(resolve));
    return !isBroken;
  } catch {
    return false;
  }
}

for (const name of ["unhandledrejection", "error"]) {
  addEventListener(name, (event) => {
    event.preventDefault();
    isBroken = true;
  });
}
Object.assign(globalThis, { reached, fault: 0 });
Object.defineProperty(Deno, "test", { value: collect });
await import(`file://${Deno.args[0]}`);
say(tests.length);
for (let asked = nextAsked(); asked !== undefined; asked = nextAsked()) say(await tell(asked));
Deno.exit();
