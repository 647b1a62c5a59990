"""What a commit waits for. It imports nothing until a line that is added could matter.

One `git diff`, and then searches for literals; measured, Python's own start is most of the time.
Exit codes: 0 passed, 1 refused, 2 usage or configuration, 3 undecided.
"""

import os
import sys

TYPE_CHECKING = False  # typing's own is an import, and imports are what a commit waits for
if TYPE_CHECKING:
    from collections.abc import Callable

_DIFF = (
    "git", "-c", "core.quotePath=true", "-c", "core.fsmonitor=false", "diff", "--cached", "--no-color",
    "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--unified=3", "--submodule=short",
    "--ignore-submodules=dirty",
)  # fmt: skip
_LEFT_OUT = (b"\nBinary files ", b"\n+Subproject commit ", b"//git-lfs.github.com/spec/v1")
HOSTS = (
    b"api.anthropic.com", b".openai.com", b".googleapis.com", b".azure.", b"bedrock",
    b"models.github.ai", b"mistral.ai", b"api.cohere.", b"api.groq.com", b"api.x.ai",
    b"api.deepseek.com", b"openrouter.ai", b"api.perplexity.ai", b"huggingface.c",
    b"api.together.", b"api.fireworks.ai", b"api.replicate.com", b"api.cerebras.ai",
    b"api.voyageai.com", b".api.nvidia.com", b"api.moonshot.", b"api.elevenlabs.io",
    b"dashscope", b"bigmodel.cn", b"api.z.ai", b"api.minimax", b"api.ai21.com",
    b"api.sambanova.ai", b"api.deepinfra.com", b"api.novita.ai", b"api.siliconflow.", b"nebius",
    b"api.hyperbolic.xyz", b"anyscale.com", b"api.lepton.ai", b"api.baichuan-ai.com",
    b"api.stepfun.com", b"api.inference.net", b"api.jina.ai", b"api.upstage.ai", b"api.reka.ai",
    b"api.writer.com", b"do-ai.run", b"volces.com", b"chatgpt.com", b"githubcopilot.com"
)  # fmt: skip
"""A copy of what the flow rules look for in code, which a test compares: their module imports too much."""
_PATHS = (
    b".github/workflows/", b"action.y", b"gitlab", b".circleci/", b"azure-pipelines", b"compose", b"jenkinsfile",
)  # fmt: skip
"""A change to one of these has the whole file checked."""
_PARTS = (b".yml", b".yaml", b".groovy")
_WORDS = (
    b"api_key", b"apikey", b"api-key", b"_token", b"base_url", b"anthropic", b"openai", b"claude", b"codex", b"gemini", b"llm",
    b"bedrock", b"mistral",
)  # fmt: skip
"""A pipeline may include a file of any name; one that says nothing of this kind matters to none."""


def main() -> None:
    """Entry of the git hook and of pre-commit's."""
    try:
        code = _decide()
    except Exception as error:  # noqa: BLE001 - a crash is 3, never a refusal
        sys.stderr.write(f"? ci-tokengate failed by itself ({type(error).__name__}).\n")
        code = 3
    raise SystemExit(code)


def _decide() -> int:
    """Git looks for the change while the literals are read in."""
    answer = _begin()
    from ci_tokengate.scan.keys import probes  # noqa: F401

    status, diff = answer()
    if status:
        sys.stderr.write("? git could not say what is staged.\n")
        return 3
    if not may_matter(diff):
        return 0
    sys.argv = ["ci-tokengate", "scan", "--staged", *sys.argv[1:]]
    from importlib import import_module

    import_module("ci_tokengate.cli").main()
    return 3  # it always exits by itself


def may_matter(diff: bytes) -> bool:
    """False only for a change in which a scan would find nothing, and leave nothing out."""
    if not diff:
        return False
    from ci_tokengate.scan.keys.probes import suspicious

    if _holds(diff, _LEFT_OUT) or suspicious(diff):
        return True
    low = diff.lower()
    if _holds(low, HOSTS):
        return True
    if _holds(low, _PATHS) and _in_a_path(low, _PATHS):
        return True
    return _holds(low, _PARTS) and _holds(low, _WORDS) and _in_a_path(low, _PARTS)


def _holds(text: bytes, parts: "tuple[bytes, ...]") -> bool:
    for part in parts:  # a generator takes twice as long
        if part in text:
            return True
    return False


def _in_a_path(low: bytes, parts: "tuple[bytes, ...]") -> bool:
    return any(
        line.startswith(b"+++ ") and any(part in line for part in parts)
        for line in low.split(b"\n")
    )


def _begin() -> "Callable[[], tuple[int, bytes]]":
    """Starts git; what comes back waits for its exit code and what it printed."""
    if not hasattr(os, "posix_spawnp"):
        return _slowly
    reader, writer = os.pipe()
    child = os.posix_spawnp(
        "git",
        _DIFF,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)],
    )
    os.close(writer)

    def answer() -> "tuple[int, bytes]":
        parts = []
        while part := os.read(reader, 1 << 20):
            parts.append(part)
        os.close(reader)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), b"".join(parts)

    return answer


def _slowly() -> "tuple[int, bytes]":
    """Where there is no `posix_spawn`, as on Windows."""
    import subprocess

    done = subprocess.run(_DIFF, stdout=subprocess.PIPE, check=False)
    return done.returncode, done.stdout
