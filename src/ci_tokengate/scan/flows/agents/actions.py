"""Agents as actions, by `owner/name` in lower case."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.scan.flows.agents import seats
from ci_tokengate.scan.flows.agents import table as t
from ci_tokengate.scan.flows.agents.model import AgentAction

_CLAUDE = AgentAction(
    agent=t.CLAUDE,
    keys=("anthropic_api_key", "claude_code_oauth_token"),
    clouds=("use_bedrock", "use_vertex", "use_foundry"),
    federation=(
        "anthropic_federation_rule_id",
        "anthropic_organization_id",
        "anthropic_service_account_id",
        "anthropic_workspace_id",
    ),
    settings=("settings",),
)
_CODEX = AgentAction(
    agent=t.CODEX,
    urls=("responses-api-endpoint",),
    only_urls=True,
    keys=("openai-api-key",),
)
_GEMINI = AgentAction(
    agent=t.GEMINI,
    keys=("gemini_api_key", "google_api_key"),
    clouds=("use_vertex_ai", "use_gemini_code_assist"),
    federation=("gcp_workload_identity_provider",),
    settings=("settings",),
)
_OPENCODE = AgentAction(agent=t.OPENCODE)
_PR_AGENT = AgentAction(agent=t.PR_AGENT)
_URLS = ("openai_base_url", "openai-base-url", "base_url", "base-url", "api_base", "api-base", "openai_api_base",
         "openai-api-base", "openai_api_endpoint", "llm_base_url", "llm-base-url", "endpoint", "api_url", "api-url",
         "openai_endpoint", "model_endpoint")  # fmt: skip
_REVIEW = AgentAction(agent=t.CODE_REVIEW, urls=_URLS)

ACTIONS: Mapping[str, AgentAction] = {
    "anthropics/claude-code-action": _CLAUDE,
    "anthropics/claude-code-action/base-action": _CLAUDE,
    "anthropics/claude-code-base-action": _CLAUDE,
    "anthropics/claude-code-security-review": AgentAction(
        agent=seats.SECURITY_REVIEW, keys=("claude-api-key",)
    ),
    "openai/codex-action": _CODEX,
    "openai/codex/.github/actions/codex": AgentAction(agent=t.CODEX, keys=("openai_api_key",)),
    "google-github-actions/run-gemini-cli": _GEMINI,
    "google-gemini/gemini-cli-action": _GEMINI,
    "sst/opencode/github": _OPENCODE,
    "anomalyco/opencode/github": _OPENCODE,
    "anomalyco/opencode-action": _OPENCODE,
    "qwenlm/qwen-code-action": AgentAction(
        agent=t.QWEN, urls=("openai_base_url",), keys=("openai_api_key",)
    ),
    "qodo-ai/pr-agent": _PR_AGENT,
    "codium-ai/pr-agent": _PR_AGENT,
    "codiumai/pr-agent": _PR_AGENT,
    "the-pr-agent/pr-agent": _PR_AGENT,
    "mirrajabi/aider-github-action": AgentAction(agent=t.AIDER, urls=_URLS),
    "aider-ai/aider-github-action": AgentAction(agent=t.AIDER, urls=_URLS),
    "all-hands-ai/openhands-resolver": AgentAction(agent=t.OPENHANDS, urls=_URLS),
    "openhands/openhands-github-action": AgentAction(agent=t.OPENHANDS, urls=_URLS),
    "openhands/software-agent-sdk/.github/actions/pr-review": AgentAction(
        agent=t.OPENHANDS, urls=_URLS
    ),
    "coderabbitai/ai-pr-reviewer": AgentAction(agent=t.CODE_REVIEW, urls=_URLS),
    "coderabbitai/openai-pr-reviewer": AgentAction(agent=t.CODE_REVIEW, urls=_URLS),
    "anc95/chatgpt-codereview": _REVIEW,
    "cirolini/genai-code-review": _REVIEW,
    "freeedcom/ai-codereviewer": _REVIEW,
    "villesau/ai-codereviewer": _REVIEW,
    "sweepai/sweep": _REVIEW,
    "cline/cline-action": AgentAction(agent=t.CLINE, urls=_URLS),
    "continuedev/continue": AgentAction(agent=t.CONTINUE, urls=_URLS),
    "block/goose-action": AgentAction(agent=t.GOOSE, urls=_URLS),
    "clouatre-labs/setup-goose-action": AgentAction(agent=t.GOOSE),
    "cursor/cursor-agent-action": AgentAction(agent=seats.CURSOR),
    "getcursor/bugbot-action": AgentAction(agent=seats.BUGBOT),
    "cursor/bugbot-action": AgentAction(agent=seats.BUGBOT),
    "augmentcode/augment-agent": AgentAction(agent=seats.AUGGIE),
    "augmentcode/review-pr": AgentAction(agent=seats.AUGGIE),
    "augmentcode/describe-pr": AgentAction(agent=seats.AUGGIE),
    "factory-ai/droid-action": AgentAction(agent=seats.DROID),
    "google-labs-code/jules-action": AgentAction(agent=seats.JULES),
    "google-labs-code/jules-invoke": AgentAction(agent=seats.JULES),
    "jetbrains/junie-github-action": AgentAction(agent=seats.JUNIE),
    "warpdotdev/warp-agent-action": AgentAction(agent=seats.WARP),
    "aws-actions/amazon-q-developer-action": AgentAction(agent=seats.AMAZON_Q),
}
"""Setup actions run nothing; they are not here."""

IMAGES: Mapping[str, AgentAction] = {
    "paulgauthier/aider": AgentAction(agent=t.AIDER),
    "paulgauthier/aider-full": AgentAction(agent=t.AIDER),
    "codiumai/pr-agent": _PR_AGENT,
    "pragent/pr-agent": _PR_AGENT,
    "ghcr.io/anthropics/claude-code": AgentAction(agent=t.CLAUDE),
    "anthropic/claude-code": AgentAction(agent=t.CLAUDE),
    "openhands/openhands": AgentAction(agent=t.OPENHANDS),
    "ghcr.io/openhands/openhands": AgentAction(agent=t.OPENHANDS),
    "docker.openhands.dev/openhands/openhands": AgentAction(agent=t.OPENHANDS),
    "ghcr.io/all-hands-ai/openhands": AgentAction(agent=t.OPENHANDS),
    "ghcr.io/block/goose": AgentAction(agent=t.GOOSE),
    "ghcr.io/google-gemini/gemini-cli": AgentAction(agent=t.GEMINI),
    "us-docker.pkg.dev/gemini-code-dev/gemini-cli/sandbox": AgentAction(agent=t.GEMINI),
    "ghcr.io/qwenlm/qwen-code": AgentAction(agent=t.QWEN),
}

_COPIES: Mapping[str, AgentAction] = {
    name.partition("/")[2]: ACTIONS[name]
    for name in (
        "anthropics/claude-code-action", "anthropics/claude-code-action/base-action", "anthropics/claude-code-base-action",
        "anthropics/claude-code-security-review", "openai/codex-action", "google-github-actions/run-gemini-cli",
        "google-gemini/gemini-cli-action", "qwenlm/qwen-code-action", "qodo-ai/pr-agent", "anomalyco/opencode-action",
        "mirrajabi/aider-github-action", "coderabbitai/ai-pr-reviewer", "anc95/chatgpt-codereview",
    )
}  # fmt: skip
"""Forks and mirrors, by the repository's name: organisations keep copies of the actions they allow."""

