"""What a script takes into itself: files it sources, evaluates, exports, loops over, or hands to what it starts."""

from __future__ import annotations

import pytest

from ci_tokengate.scan.flows import may_matter
from tests.scan.flows.cases import GATE, PATH, found, job, told

PAST = "ANTHROPIC_BASE_URL=https://api.anthropic.com\n"
FILES = {
    ".env": f"# ours\nANTHROPIC_MODEL=x\n{PAST}",
    ".envrc": f"export {PAST}",
    "ci/x.env": f"export {PAST}",
    "ci/env.sh": f"export {PAST}",
    "ci/later.sh": f"load() {{ export {PAST.strip()}; }}\n",
    "ci/for-later.sh": f'echo {PAST.strip()} >> "$GITHUB_ENV"\n',
    "ci/by-dirname.sh": 'source "$(dirname "$0")/env.sh"\n',
    "ci/by-prefix.sh": '. "${BASH_SOURCE%/*}/env.sh"\n',
    "ci/by-variable.sh": 'HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\nsource "$HERE/env.sh"\n',
    "tools/from-beside.sh": 'ROOT="$(cd "$(dirname "$0")/.." && pwd)"\n. "$ROOT/ci/env.sh"\n',
    "ci/takes-away.sh": "unset ANTHROPIC_BASE_URL\n",
    "ci/harmless.env": "A=b\n",
    "ci/lib.sh": 'log() { echo "$1"; }\n$DEBUG && set -x\n',
    "ci/proxy.sh": "export ANTHROPIC_BASE_URL=https://llm.acme.example\n",
}


def then_agent(*lines: str) -> str:
    return within(*lines, "claude -p hi")


def within(*lines: str) -> str:
    return GATE + "- run: |\n" + "".join(f"    {line}\n" for line in lines)


def agent_later(line: str) -> str:
    return within(line) + "- run: claude -p hi"


def using(action: str, inputs: str = "{}") -> str:
    return GATE + f"- uses: {action}\n  with: {inputs}\n- run: claude -p hi"


IN_EFFECT = (
    then_agent("source ./ci/env.sh"),
    then_agent(". ci/env.sh"),
    then_agent('. "$GITHUB_WORKSPACE/ci/env.sh"'),
    then_agent('. "${{ github.workspace }}/ci/env.sh"'),
    then_agent('. "$PWD/ci/env.sh"'),
    then_agent('. "$(pwd)/ci/env.sh"'),
    then_agent('. "$(git rev-parse --show-toplevel)/ci/env.sh"'),
    then_agent("D=ci", '. "$D/env.sh"'),
    then_agent("set -a; . .env; set +a"),
    then_agent("set -o allexport", "source ./.env", "set +o allexport"),
    then_agent("if [ -f .env ]; then set -a; . ./.env; set +a; fi"),
    then_agent("[ -f .env ] && export $(cat .env | xargs)"),
    then_agent("ENV_FILE=.env", 'set -a; . "$ENV_FILE"; set +a'),
    then_agent("cp .env ci/.env.copy", ". ci/.env.copy"),
    within("bash -c 'source ci/env.sh && claude -p hi'"),
    within('bash -lc ". ci/env.sh; claude -p hi"'),
    within("cd ci && . ./env.sh && claude -p hi"),
    then_agent('eval "$(cat .env)"'),
    then_agent('eval "$(<.env)"'),
    then_agent("eval $(grep -v '^#' .env | sed 's/^/export /')"),
    then_agent("eval \"$(sed 's/^/export /' .env)\""),
    then_agent('eval "$(direnv export bash)"'),
    then_agent("export $(grep -v '^#' .env | xargs)"),
    then_agent("export $(xargs < .env)"),
    then_agent("export $(grep BASE_URL .env)"),
    then_agent("export $(cat ci/x.env)"),
    then_agent('while IFS= read -r line; do export "$line"; done < .env'),
    then_agent("while IFS='=' read -r k v; do export \"$k=$v\"; done < <(grep -v '^#' .env)"),
    then_agent('for line in $(cat .env); do export "$line"; done'),
    then_agent("set -a; source <(grep -v '^#' .env); set +a"),
    then_agent("source /dev/stdin < ci/env.sh"),
    then_agent("source ci/later.sh", "load"),
    then_agent("source ci/by-dirname.sh"),
    then_agent("source ci/by-prefix.sh"),
    then_agent("source ci/by-variable.sh"),
    then_agent("source tools/from-beside.sh"),
    then_agent("source ci/takes-away.sh"),
    agent_later("source ci/for-later.sh"),
    agent_later("grep -v '^#' .env >> \"$GITHUB_ENV\""),
    agent_later("sed '/^#/d' .env >> $GITHUB_ENV"),
    agent_later("cat .env | grep -v '#' >> $GITHUB_ENV"),
    agent_later('echo "$(cat .env)" >> $GITHUB_ENV'),
    within("env $(grep -v '^#' .env | xargs) claude -p hi"),
    within("dotenv -f ci/x.env run -- claude -p hi"),
    within("npx dotenv-cli -o -e ci/x.env -- claude -p hi"),
    within("docker run --env-file ci/x.env img claude -p hi"),
    within("direnv exec . claude -p hi"),
    GATE + "- env: {BASH_ENV: ci/env.sh}\n  run: claude -p hi",
    using("xom9ikk/dotenv@v2"),
    using("aarcangeli/load-dotenv@v1", "{path: ci, filenames: x.env}"),
    using("cardinalby/export-env-action@v2", "{envFile: ci/x.env}"),
    using("c-py/action-dotenv-to-setenv@v4", "{env-file: ci/x.env}"),
    using("falti/dotenv-action@v1", "{path: ci/x.env, export-variables: true}"),
    using("HatsuneMiku3939/direnv-action@v1"),
)


