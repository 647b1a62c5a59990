// runs.post: revoke the job's key, whatever the steps in between have done to the environment.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { NETWORK, demise, error, forwardSignals, pick, run, tokengate, warning } from "./run.mjs";

const DEADLINE = 30_000;
const PYTHON_LIMIT = 18_000; // what is left is enough for the fallback's first tries
const REPORT_LIMIT = 20_000;
const HANDED_ON = /^(STATE|INPUT|GITHUB|RUNNER)_|^(HOME|USERPROFILE|TMPDIR|TEMP|TMP|SystemRoot|LANG)$/;

/** The environment of Python here: an allow list, with the network as main saw it. */
function scrubbed(env, network) {
  const programs = [env.STATE_python, process.execPath].filter(Boolean).map((file) => path.dirname(file));
  const key = jobKey(env);
  return {
    ...pick(env, (name) => HANDED_ON.test(name)),
    ...network,
    PATH: programs.join(path.delimiter),
    ...(key && { TOKENGATE_JOB_KEY: key }),
  };
}

/** The job key, wherever the action or the workflow has put it: the value whose hash main noted. */
function jobKey(env) {
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const noted = env["STATE_key-sha256"] || env["STATE_key-id"]; // the id is the hash, where the proxy has it so
  return noted && Object.values(env).find((value) => sha256(value) === noted);
}

function networkOfMain(text) {
  try {
    return pick(JSON.parse(text), (name) => NETWORK.includes(name));
  } catch {
    return {};
  }
}

/** null if Python has settled it, with its exit code; else why not, as the end of a sentence. */
async function withPython(env, network) {
  const python = env.STATE_python;
  if (!python || !fs.existsSync(python)) return "was gone";
  const result = await tokengate(python, "post", { env: scrubbed(env, network), timeout: PYTHON_LIMIT }).catch((crash) => ({ code: null, error: crash.message }));
  if (result.code === 0 || result.code === 1) {
    process.exitCode = result.code;
    return null;
  }
  return result.code === null ? demise(result) : `could not confirm it (exit code ${result.code})`;
}

/** revoke.mjs in a node of its own: NODE_OPTIONS and the certificates are read when node starts. */
async function withFetch(env, network, limit) {
  const certificates = network.NODE_EXTRA_CA_CERTS ?? network.SSL_CERT_FILE ?? network.REQUESTS_CA_BUNDLE;
  const clean = {
    ...pick(env, (name) => name.startsWith("STATE_") || name === "INPUT_PROXY-KEY" || name === "SystemRoot"),
    ...pick(network, (name) => /_proxy$/i.test(name)),
    NODE_USE_ENV_PROXY: "1", // node 24 reads the proxy variables if it is told to; older ones cannot
    ...(certificates && { NODE_EXTRA_CA_CERTS: certificates }),
    TOKENGATE_DEADLINE_MS: String(limit),
  };
  const script = fileURLToPath(new URL("revoke.mjs", import.meta.url));
  const result = await run(process.execPath, ["--no-warnings", script], { env: clean, timeout: limit + 500 });
  if (result.code === 0) return null;
  return (result.code === 1 && result.output.trim()) || `the fallback ${result.code === null ? demise(result) : "crashed"}`;
}

async function post(env, started) {
  const network = networkOfMain(env.STATE_network);
  const why = await withPython(env, network);
  if (why === null) return;
  const failed = await withFetch(env, network, DEADLINE - 1_000 - (Date.now() - started));
  const alias = env.STATE_alias;
  if (failed === null) {
    warning(`The Python environment of ci-tokengate ${why}; the job key was revoked directly. (${alias})`);
    return;
  }
  const expiry = env["STATE_expires-at"] ? `It expires by itself at ${env["STATE_expires-at"]}.` : "It expires by itself when its lifetime is over.";
  error(
    `The key ${alias} may still work: ${failed} (before that, Python ${why}). ${expiry} ` +
      `Revoke it with \`ci-tokengate revoke --alias '${alias}'\`, or let \`ci-tokengate sweep\` find it.`,
    "ci-tokengate: the job key could not be revoked");
  process.exitCode = 1;
}

/** The comment, in a process of its own: nothing of it can be in the way of the revocation, or fail the job. */
async function report(env) {
  if (!env.STATE_python || !fs.existsSync(env.STATE_python)) return;
  const result = await tokengate(env.STATE_python, "report", { env: scrubbed(env, networkOfMain(env.STATE_network)), timeout: REPORT_LIMIT }).catch((crash) => ({ code: null, error: crash.message }));
  if (result.code !== 0) warning(`What this pull request cost was not told: the Python of ci-tokengate ${result.code === null ? demise(result) : `ended with ${result.code}`}.`);
}

const started = Date.now();
forwardSignals();
try {
  if (process.env.STATE_alias && process.env.STATE_phase !== "none") await post(process.env, started);
} finally {
  if (process.env.STATE_folder) fs.rmSync(process.env.STATE_folder, { recursive: true, force: true });
}
if (process.env.STATE_report) await report(process.env);
