// Revokes the job key with nothing but fetch: for post, when Python is gone. Knows LiteLLM only.
// In:  STATE_* of main, INPUT_PROXY-KEY, TOKENGATE_DEADLINE_MS.
// Out: exit 0, or exit 1 with what failed on stdout, as a sentence without its full stop and without secrets.
const CALL_LIMIT = 5_000;
const PAUSES = [500, 2_000, 5_000];

const env = process.env;
const deadline = Date.now() + Number(env.TOKENGATE_DEADLINE_MS || 29_000);
const base = (env["STATE_proxy-url"] ?? "").replace(/\/+$/, "");
const keyId = env["STATE_key-id"];
const alias = env.STATE_alias;

class Failed extends Error {}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One call: {status, text}, or {problem} if there was no answer. Redirects are answers, never followed. */
async function call(path, body) {
  const limit = Math.min(CALL_LIMIT, deadline - Date.now());
  if (limit <= 0) return { problem: "there was no time left" };
  try {
    const response = await fetch(base + path, {
      method: "POST",
      headers: { "authorization": `Bearer ${env["INPUT_PROXY-KEY"]}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(limit),
    });
    return { status: response.status, text: await response.text() };
  } catch (failure) {
    if (failure.name === "TimeoutError") return { problem: `no answer within ${Math.ceil(limit / 1000)} s` };
    return { problem: `no connection (${failure.cause?.code ?? failure.name})` };
  }
}

/** Ask until there is an answer that another try would not change. */
async function ask(path, body) {
  for (let attempt = 0; ; attempt += 1) {
    const { status, text, problem } = await call(path, body);
    if (!problem && status < 500 && status !== 429 && status !== 408) return { status, text, path };
    const pause = PAUSES[attempt];
    if (pause === undefined || Date.now() + pause >= deadline) throw new Failed(`POST ${path} on ${base}: ${problem ?? `HTTP ${status}`}${unproxied()}`);
    await sleep(pause);
  }
}

function unproxied() {
  const proxied = env.HTTPS_PROXY || env.https_proxy || env.ALL_PROXY || env.all_proxy;
  if (!proxied || Number(process.versions.node.split(".")[0]) >= 24) return "";
  return "; this job has an HTTPS proxy, which the fallback cannot use on this version of node";
}

function unexpected({ status, path }) {
  const reason = status >= 300 && status < 400 ? ", a redirect, which is not followed: proxy-url must be the final address"
    : status === 401 || status === 403 ? ", the minting key (input proxy-key) was not accepted" : "";
  return new Failed(`POST ${path} on ${base}: HTTP ${status}${reason}`);
}

/** true: deleted; false: there is no such key. */
async function remove(body) {
  const answer = await ask("/key/delete", body);
  if (answer.status === 200) return true;
  if (answer.status === 404 && answer.text.includes("No keys found")) return false;
  throw unexpected(answer);
}

/** Take the alias, so that a mint still in flight is refused. true: taken; false: the mint has come first. */
async function tombstone() {
  const answer = await ask("/key/generate", {
    ...(env["STATE_team-id"] && { team_id: env["STATE_team-id"] }),
    ...(env["STATE_user-id"] && { user_id: env["STATE_user-id"] }),
    key_alias: alias, duration: "1s", max_budget: 0, models: ["no-default-models"], key_type: "llm_api",
  });
  if (answer.status === 200) return true;
  if (answer.status === 400 && answer.text.includes("already exists")) return false;
  throw unexpected(answer);
}

async function revoke() {
  if (!/^https?:\/\//.test(base)) throw new Failed("the state has no proxy-url");
  if (env["STATE_proxy-kind"] && env["STATE_proxy-kind"] !== "litellm") throw new Failed(`the fallback cannot speak to a proxy of kind ${env["STATE_proxy-kind"]}`);
  if (!env["INPUT_PROXY-KEY"]) throw new Failed("the input proxy-key was empty when the job ended");
  if (keyId) {
    await remove({ keys: [keyId] }); // already gone is gone
    return;
  }
  // Killed in mid-mint: the key may be there, may never come, or may still come.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if ((await remove({ key_aliases: [alias] })) || (await tombstone())) return;
  }
  throw new Failed("the proxy says both that the alias is taken and that there is no such key");
}

try {
  await revoke();
  process.exit(0);
} catch (failure) {
  process.stdout.write(failure instanceof Failed ? failure.message : `${failure.name} in the fallback`, () => process.exit(1));
}
