// Finds the Python environment in the runner's tool cache, or builds it there from requirements.lock, or
// from requirements-ledger.lock where `mode: settle` writes to a ledger: no other job waits for a database's drivers.
//
//   <RUNNER_TOOL_CACHE>/ci-tokengate/
//     python-<hash>.json                                    what an interpreter said about itself
//     <hash of the lock>-<os>-<arch>-py<x.y>-<hash of the interpreter>/    the environment, complete or absent
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { roots, writable } from "./folders.mjs";
import { ACTION, Failure, WINDOWS, demise, foreign, interrupted, pick, run, warning } from "./run.mjs";

const LOCK = path.join(ACTION, "requirements.lock");
const LEDGER_LOCK = path.join(ACTION, "requirements-ledger.lock");
const UV_LOCK = path.join(ACTION, "hooks", "action", "uv.lock.txt");
const OLDEST = [3, 10];
const DAY = 24 * 60 * 60 * 1000;

// Where an environment made from this interpreter works: same executable, same C library, same word size.
const PROBE = `
import json, platform, sys, sysconfig
base = getattr(sys, "_base_executable", None) or sys.executable
abi = [base, sys.version, sysconfig.get_config_var("SOABI"), platform.libc_ver()[0], platform.machine()]
print("tokengate:" + json.dumps({"executable": sys.executable, "base": base, "version": sys.version_info[:2], "abi": abi}))
`;

const sha256 = (bytes, length) => createHash("sha256").update(bytes).digest("hex").slice(0, length);
const fingerprint = (value, length) => sha256(JSON.stringify(value), length);
const exists = (file) => fs.existsSync(file); // follows links: false when a venv's interpreter was uninstalled
const interpreterOf = (folder) => path.join(folder, ...(WINDOWS ? ["Scripts", "python.exe"] : ["bin", "python"]));
const complete = (folder) => exists(path.join(folder, ".complete")) && exists(interpreterOf(folder));

/** {python, folder}: an interpreter that has what the lock says. A ledger that cannot be had fails no job. */
export async function environment(env) {
  const lock = lockOf(env);
  try {
    return await prepared(env, lock);
  } catch (failure) {
    if (lock === LOCK || interrupted || !(failure instanceof Failure)) throw failure;
    warning(`Nothing will be written to the ledger: ${failure.message}`);
    return prepared(env, LOCK);
  }
}

async function prepared(env, lock) {
  const { python, folder } = await locate(env, lock);
  if (!complete(folder)) await build(env, python, folder, lock);
  if (!python.recalled) remember(path.dirname(folder), python);
  return { python: interpreterOf(folder), folder };
}

function lockOf(env) {
  const ledger = env["INPUT_LEDGER-URL"]?.trim() || env.TOKENGATE_LEDGER_URL?.trim();
  return env.INPUT_MODE?.trim() === "settle" && ledger ? LEDGER_LOCK : LOCK;
}

/** Which interpreter counts here, and the folder its environment is in, or is to be built in. */
export async function locate(env, from = LOCK) {
  const homes = roots(env);
  const python = await interpreter(env, homes);
  const lock = sha256(fs.readFileSync(from), 16);
  const name = `${lock}-${process.platform}-${process.arch}-py${python.version.join(".")}-${fingerprint(python.abi, 8)}`;
  const folders = homes.map((home) => path.join(home, name));
  return { python, folder: folders.find(complete) ?? path.join(homes.find(writable), name) };
}

/** Forget a damaged environment, so that the next call builds it anew. */
export function discard(folder) {
  fs.rmSync(path.join(folder, ".complete"), { force: true });
}

// --- the interpreter ---

async function interpreter(env, homes) {
  const wanted = env.INPUT_PYTHON?.trim();
  const found = (wanted ? [wanted] : ["python3", "python"]).flatMap((name) => onPath(name, env));
  const refused = [];
  for (const file of new Set(found)) {
    const python = recall(file, homes) ?? { ...(await probe(file, env)), file };
    if (python.base && (python.version[0] - OLDEST[0] || python.version[1] - OLDEST[1]) >= 0) return python;
    refused.push(`${file} ${python.base ? `is Python ${python.version.join(".")}` : python.problem}`);
  }
  const what = wanted ? `The input python is ${JSON.stringify(wanted)}` : "ci-tokengate looks for python3 and python on PATH";
  throw new Failure(
    `${what}, and needs Python ${OLDEST.join(".")} or newer: ${refused.join("; ") || "there is none"}. ` +
      "Add actions/setup-python before this step, or name an interpreter in the input python.", 2);
}

