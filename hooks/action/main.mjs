// runs.main: prepare Python, note for post what later steps must not be able to change, hand over.
import { discard, environment } from "./environment.mjs";
import { DAMAGED, Failure, NETWORK, demise, error, forwardSignals, pick, saveState, tokengate } from "./run.mjs";

// Every name post reads. All are claimed at once: what main has not written, a later step could through GITHUB_ENV.
const UNSET = ["python", "alias", "proxy-url", "proxy-kind", "control-url", "team-id", "user-id", "key-id", "key-sha256", "cap-usd", "on-cap", "expires-at", "folder", "report", "refused"];

async function main(env) {
  const file = env.GITHUB_STATE;
  if (!file) throw new Failure("GITHUB_STATE is not set: this file is run by GitHub Actions. At a terminal, use `ci-tokengate`.", 2);
  const network = JSON.stringify(pick(env, (name) => NETWORK.includes(name)));
  saveState(file, { ...Object.fromEntries(UNSET.map((name) => [name, ""])), phase: "none", network });

  for (let attempt = 1; ; attempt += 1) {
    const { python, folder } = await environment(env);
    saveState(file, { python });
    const result = await tokengate(python, "main", { env: { ...env, TOKENGATE_NODE: process.execPath } });
    if (result.code === null) throw new Failure(`The Python of ci-tokengate (${python}) ${demise(result)}.`);
    if (result.code !== DAMAGED) return result.code;
    discard(folder);
    if (attempt === 2) throw new Failure(`The Python environment ${folder} lacks a package, also after it was built anew.`);
  }
}

forwardSignals();
try {
  process.exitCode = await main(process.env);
} catch (failure) {
  error(failure instanceof Failure ? failure.message : `The action could not be started: ${failure.message}`);
  process.exitCode = failure.exitCode ?? 3;
}
