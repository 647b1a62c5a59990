"""Workflows and composite actions judged by those who use them, and what jobs hand to each other."""

from __future__ import annotations

import pytest

from tests.scan.flows.cases import GATE, found, job, told

CALLEE = ".github/workflows/b.yml"


def called(inputs: str, steps: str) -> str:
    return job(steps).replace(
        "on: workflow_dispatch", f"on: {{workflow_call: {{inputs: {inputs}}}}}"
    )


def calling(given: str) -> str:
    return f"on: push\njobs:\n  r:\n    uses: ./{CALLEE}\n    with: {given}\n"


BY_INPUT = GATE + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: '${{ inputs.url }}'}"
BY_TOOLS = GATE.replace("}\n", ", tools: '${{ inputs.tools }}'}\n") + "- run: claude -p hi"
BEDROCK = (
    GATE
    + "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: x, use_bedrock: '${{ inputs.cloud }}'}"
)
WORKFLOWS = {
    "a provider's address": ("{url: {}}", BY_INPUT, "{url: 'https://api.anthropic.com'}", "TG004 TG005"),
    "the proxy's address": ("{url: {}}", BY_INPUT, "{url: 'https://llm.acme.example'}", ""),
    "another tool": ("{tools: {}}", BY_TOOLS, "{tools: codex}", "TG005"),
    "its tool": ("{tools: {}}", BY_TOOLS, "{tools: claude-code}", ""),
    "a cloud": ("{cloud: {}}", BEDROCK, "{cloud: 'true'}", "TG006"),
    "no cloud": ("{cloud: {}}", BEDROCK, "{cloud: 'false'}", ""),
    "what it has wrong by itself": ("{x: {}}", "- run: claude -p hi", "{x: y}", ""),
}  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "steps", "given", "expected"), WORKFLOWS.values(), ids=WORKFLOWS
)
def test_what_a_caller_makes_wrong_in_a_workflow_is_told_at_the_call(
    inputs: str, steps: str, given: str, expected: str
) -> None:
    text = calling(given).replace("push", "workflow_dispatch")
    assert told(found(text, {CALLEE: called(inputs, steps)})) == expected


ACTION = "runs:\n  using: composite\n  steps:\n"
AGENT = "    - {run: claude -p hi, shell: bash}\n"
INNER_GATE = "    - {uses: org/ci-tokengate@v1, with: {proxy-key: x}}\n"
ACTIONS = {
    "behind the gate": (GATE + "- uses: ./act", AGENT, ""),
    "behind the gate, always": (GATE + "- uses: ./act\n  if: always()", AGENT, "TG005"),
    "behind a gate of its own, always": ("- uses: ./act\n  if: always()", INNER_GATE + AGENT, ""),
    "after its own gate has refused": (
        "- uses: ./act",
        INNER_GATE + AGENT.replace("shell", "if: failure(), shell"),
        "TG005",
    ),
    "a gate in an action": ("- uses: ./act\n- run: claude -p hi", INNER_GATE, ""),
    "a gate in an action, and always": (
        "- uses: ./act\n- run: claude -p hi\n  if: always()",
        INNER_GATE,
        "TG005",
    ),
    "a gate in an action, and the outcome of what uses it": (
        "- {id: act, uses: ./act}\n- run: claude -p hi\n  if: always() && steps.act.outcome == 'success'",
        INNER_GATE,
        "",
    ),
    "a gate in an action that always runs, and its outcome": (
        "- {id: act, if: always(), uses: ./act}\n- run: claude -p hi\n  if: failure() && steps.act.conclusion == 'success'",
        INNER_GATE,
        "",
    ),
    "a gate in an action, and the outcome of another step": (
        "- uses: ./act\n- {id: t, if: always(), run: make}\n- run: claude -p hi\n  if: always() && steps.t.outcome == 'success'",
        INNER_GATE,
        "TG005",
    ),
    "a gate in an action, and the outcome of a step before it": (
        "- {id: t, run: make}\n- uses: ./act\n- run: claude -p hi\n  if: always() && steps.t.outcome == 'success'",
        INNER_GATE,
        "TG005",
    ),
    "a gate in an action, and its id, which is not known outside": (
        "- {if: always(), uses: ./act}\n- run: claude -p hi\n  if: always() && steps.gate.outcome == 'success'",
        INNER_GATE,
        "TG005",
    ),
    "a gate that may not run in an action that succeeds": (
        "- {id: act, if: always(), uses: ./act}\n- run: claude -p hi\n  if: always() && steps.act.outcome == 'success'",
        INNER_GATE.replace("{uses", "{if: github.actor != 'x', uses"),
        "TG005",
    ),
    "a gate in an action that may fail": (
        "- uses: ./act\n  continue-on-error: true\n- run: claude -p hi",
        INNER_GATE,
        "TG005",
    ),
    "a condition that calls success with something": (
        GATE + "- uses: ./act\n  if: success('x') && success(y)",
        AGENT,
        "TG005",
    ),
}


