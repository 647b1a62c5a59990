// Where the Python environment may stand. post starts it again with the minting key, minutes after main looked, so
// nobody else on this machine may be able to write there, nor to put another folder in its place.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ACTION, Failure, WINDOWS } from "./run.mjs";

const OTHERS = 0o002;
const GROUP = 0o020;
const STICKY = 0o1000; // only the owner of an entry renames it

/** Folders to look in, best first; one of them can be written. */
export function roots(env) {
  const homes = [env.RUNNER_TOOL_CACHE, env.RUNNER_TEMP]
    .filter(Boolean)
    .map((folder) => path.resolve(folder, "ci-tokengate"))
    .filter((home) => writable(home) || fs.existsSync(home))
    .filter(guarded);
  if (!homes.some(writable)) homes.push(ownTemporary());
  return homes;
}

export function writable(home) {
  try {
    // Not `recursive`: where a parent can never be made, such as a dangling link, node tries for ever.
    for (const folder of [path.dirname(home), home]) {
      try {
        fs.mkdirSync(folder, { mode: 0o755 });
      } catch (failure) {
        if (failure.code !== "EEXIST") throw failure;
      }
    }
    fs.accessSync(home, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Nobody but us, root and whoever owns the action's own files can change what stands below `home`. */
function guarded(home) {
  if (WINDOWS) return true;
  const owners = new Set([0, process.getuid(), fs.statSync(ACTION).uid]); // in a container root runs what the runner's user owns
  // A group of the user's own, by which Debian and others tell that a umask of 002 does no harm (pam_umask, `usergroups`).
  const groups = new Set([0, ...(process.getgid() === process.getuid() ? [process.getgid()] : [])]);
  const real = fs.realpathSync(home);
  for (let folder = real; ; folder = path.dirname(folder)) {
    const { uid, gid, mode } = fs.statSync(folder);
    const open = mode & OTHERS || (mode & GROUP && !groups.has(gid));
    if (!owners.has(uid) || (open && (folder === real || !(mode & STICKY)))) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/** The temporary folder is open to every user of the machine: what lies there must be ours alone. */
function ownTemporary() {
  const home = path.join(os.tmpdir(), `ci-tokengate-${process.getuid?.() ?? "runner"}`);
  if (!fs.existsSync(home)) fs.mkdirSync(home, { mode: 0o700 });
  const stat = fs.lstatSync(home);
  if (stat.isDirectory() && (WINDOWS || stat.uid === process.getuid()) && guarded(home)) return home;
  throw new Failure(
    `${home} belongs to somebody else or can be written by others, and neither RUNNER_TOOL_CACHE nor RUNNER_TEMP is a folder that only this user can write.`, 2);
}
