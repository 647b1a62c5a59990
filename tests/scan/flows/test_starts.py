"""TG005: the ways in which a script starts an agent, one a line, and lines that only look like one."""

from __future__ import annotations

import pytest

from tests.scan.flows.cases import found, job, told

STARTS = r"""
claude -p hi || true
time claude -p hi
command claude -p hi
\claude -p hi
"claude" -p hi
'claude' -p hi
claude --print=hi
exec claude -p hi
nice -n 10 claude -p hi
[[ -n "$X" ]] && claude -p hi
test -f x && { claude -p hi; }
x=`claude -p hi`
export OUT=$(claude -p hi)
local out; out=$(claude -p hi)
echo "$(claude -p hi)"
echo "result: $(claude -p hi)" >> $GITHUB_OUTPUT
gh pr comment 1 --body "$(claude -p hi)"
git commit -m "$(claude -p 'message')"
curl -d "$(claude -p hi)" http://x
cat <(claude -p hi)
printf '%s' "$(< p.md)" | claude -p | tee out
env ANTHROPIC_MODEL=x claude -p hi
env -i PATH="$PATH" claude -p hi
sudo -u runner -E claude -p hi
sudo --preserve-env=A,B claude -p hi
timeout -k 10s 5m claude -p hi
timeout --kill-after=10 --signal TERM 300 claude -p hi
stdbuf -oL -eL claude -p hi
unbuffer claude -p hi
npx --yes @anthropic-ai/claude-code@1.0.3 -p hi
npx -y --package @anthropic-ai/claude-code claude -p hi
npx -y -- @anthropic-ai/claude-code -p hi
npx --prefer-offline -q @openai/codex exec hi
npm x -- @openai/codex exec hi
npm exec -y --package=@openai/codex -- codex exec hi
npm exec @openai/codex -- exec hi
pnpm --silent dlx @openai/codex exec hi
pnpm -s exec codex exec hi
pnpm --filter web exec codex exec hi
pnpm --package=@openai/codex dlx codex exec hi
yarn dlx --package @openai/codex codex exec hi
yarn -s run codex exec hi
bunx --bun @google/gemini-cli -p hi
bun run codex exec hi
uvx --python 3.12 --from aider-chat aider --yes
uvx aider-chat@latest --yes -m hi
uv tool run --from aider-chat aider --yes
uv run --no-project --with aider-chat -- aider --yes
pipx run --spec aider-chat==0.80 aider --yes
python3 -m aider --yes
python3.12 -u -m aider --yes
.venv/bin/aider --yes
.venv/bin/python -m aider --yes
conda run -n env aider --yes
micromamba run -n env claude -p hi
mise exec node@22 -- claude -p hi
asdf exec claude -p hi
fnm exec --using=22 claude -p hi
volta run --node 22 claude -p hi
nix-shell -p claude-code --run "claude -p hi"
nix develop -c claude -p hi
nix develop .#ci --command bash -c "claude -p hi"
devbox run -- claude -p hi
devbox run claude -p hi
direnv exec . claude -p hi
doppler run --project x -- claude -p hi
infisical run --env=prod -- claude -p hi
dotenv -f .env run -- claude -p hi
dotenvx run -f .env -- claude -p hi
aws-vault exec p -- claude -p hi
chamber exec svc -- claude -p hi
vault-env claude -p hi
sops exec-env s.yaml 'claude -p hi'
teller run -- claude -p hi
with-secrets -- claude -p hi
bash -lc "claude -p hi"
bash -c 'set -e; claude -p hi'
bash -xe -c 'claude -p hi'
sh -ec 'claude -p hi'
bash <<< 'claude -p hi'
echo 'claude -p hi' | bash
echo "codex exec hi" | bash -s
su runner -c "claude -p hi"
sudo su - runner -c 'claude -p hi'
sudo bash -c "claude -p hi"
sudo -i -u dev bash -lc 'claude -p hi'
docker run --rm -it ghcr.io/anthropics/claude-code -p hi
docker run --rm --entrypoint claude acme/tools -p hi
docker run --rm acme/tools sh -c 'claude -p hi'
docker run --rm -w /w --mount type=bind,src=$PWD,dst=/w acme/tools claude -p hi
docker exec -e X=1 c claude -p hi
docker compose exec -T dev claude -p hi
docker compose -f ci.yml run --rm dev bash -lc "claude -p hi"
podman run --rm acme/x codex exec hi
kubectl run agent --image=x --restart=Never -- claude -p hi
kubectl exec deploy/x -- claude -p hi
devcontainer exec --workspace-folder . claude -p hi
parallel -j4 'claude -p {}' ::: a b
seq 3 | xargs -I% sh -c 'claude -p %'
xargs -a list.txt -n1 claude -p
find . -name x -print0 | xargs -0 -n1 claude -p
for f in *.md; do claude -p "$f" & done; wait
while :; do claude -p hi; done
while read -r l; do echo "$l" | claude -p; done < x
select x in a; do claude -p hi; done
if [ $x ]; then :; elif y; then claude -p hi; fi
( claude -p hi )
{ claude -p hi ; } 2>&1 | tee log
claude -p hi &> log
claude -p hi 2>&1 >log
>out claude -p hi
2>/dev/null claude -p hi
f(){ claude -p hi; }; f
function f { claude -p hi; }; f
. ./env.sh && claude -p hi
pushd x && claude -p hi && popd
cd x; claude -p hi
make -s || claude -p hi
script -q /dev/null claude -p hi
script -qfc "claude -p hi" /dev/null
expect -c 'spawn claude -p hi; expect eof'
python -c 'import os; os.system("claude -p hi")'
python -c "import subprocess as s; s.run(['claude','-p','hi'])"
node -e "require('child_process').execSync('claude -p hi')"
ruby -e 'system("claude -p hi")'
perl -e 'system("claude -p hi")'
npx zx -e 'await $`claude -p hi`'
npx concurrently "claude -p a" "codex exec b"
npx -y dotenv-cli -- claude -p hi
systemd-run --user --wait claude -p hi
codex "fix it"
codex exec --json -C x hi
codex -a never exec hi
codex -m gpt-5 e hi
codex --profile ci exec hi
codex exec resume --last hi
cat p | codex exec
gemini -y "hi"
gemini hi
gemini -p hi -o json
opencode run hi
opencode -p hi
goose run -i x.md
goose run --recipe r.yaml
qwen hi
aider x.py --message hi
copilot --prompt hi --allow-all-tools
crush run hi
cline "fix" -y
kilocode --auto "hi"
openhands --headless -t hi
mini -y -t hi
pr-agent --pr_url=x review
python -m pr_agent.cli --pr_url x review
interpreter -y hi
gptme -n hi
plandex tell hi
cn -p hi
pi -p hi
""".strip().split("\n")