@pytest.mark.parametrize(("steps", "inner", "expected"), ACTIONS.values(), ids=ACTIONS)
def test_success_in_a_composite_action_is_that_of_the_action(
    steps: str, inner: str, expected: str
) -> None:
    assert told(found(job(steps), {"act/action.yml": ACTION + inner})) == expected


URL = "      - {id: u, run: 'echo url=https://api.openai.com/v1 >> $GITHUB_OUTPUT'}\n"
TAKES = "  b:\n    needs: [a]\n    steps: [{run: python x.py, env: {OPENAI_BASE_URL: '${{ needs.a.outputs.url }}'}}]\n"
GIVES = "  a:\n    outputs: {url: '${{ steps.u.outputs.url }}'}\n    steps:\n" + URL


@pytest.mark.parametrize("jobs", [GIVES + TAKES, TAKES + GIVES], ids=["in order", "the other way"])
def test_an_address_in_a_jobs_output_is_followed_to_the_job_that_needs_it(jobs: str) -> None:
    assert told(found("on: workflow_dispatch\njobs:\n" + jobs)) == "TG004"


def test_an_address_in_the_output_of_a_called_workflow_is_followed() -> None:
    callee = (
        "on: {workflow_call: {outputs: {url: {value: '${{ jobs.a.outputs.url }}'}}}}\njobs:\n"
        + GIVES
    )
    text = f"on: workflow_dispatch\njobs:\n  a: {{uses: ./{CALLEE}}}\n" + TAKES
    assert told(found(text, {CALLEE: callee})) == "TG004"


def test_jobs_that_need_each_other_and_double_their_outputs_stay_cheap() -> None:
    chain = "".join(
        f"  j{n}:\n    needs: [j{n - 1}]\n    outputs: {{x: '${{{{ needs.j{n - 1}.outputs.x }}}}a${{{{ needs.j{n - 1}.outputs.x }}}}'}}\n    steps: [{{run: echo}}]\n"
        for n in range(1, 400)
    )
    circle = "  j0:\n    needs: [j399]\n    outputs: {x: long}\n    steps: [{run: echo}]\n"
    assert found("on: push\njobs:\n" + chain + circle) == []
    assert found("on: push\njobs:\n" + chain + circle.replace("    needs: [j399]\n", "")) == []


UNTOLD = {
    "a file": '- run: |\n    export OPENAI_API_KEY="$(cat ~/.key)"\n    python x.py',
    "a file by the shell": "- run: OPENAI_API_KEY=$(< /run/key) python x.py",
    "an input": "- run: python x.py\n  env: {OPENAI_API_KEY: '${{ inputs.key }}'}",
    "a step of somebody else's": "- {id: k, uses: acme/get@v1}\n- run: python x.py\n  env: {OPENAI_API_KEY: '${{ steps.k.outputs.key }}'}",
}


@pytest.mark.parametrize("steps", UNTOLD.values(), ids=UNTOLD)
def test_a_key_that_only_the_run_knows_is_a_note(steps: str) -> None:
    assert told(found(job(steps))) == "TG003n"


@pytest.mark.parametrize("opens", ["eval $(echo ", "source <(echo ", "eval "])
def test_what_is_evaluated_within_each_other_stays_cheap(opens: str) -> None:
    text = opens * 2000 + "claude -p x" + ")" * 2000 * opens.count("(")
    assert told(found(job(f"- run: {text}"))) in ("", "TG005")