/** All files of that name on PATH, in order; or the file itself, if it is a path. */
function onPath(name, env) {
  const names = WINDOWS && !/\.exe$/i.test(name) ? [`${name}.exe`] : [name];
  const folders = /[\\/]/.test(name) ? [process.cwd()] : (env.PATH ?? env.Path ?? "").split(path.delimiter).filter(path.isAbsolute);
  return folders.flatMap((folder) => names.map((leaf) => path.resolve(folder, leaf))).filter((file) => {
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return fs.statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** Ask the interpreter itself: a stub of the Windows Store or a shim of a version manager has the name only. */
async function probe(file, env) {
  const result = await run(file, ["-I", "-c", PROBE], { env: bare(env), cwd: ACTION, timeout: 20_000 });
  if (interrupted) throw new Failure(`Interrupted by ${interrupted} while looking for Python.`);
  const answer = result.output.split(/\r?\n/).find((line) => line.startsWith("tokengate:"));
  if (answer) return JSON.parse(answer.slice("tokengate:".length));
  return { problem: result.code === null ? demise(result) : `does not run as a Python 3 (exit code ${result.code})` };
}

// An interpreter is probed once: who can write this note can write the environment as well.
const note = (home, file) => {
  const { size, mtimeMs } = fs.statSync(file);
  return path.join(home, `python-${fingerprint([file, fs.realpathSync(file), size, mtimeMs], 16)}.json`);
};

function recall(file, homes) {
  for (const home of homes) {
    try {
      const python = JSON.parse(fs.readFileSync(note(home, file), "utf8"));
      if (exists(python.base) && exists(python.executable)) return { ...python, recalled: true };
    } catch {
      // none here
    }
  }
  return null;
}

function remember(home, { file, ...python }) {
  const target = note(home, file);
  try {
    fs.writeFileSync(`${target}.${process.pid}`, JSON.stringify(python));
    fs.renameSync(`${target}.${process.pid}`, target);
  } catch {
    // a tool cache that was baked into an image and is read-only: asked again next time
  }
}

// --- building ---

async function build(env, python, folder, lock) {
  tidy(path.dirname(folder));
  const draft = fs.mkdtempSync(`${folder}.building-`);
  const venv = path.join(draft, "venv");
  try {
    await install(env, python, venv, draft, lock);
    fs.writeFileSync(path.join(venv, ".complete"), "");
    publish(venv, folder, draft);
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** Jobs of one machine may build at the same time: the first rename counts, the others use its result. */
function publish(venv, folder, draft) {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      fs.renameSync(venv, folder);
      return;
    } catch (failure) {
      if (complete(folder)) return;
      if (!exists(folder) || attempt === 2) throw new Failure(`The Python environment could not be moved to ${folder}: ${failure.code}.`);
      fs.renameSync(folder, path.join(draft, `damaged-${attempt}`));
    }
  }
}

/** What killed jobs left behind. */
function tidy(home) {
  for (const name of fs.readdirSync(home).filter((entry) => entry.includes(".building-"))) {
    const draft = path.join(home, name);
    const stat = fs.statSync(draft, { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > DAY) fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** Settings of pip, uv and the network stay; secrets, and what would turn an installation around, do not. */
function bare(env) {
  const dropped = /^(INPUT_|STATE_|GITHUB_|ACTIONS_|PYTHON|VIRTUAL_ENV$|(PIP|UV)_(CONSTRAINT|REQUIREMENT|TARGET|PREFIX|ROOT)$|UV_OVERRIDE$|UV_PYTHON$)/i;
  return pick(env, (name) => !dropped.test(name));
}

const settings = (env, draft) => ({ ...bare(env), PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1", TMPDIR: draft });

/** The first of these ways that works. Only if none does is their output shown. */
async function install(env, python, venv, draft, lock) {
  const log = [];
  const ask = async (program, ...args) => {
    // The folder of the job is a stranger's: no place to start pip or uv in (`pip.py`, `uv.toml`).
    const result = await run(program, args, { env: settings(env, draft), cwd: draft, timeout: 180_000 });
    if (interrupted) throw new Failure(`Interrupted by ${interrupted} while building the Python environment.`);
    const end = result.code === null ? demise(result) : `exit code ${result.code}`;
    log.push(`$ ${[program, ...args].join(" ")}`, result.output.trimEnd(), `(${end})`);
    return result;
  };
  const step = async (...command) => (await ask(...command)).code === 0;
  const house = wheelhouse(env);
  const kit = { ask, step, python, venv, draft, lock, offline: house ? ["--no-index", "--find-links", house] : [] };
  const uv = onPath("uv", env)[0];
  if (uv && (await withUv(kit, uv))) return;
  const pip = await findPip(kit);
  if (pip) {
    const fetched = house ? null : await fetchUv(kit, pip);
    if ((fetched && (await withUv(kit, fetched))) || (await withPip(kit, pip))) return;
  }
  foreign("ci-tokengate: building the Python environment", log.join("\n"));
  if (!uv && !pip) {
    throw new Failure(
      `${python.base} has no pip, and there is no uv on PATH, so the packages of ci-tokengate cannot be installed. ` +
        "Add actions/setup-python or astral-sh/setup-uv before this step.", 2);
  }
  throw new Failure(
    "The packages of ci-tokengate could not be installed; the output above says why. Is the package index reachable " +
      "from this runner? Settings of pip and uv (PIP_INDEX_URL, UV_DEFAULT_INDEX, SSL_CERT_FILE …) are honoured; " +
      "without a network, name a folder with the wheels in the input wheelhouse.");
}

function wheelhouse(env) {
  const input = env.INPUT_WHEELHOUSE?.trim();
  if (!input) return null;
  const folder = path.resolve(input);
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new Failure(`The input wheelhouse names ${folder}, which is not a folder.`, 2);
}

const PINNED = ["--require-hashes", "--only-binary", ":all:", "--no-deps"];
// uv checks a hash when it downloads, not what lies unpacked in its cache, and links the environment to it: whoever may
// write there (a cache that actions/cache restored, another job) would write here. pip checks what its cache holds.
const FRESH = ["--no-cache", "--link-mode", "copy"];

// No bytecode is compiled here: Python writes what the action imports, and only that, at its first start.
async function withUv({ step, python, venv, lock, offline }, uv) {
  fs.rmSync(venv, { recursive: true, force: true });
  if (!(await step(uv, "venv", "--no-project", "--python", python.base, venv))) return false;
  return step(uv, "pip", "install", "--python", interpreterOf(venv), ...PINNED, ...FRESH, ...offline, "-r", lock);
}

async function withPip({ step, python, venv, lock, offline }, pip) {
  fs.rmSync(venv, { recursive: true, force: true });
  if (!(await step(python.base, "-I", "-m", "venv", "--without-pip", venv))) return false;
  const packages = WINDOWS
    ? path.join(venv, "Lib", "site-packages")
    : path.join(venv, "lib", `python${python.version.join(".")}`, "site-packages");
  return step(...pip, "install", "--target", packages, "--no-compile", ...PINNED, ...offline, "-r", lock);
}

/** pip fetches uv and uv installs the rest faster than pip would; but an index that only pip knows stays with pip. */
async function fetchUv({ ask, step, draft }, pip) {
  const folder = path.join(draft, "uv");
  const [fetched, configured] = await Promise.all([
    step(...pip, "install", "--target", folder, "--no-compile", ...PINNED, "-r", UV_LOCK),
    ask(...pip, "config", "list").then(({ output }) => /^\S*\.(index-url|no-index)=/m.test(output)),
  ]);
  const file = path.join(folder, "bin", WINDOWS ? "uv.exe" : "uv");
  return fetched && !configured && exists(file) ? file : null;
}

/** The interpreter's own pip, else that of a throw-away environment (Debian splits pip and ensurepip off). */
async function findPip({ step, python, draft }) {
  for (const program of new Set([python.executable, python.base])) {
    if (await step(program, "-I", "-c", "import pip")) return [program, "-I", "-m", "pip"];
  }
  const own = path.join(draft, "pip");
  return (await step(python.base, "-I", "-m", "venv", own)) ? [interpreterOf(own), "-I", "-m", "pip"] : null;
}
