"""post of the action: revokes the job key, and says whether its cap was hit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ci_tokengate.action import TITLE
from ci_tokengate.action.notes import site_in
from ci_tokengate.adapters.files import remove_folder
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.keys import Handle
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.retire import retire
from ci_tokengate.render.markdown import plain_summary
from ci_tokengate.render.retired import cap_sentences
from ci_tokengate.wiring import proxies

_SECONDS = 16.0
"""Below the 18 s after which post.mjs takes over; waiting for log rows ends before it."""


def post(env: Mapping[str, str], runner: GitHubRunner) -> int:
    """Revokes, and says whether the cap was hit. Exit 3: post.mjs tries by itself."""
    state = {k.removeprefix("STATE_"): v for k, v in env.items() if k.startswith("STATE_")}
    if folder := state.get("folder"):
        remove_folder(folder)
    alias = state.get("alias", "")
    if not alias or state.get("phase") == "none":
        return 0
    handle = Handle(
        alias=alias,
        team_id=state.get("team-id", ""),
        user_id=state.get("user-id") or None,
        key_id=state.get("key-id") or None,
    )
    failing = state.get("on-cap") == "fail"
    try:
        site = site_in(state)
        proxy = proxies.open_proxy(site, env.get("INPUT_PROXY-KEY", ""), Deadline(_SECONDS))
        retired = retire(
            proxy,
            handle,
            job_key=env.get("TOKENGATE_JOB_KEY") or None,
            clock=proxies.clock(),
            certain=failing,
        )
    except TokengateError as error:
        runner.say(f"The job key could not be revoked: {error.message}")
        return 3
    runner.say(f"The job key {alias} is revoked.")
    parsed = parse_alias(alias)
    sentences = cap_sentences(
        retired.refusals,
        spent=retired.spent,
        cap=_amount(state.get("cap-usd", "")),
        use_case=parsed.use_case if parsed else "the use case",
        counted=retired.counted,
    )
    for sentence in sentences:
        runner.annotate("error" if failing else "warning", TITLE, sentence)
        runner.summary(plain_summary("!", sentence))
    return 1 if failing and retired.refusals else 0


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
