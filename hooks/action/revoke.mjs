// Revokes the job key with nothing but fetch: for post, when Python is gone.
// In:  STATE_* of main, INPUT_PROXY-KEY, TOKENGATE_DEADLINE_MS.
// Out: exit 0, or exit 1 with what failed on stdout, as a sentence without its full stop and without secrets.
const CALL_LIMIT = 5_000;
const PAUSES = [500, 2_000, 5_000];
const LATE = [0, 1_000, 2_000];
const PAGE = 100;

const env = process.env;
const deadline = Date.now() + Number(env.TOKENGATE_DEADLINE_MS || 29_000);
const kind = env["STATE_proxy-kind"] || "litellm";
const bare = (url) => (url ?? "").replace(/\/+$/, "");
const proxy = bare(env["STATE_proxy-url"]);
const keyId = env["STATE_key-id"];
const alias = env.STATE_alias;

class Failed extends Error {}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One call: {status, text}, or {problem} if there was no answer. Redirects are answers, never followed. */
async function call(method, path, body) {
  const limit = Math.min(CALL_LIMIT, deadline - Date.now());
  if (limit <= 0) return { problem: "there was no time left" };
  try {
    const response = await fetch(way.base + path, {
      method,
      headers: { ...way.login(env["INPUT_PROXY-KEY"]), "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
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
async function ask(method, path, body) {
  for (let attempt = 0; ; attempt += 1) {
    const { status, text, problem } = await call(method, path, body);
    if (!problem && status < 500 && status !== 429 && status !== 408) return { status, text, asked: `${method} ${path}` };
    const pause = PAUSES[attempt];
    if (pause === undefined || Date.now() + pause >= deadline) throw new Failed(`${method} ${path} on ${way.base}: ${problem ?? `HTTP ${status}`}${unproxied()}`);
    await sleep(pause);
  }
}

function unproxied() {
  const proxied = env.HTTPS_PROXY || env.https_proxy || env.ALL_PROXY || env.all_proxy;
  if (!proxied || Number(process.versions.node.split(".")[0]) >= 24) return "";
  return "; this job has an HTTPS proxy, which the fallback cannot use on this version of node";
}

function unexpected({ status, asked }) {
  const reason = status >= 300 && status < 400 ? ", a redirect, which is not followed: proxy-url must be the final address"
    : status === 401 || status === 403 ? ", the minting key (input proxy-key) was not accepted" : "";
  return new Failed(`${asked} on ${way.base}: HTTP ${status}${reason}`);
}

/** true: deleted; false: there is no such key. */
async function remove(body) {
  const answer = await ask("POST", "/key/delete", body);
  if (answer.status === 200) return true;
  if (answer.status === 404 && answer.text.includes("No keys found")) return false;
  throw unexpected(answer);
}

/** Take the alias, so that a mint still in flight is refused. true: taken; false: the mint has come first. */
async function tombstone() {
  const answer = await ask("POST", "/key/generate", {
    ...(env["STATE_team-id"] && { team_id: env["STATE_team-id"] }),
    ...(env["STATE_user-id"] && { user_id: env["STATE_user-id"] }),
    key_alias: alias, duration: "1s", max_budget: 0, models: ["no-default-models"], key_type: "llm_api",
  });
  if (answer.status === 200) return true;
  if (answer.status === 400 && answer.text.includes("already exists")) return false;
  throw unexpected(answer);
}

/** LiteLLM: by hash or alias; an alias is unique, and can be taken. */
async function fromLiteLLM() {
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

/** All keys of our name, in a listing that is read page by page; `id` is what the proxy calls a key by. */
async function named(page, id) {
  const [found, seen] = [[], new Set()];
  for (let number = 0; ; number += 1) {
    const answer = await ask("GET", page(number, seen.size));
    if (answer.status !== 200) throw unexpected(answer);
    const fresh = JSON.parse(answer.text).data.filter((key) => !seen.has(key[id]));
    if (!fresh.length) return found; // a page may hold fewer than were asked for: one that adds nothing is the last
    for (const key of fresh) seen.add(key[id]);
    found.push(...fresh.filter(({ name }) => name === alias).map((key) => key[id]));
  }
}

/** Where names are not unique, nothing keeps a late mint out: it is looked for again, and its lifetime bounds it. */
async function byName(page, id, end) {
  for (const pause of keyId ? [0] : LATE) {
    await sleep(pause);
    const found = await named(page, id);
    for (const one of found) await end(one);
    if (found.length) return;
  }
}

/** 404: gone already. */
async function end(method, path, body) {
  const answer = await ask(method, path, body);
  if (answer.status !== 200 && answer.status !== 404) throw unexpected(answer);
}

const bearer = (key) => ({ authorization: `Bearer ${key}` });
const WAYS = {
  litellm: { base: proxy, login: bearer, revoke: fromLiteLLM },
  portkey: {
    base: bare(env["STATE_control-url"]) || `${proxy}/v1`,
    login: (key) => ({ "x-portkey-api-key": key }),
    revoke: () => byName((n) => `/api-keys?page_size=${PAGE}&current_page=${n}`, "id", (id) => end("DELETE", `/api-keys/${id}`)),
  },
  openrouter: {
    base: `${proxy}/api/v1`,
    login: bearer,
    revoke() {
      const disable = (hash) => end("PATCH", `/keys/${hash}`, { disabled: true });
      const team = env["STATE_team-id"] ?? "default"; // a listing without a workspace is the default one's
      const workspace = team === "default" ? "" : `&workspace_id=${encodeURIComponent(team)}`;
      return keyId ? disable(keyId) : byName((_, had) => `/keys?include_disabled=true&offset=${had}${workspace}`, "hash", disable);
    },
  },
};
const way = Object.hasOwn(WAYS, kind) ? WAYS[kind] : null;

async function revoke() {
  if (!/^https?:\/\//.test(proxy)) throw new Failed("the state has no proxy-url");
  if (!way) throw new Failed(`the fallback cannot speak to a proxy of kind ${kind}`);
  if (!env["INPUT_PROXY-KEY"]) throw new Failed("the input proxy-key was empty when the job ended");
  await way.revoke();
}

try {
  await revoke();
  process.exit(0);
} catch (failure) {
  process.stdout.write(failure instanceof Failed ? failure.message : `${failure.name} in the fallback`, () => process.exit(1));
}
