"""Stands in for ci_tokengate.action in the tests of the shims: it keeps the contract between the two, and
does what the input `team` says. `plant` puts it into a copy of the action."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

KEY = "sk-job-0123456789"
KEY_ID = hashlib.sha256(KEY.encode()).hexdigest()
ALIAS = "tokengate:org/app#2:77.1:review:code-review:ab12"

ACTION = """
import hashlib, json, os, signal, sys, time
from pathlib import Path

KEY = @KEY@
ALIAS = @ALIAS@

def state(**values):
    with open(os.environ["GITHUB_STATE"], "a") as file:
        for name, value in values.items():
            file.write(f"{name.replace('_', '-')}<<END\\n{value}\\nEND\\n")

def main():
    verb = sys.argv[1]
    how = os.environ.get("INPUT_TEAM", "")
    record = os.environ.get("INPUT_POLICY", "")
    if record.startswith("/"):
        seen = {"argv": sys.argv, "env": dict(os.environ), "path": sys.path, "flags": [sys.flags.isolated, sys.flags.utf8_mode],
                "executable": sys.executable}
        Path(record, f"{verb}.json").write_text(json.dumps(seen))
    if verb == "main":
        return main_(how)
    print("post by python")
    return ending(how)

def main_(how):
    if how == "none":
        return 0
    state(phase="minting", alias=ALIAS, proxy_url=os.environ.get("INPUT_PROXY-URL", ""), proxy_kind="litellm", team_id="team-b",
          user_id="ci-bot", expires_at="2026-11-23T14:32:00Z")
    if how == "mid-mint":
        print("minting", flush=True)
        time.sleep(30)
    state(phase="minted", key_id=hashlib.sha256(KEY.encode()).hexdigest())
    if os.environ.get("GITHUB_ENV"):
        print("::add-mask::" + KEY)
        Path(os.environ["GITHUB_ENV"]).open("a").write(f"ANTHROPIC_API_KEY={KEY}\\n")
        Path(os.environ["GITHUB_OUTPUT"]).open("a").write("allowed=true\\n")
        Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a").write("# One summary\\n")
    return ending(how)

def ending(how):
    if how == "import":
        import a_package_that_is_missing
    if how == "crash":
        raise RuntimeError("a crash")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "wait":
        def stop(number, frame):
            os.write(1, f"stopped by {signal.Signals(number).name}\\n".encode())
            sys.exit(7)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        print("waiting", flush=True)
        time.sleep(30)
    if how == "mid-mint":
        return 3
    return int(how) if how.isdigit() else 0
"""


def plant(action: Path) -> Path:
    """Replace the Python half of a copy of the action."""
    package = action / "src" / "ci_tokengate"
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "action.py").write_text(
        ACTION.replace("@KEY@", repr(KEY)).replace("@ALIAS@", repr(ALIAS))
    )
    return action