WORKFLOWS: Mapping[str, AgentAction] = {
    "all-hands-ai/openhands/.github/workflows/openhands-resolver.yml": AgentAction(
        agent=t.OPENHANDS
    ),
    "openhands/openhands/.github/workflows/openhands-resolver.yml": AgentAction(agent=t.OPENHANDS),
}
"""Reusable workflows that run an agent in a job of their own, where no gate of the caller's can stand."""


def action_of(uses: str) -> AgentAction | None:
    """The agent that a `uses:` runs, None if it is none that is known."""
    name = uses.strip().lower()
    if name.startswith("docker://"):
        return image_of(name.removeprefix("docker://"))
    name = name.partition("@")[0]
    return ACTIONS.get(name) or WORKFLOWS.get(name) or _COPIES.get(name.partition("/")[2])


def image_of(image: str) -> AgentAction | None:
    """The agent in an image, also in a registry of one's own that mirrors it."""
    name = image_name(image)
    return IMAGES.get(name) or IMAGES.get("/".join(name.split("/")[-2:]))


def image_name(image: str) -> str:
    """An image without its tag and digest; the port of a registry is no tag."""
    name = (
        image.lower().partition("@")[0].removeprefix("docker.io/").removeprefix("index.docker.io/")
    )
    head, slash, tail = name.rpartition("/")
    return head + slash + tail.partition(":")[0]