LOOKS = r"""
claude --version
codex login status && codex completion bash
gemini extensions list
which claude codex
command -v claude >/dev/null || npm i -g @anthropic-ai/claude-code
echo 'claude -p hi'
echo 'claude -p hi' | tee run.log
echo 'claude -p hi' > README.md
printf '%s\n' 'codex exec' | grep codex
bash -n scripts/claude.sh
bash <<< 'echo claude -p hi'
echo 'npm test' | bash
pnpm --filter claude build
pnpm -r run test --filter codex
yarn -s build claude
bun run build claude
npm run claude-lint
nix build .#claude-code
nix develop -c make claude
parallel -j4 'echo {}' ::: claude codex
script -q /dev/null make claude
script -qc "echo claude -p" /dev/null
expect -c 'spawn ssh host; expect claude; send "hi"'
function claude { echo stub; }; claude -p hi
claude() { echo stub; }; claude -p hi
python -c "print(['claude', '-p', 'hi'])"
python -c "import x; x.run('claude says hi')"
python -c "runner.invoke(['claude', '-p'])"
node -e "console.log('claude -p hi')"
ruby -e 'puts "claude -p hi"'
./scripts/install-agents.sh claude codex
./scripts/test.sh --target claude -v
run-tests claude --verbose
with-lock make claude
retry 3 npm i -g @openai/codex
sops exec-env s.yaml 'make claude'
devcontainer exec --workspace-folder . npm test -- claude
devcontainer build --image-name claude
docker run --rm acme/claude --help
docker compose up -d claude
docker compose run --rm dev npm test
find . -name 'claude*' -exec rm -r {} +
find . -name claude -print
tmux kill-session -t claude
tmux new-session -d -s claude 'npm start'
ssh host 'ls ~/.claude'
ssh claude@host uptime
su claude -c 'make test'
flock /tmp/claude make test
git bisect run make claude
git commit -m 'claude -p is run in CI'
trap 'rm -rf .claude' EXIT
opencode auth list
mini --help
kill $(pgrep claude)
cp claude codex /usr/local/bin/
for a in claude codex; do echo "$a"; done
[ "$AGENT" = claude ] && echo yes
case "$AGENT" in claude|codex) echo ok;; esac
gh pr comment 1 --body 'run claude -p hi'
curl -fsSL https://claude.ai/install.sh | bash
cat claude.md | head -1
tar xzf codex-x86_64.tgz && ./codex --version
su-exec claude make
""".strip().split("\n")


def rules(line: str) -> str:
    return told(found(job(f"- run: |\n    {line}")))


@pytest.mark.parametrize("line", STARTS)
def test_a_line_that_starts_an_agent_is_seen(line: str) -> None:
    assert rules(line) in ("TG005", "TG007w")


@pytest.mark.parametrize("line", LOOKS)
def test_a_line_that_starts_none_is_not(line: str) -> None:
    assert rules(line) == ""