@pytest.mark.parametrize("steps", IN_EFFECT)
def test_what_a_file_of_the_repository_sets_is_in_effect(steps: str) -> None:
    assert told(found(job(steps), FILES)) == "TG005"


NOBODY_SEES = (
    then_agent("source ./secrets.env"),
    then_agent('. "$RUNNER_TEMP/env.sh"'),
    then_agent('. "$ENV_FILE"'),
    then_agent(". ./env/${{ inputs.stage }}.env"),
    then_agent("if [ -f .env.local ]; then set -a; . ./.env.local; set +a; fi"),
    then_agent("echo '${{ secrets.DOTENV }}' > .env.ci", "set -a; . ./.env.ci; set +a"),
    then_agent('echo "$DOTENV" | base64 -d > .env.ci', ". ./.env.ci"),
    then_agent('eval "$(cat missing.env)"'),
    then_agent('eval "$(sops -d secrets.env)"'),
    then_agent('eval "$(./ci/print.sh)"'),
    then_agent("source <(sops -d secrets.env)"),
    then_agent("export $(grep -v '^#' missing.env | xargs)"),
    then_agent("export $(aws ssm get-parameters --names x | jq -r .x)"),
    then_agent('while read -r line; do export "$line"; done < missing.env'),
    within("bash -c '. missing.env; claude -p hi'"),
    within("env $(cat missing.env) claude -p hi"),
    within("dotenv -f missing.env run -- claude -p hi"),
    agent_later("cat missing.env >> $GITHUB_ENV"),
    agent_later("sops -d secrets.env >> $GITHUB_ENV"),
    agent_later("echo '${{ secrets.DOTENV }}' >> $GITHUB_ENV"),
    using("xom9ikk/dotenv@v2", "{mode: production}"),
    using("cardinalby/export-env-action@v2", "{envFile: '${{ inputs.file }}'}"),
)


@pytest.mark.parametrize("steps", NOBODY_SEES)
def test_what_nobody_can_see_here_is_a_note(steps: str) -> None:
    assert told(found(job(steps), FILES)) == "TG005n"


def test_the_note_says_which_file() -> None:
    (finding,) = found(job(then_agent("source ./secrets.env")), FILES)
    assert "or what `./secrets.env` sets; where that leads cannot be told." in finding.message


QUIET = (
    then_agent("source .venv/bin/activate"),
    then_agent('[ -s "$NVM_DIR/nvm.sh" ] && \\. "$NVM_DIR/nvm.sh"'),
    then_agent('source "$HOME/.cargo/env"'),
    then_agent("source ~/.bashrc"),
    then_agent(". /etc/os-release"),
    then_agent("source install/setup.bash"),
    then_agent('eval "$(ssh-agent -s)"'),
    then_agent('eval "$(/opt/homebrew/bin/brew shellenv)"'),
    then_agent('eval "$(mise activate bash)"'),
    then_agent("export PATH=$PATH:x FOO=$(date +%s)"),
    then_agent("export TAG=$(git describe)", "export $(echo A=b)"),
    then_agent("source ci/lib.sh", "log hi"),
    then_agent("cp ci/harmless.env .env.x", ". ./.env.x"),
    then_agent("echo 'TOKEN=${{ secrets.X }}' > e.env", ". ./e.env"),
    then_agent("export $(grep MODEL .env | xargs)"),
    then_agent("export $(grep -v ANTHROPIC_BASE_URL .env | xargs)"),
    then_agent("source .env", "export ANTHROPIC_BASE_URL=https://llm.acme.example"),
    then_agent("source ci/proxy.sh"),
    then_agent("while read -r f; do echo $f; done < files.txt"),
    then_agent("bash -c '. ./secrets.env; make'"),
    then_agent("cat missing.txt >> $GITHUB_OUTPUT"),
    within("claude -p hi", "source ./secrets.env"),
    within('CMD="claude -p hi"', 'eval "$CMD"'),
    within('claude -p "$(cat prompt.md)"'),
    within("cat missing.md | claude -p hi"),
    within('for f in $(cat list.txt); do claude -p "$f"; done'),
    within("npx dotenv-cli -e ci/x.env -- claude -p hi"),
    within("uv run --env-file ci/x.env claude -p hi"),
    agent_later("cat ci/harmless.env >> $GITHUB_ENV"),
    agent_later("node -p '\"VERSION=\" + 1' >> $GITHUB_ENV"),
    using("xom9ikk/dotenv@v2", "{path: ci, mode: harmless}").replace(
        "mode: harmless", "file: harmless.env"
    ),
    using("falti/dotenv-action@v1", "{path: ci/x.env}"),
    using("SpicyPizza/create-envfile@v2", "{file_name: .env.out}"),
)


@pytest.mark.parametrize("steps", QUIET)
def test_what_sets_no_base_url_is_nothing(steps: str) -> None:
    assert told(found(job(steps), FILES)) == ""


@pytest.mark.parametrize("line", ["source ci/agent", '. "$GITHUB_WORKSPACE/ci/agent"'])
def test_an_agent_in_a_sourced_file_of_any_name_is_seen(line: str) -> None:
    text = job(f"- run: |\n    {line}")
    assert may_matter(PATH, text.encode())
    assert told(found(text, {"ci/agent": "claude -p hi\n"})) == "TG005"
