// What main and post share: commands to the runner, its files, child processes that get our signals,
// and the one way the Python half is started.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// GITHUB_ACTION_PATH is empty for JavaScript actions.
export const ACTION = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const WINDOWS = process.platform === "win32";

// What pip, uv and Python write is nobody else's to change: the environment, its bytecode, the folder of wired tools.
process.umask(process.umask() | 0o022);

// The network as main saw it. Later steps can change it, so post takes it from the state.
export const NETWORK = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"],
];

// Exit code by which Python says that a package of its environment is missing; never leaves the shims.
export const DAMAGED = 97;

/** An expected failure: one sentence for the log, and the exit code (2 configuration, 3 undecided). */
export class Failure extends Error {
  constructor(message, exitCode = 3) {
    super(message);
    this.exitCode = exitCode;
  }
}

const data = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
const annotate = (level) => (message, title = "ci-tokengate") =>
  process.stdout.write(`::${level} title=${property(title)}::${data(message)}\n`);
export const error = annotate("error");
export const warning = annotate("warning");

/** Somebody else's output, folded, and unable to speak to the runner. */
export function foreign(title, text) {
  const token = randomUUID();
  process.stdout.write(`::group::${title}\n::stop-commands::${token}\n${text.trimEnd()}\n::${token}::\n::endgroup::\n`);
}

/** Append to the step's state; what is written last counts. */
export function saveState(file, values) {
  const lines = Object.entries(values).map(([name, value]) => {
    const delimiter = `tokengate_${randomUUID()}`;
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  });
  fs.appendFileSync(file, lines.join(""));
}

/** The entries of an environment whose name passes. */
export const pick = (env, passes) => Object.fromEntries(Object.entries(env).filter(([name]) => passes(name)));

const children = new Set();
export let interrupted = null;
/** The runner signals only the node process: hand it on. Without a child to decide, the caller looks at `interrupted`. */
export function forwardSignals() {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      interrupted = signal;
      for (const child of children) child.kill(signal);
    });
  }
}

/**
 * Run a program to its end: {code, signal, output, error}. `error` says why it could not start or had to be stopped.
 * Its output is collected, unless `show` hands it through as it comes.
 */
export function run(program, args, { env, cwd, timeout, show = false }) {
  return new Promise((resolve) => {
    const output = [];
    let error = null;
    const stdio = show ? "inherit" : ["ignore", "pipe", "pipe"];
    const child = spawn(program, args, { env, cwd, stdio, windowsHide: true });
    children.add(child);
    const timer = timeout && setTimeout(() => {
      error = `did not end within ${Math.round(timeout / 1000)} s`;
      child.kill("SIGKILL");
    }, timeout);
    const done = (code, signal) => {
      clearTimeout(timer);
      children.delete(child);
      resolve({ code, signal, error, output: Buffer.concat(output).toString() });
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(chunk));
    child.on("error", (failure) => {
      error = `could not be started (${failure.code ?? failure.message})`;
      if (child.pid === undefined) done(null, null);
    });
    child.on(show ? "exit" : "close", done);
  });
}

/** Why a program gave no exit code, as the end of a sentence. */
export const demise = ({ error, signal }) => error ?? `was killed by ${signal}`;

// The bytecode of ci_tokengate is kept in the environment, not in the action's folder. The standard library and the packages
// keep theirs where they are, for most interpreters come with it: compiling it anew would be most of a first start.
// An exception would leave Python with 1, which means "refused": a crash is 3.
const bootstrap = (kept) => `
import os, sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from importlib.util import cache_from_source
source, kept = ${JSON.stringify(path.join(ACTION, "src"))}, ${JSON.stringify(kept)}
others = None if os.path.exists(cache_from_source(os.__file__)) else kept
class Loader(SourceFileLoader):
    def get_code(self, name):
        sys.pycache_prefix = kept
        try:
            return super().get_code(name)
        finally:
            sys.pycache_prefix = others
def finder(folder):
    if not folder.startswith(source):
        raise ImportError
    return FileFinder(folder, (Loader, SOURCE_SUFFIXES))
sys.pycache_prefix = others
sys.path_hooks.insert(0, finder)
sys.path.insert(0, source)
try:
    from ci_tokengate.action import main
    code = main()
except Exception as crash:
    missing = isinstance(crash, ModuleNotFoundError) and not (crash.name or "").startswith("ci_tokengate")
    code = ${DAMAGED} if missing else 3
    if not missing:
        sys.excepthook(*sys.exc_info())
raise SystemExit(code)
`;

/** Start ci_tokengate.action with a verb. */
export function tokengate(python, verb, options) {
  const kept = path.join(path.dirname(path.dirname(python)), "pycache");
  return run(python, ["-I", "-X", "utf8", "-c", bootstrap(kept), verb], { show: true, ...options });
}
