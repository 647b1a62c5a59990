"""TG004: the ways in which a script dials a provider, one a line (`\\n` is a line's end), and lines that only speak of one."""

from __future__ import annotations

import pytest

from tests.scan.flows.cases import found, job, told

DIALS = r"""
curl https://api.openai.com/v1/models
curl -s -X POST "https://api.openai.com/v1/responses" -d @x
curl api.openai.com/v1/models
curl -sSf --retry 3 https://${HOST:-api.openai.com}/v1/models
URL=https://api.openai.com; curl "$URL/v1/models"
URL="https://api.openai.com"\ncurl -X POST "${URL}/v1/chat/completions"
readonly API=https://api.anthropic.com\ncurl $API/v1/messages
declare -x OPENAI_BASE_URL=https://api.openai.com/v1
OPENAI_BASE_URL=https://api.openai.com/v1 make eval
export OPENAI_BASE_URL="https://api.openai.com/v1" && make eval
echo "OPENAI_BASE_URL=https://api.openai.com/v1" >> "$GITHUB_ENV"
echo OPENAI_BASE_URL=https://api.openai.com/v1 | tee -a $GITHUB_ENV
printf 'OPENAI_BASE_URL=%s\n' https://api.openai.com/v1 >> $GITHUB_ENV
echo '{"baseURL": "https://api.openai.com/v1"}' > config.json
cat > .env << EOF\nOPENAI_BASE_URL=https://api.openai.com/v1\nEOF
tee config.yaml <<EOF\napi_base: https://api.mistral.ai/v1\nEOF
cat <<EOF | tee -a ~/.bashrc\nexport OPENAI_BASE_URL=https://api.openai.com/v1\nEOF
python x.py --base-url https://api.openai.com/v1
python x.py --base_url=https://api.openai.com/v1
python x.py base_url=https://api.openai.com/v1
./bin --openai.endpoint https://api.openai.com/v1/
docker run -e BASE=https://api.groq.com/openai/v1 img
docker run img --api-base https://api.groq.com/openai/v1
helm upgrade x c --set-string env.OPENAI_BASE_URL=https://api.openai.com/v1
kubectl set env deploy/x OPENAI_BASE_URL=https://api.openai.com/v1
gh variable set OPENAI_BASE_URL --body https://api.openai.com/v1
aws ssm put-parameter --name url --value https://api.openai.com/v1
npx cross-env OPENAI_BASE_URL=https://api.openai.com/v1 npm test
npx wait-on https://api.openai.com/v1/models
python -c "import openai; openai.base_url='https://api.openai.com/v1'"
python - <<PY\nfrom openai import OpenAI\nc = OpenAI(base_url='https://api.openai.com/v1')\nPY
node --input-type=module -e "await fetch('https://api.anthropic.com/v1/messages')"
node <<'JS'\nfetch('https://api.openai.com/v1/models')\nJS
php -r 'file_get_contents("https://api.openai.com/v1/models");'
deno eval "await fetch('https://api.openai.com/v1/models')"
bash -c 'curl https://api.openai.com/v1/models'
xh POST https://api.openai.com/v1/responses
hurl --variable host=https://api.openai.com test.hurl
k6 run -e BASE=https://api.openai.com/v1 load.js
newman run c.json --env-var base=https://api.openai.com/v1
ab -n 10 https://api.openai.com/v1/models
litellm --model gpt-4o --api_base https://api.openai.com/v1
llm openai models --base https://api.openai.com/v1
curl --resolve api.openai.com:443:1.2.3.4 https://api.openai.com/v1/models
for u in https://api.openai.com https://api.anthropic.com; do curl $u/v1/models; done
while ! curl -sf https://api.openai.com/v1/models; do sleep 1; done
if curl -sf https://api.openai.com/v1/models; then echo ok; fi
curl -sf https://api.openai.com/v1/models || echo "::warning::down"
CODE=$(curl -o /dev/null -w '%{http_code}' https://api.openai.com/v1/models)
wget -qO- --header="x: y" https://api.groq.com/openai/v1/models
curl "https://generativelanguage.googleapis.com/v1beta/models?key=$K"
curl "https://$LOCATION-aiplatform.googleapis.com/v1/projects/p:predict"
curl "https://${RESOURCE}.openai.azure.com/openai/deployments/x"
curl "https://bedrock-runtime.${AWS_REGION}.amazonaws.com/model/x/invoke"
curl https://router.huggingface.co/v1/chat/completions
curl https://api-inference.huggingface.co/models/gpt2
curl https://openrouter.ai/api/v1/chat/completions
websocat wss://api.openai.com/v1/realtime
""".strip().split("\n")

SAYS = r"""
echo https://api.openai.com/v1
echo "::notice::calls https://api.openai.com/v1"
printf 'see https://api.openai.com/v1\n'
grep -r https://api.openai.com/v1 src
rg 'api\.openai\.com' && exit 1
git grep -n api.anthropic.com
git commit -m "use https://api.openai.com/v1"
gh pr create --title x --body "See https://api.openai.com/v1"
test "$OPENAI_BASE_URL" != https://api.openai.com/v1
[[ "$X" == *api.openai.com* ]] && exit 1
case "$URL" in *api.openai.com*) exit 1;; esac
sed -i 's#https://api.openai.com/v1#https://llm.acme.example/v1#' x
ping -c1 api.openai.com
dig +short api.openai.com
nslookup api.anthropic.com
openssl s_client -connect api.openai.com:443 </dev/null
sudo iptables -A OUTPUT -d api.openai.com -j DROP
sudo ufw deny out to any port 443 comment api.openai.com
echo '127.0.0.1 api.openai.com' | sudo tee -a /etc/hosts
curl https://llm.acme.example/v1/models
curl https://platform.openai.com/docs
curl https://status.anthropic.com
curl -H "Origin: https://api.openai.com" http://localhost
curl -d '{"url": "https://api.openai.com/v1"}' http://localhost:8000
npx linkinator docs --skip https://api.openai.com
lychee --exclude api.openai.com docs
pytest --disable-socket --allow-hosts=api.openai.com
pytest --allowed-hosts api.openai.com
python -c "print('https://api.openai.com/v1')"
node -e "console.log('https://api.openai.com/v1')"
cat > README.md <<EOF\nUse https://api.openai.com/v1\nEOF
jq -r '.url | select(. == "https://api.openai.com/v1")' x.json
export NO_PROXY=api.openai.com
export ALLOWED_HOSTS=api.openai.com,api.anthropic.com
mitmdump --ignore-hosts api.openai.com
ci-tokengate scan --honor gitleaks # https://api.openai.com
vale --glob='!api.openai.com' docs
zap-baseline.py -t http://localhost -c "api.openai.com OUTOFSCOPE"
trivy config . --skip-files https://api.openai.com
assert_eq "$BASE" "https://api.openai.com/v1"
export EXPECTED_ERROR="cannot reach https://api.openai.com/v1"
diff <(echo https://api.openai.com/v1) expected.txt
slack-notify "we saw https://api.openai.com/v1 in logs"
docker run --add-host api.openai.com:127.0.0.1 img
docker run -e NO_PROXY=api.openai.com img
openssl req -subj "/CN=api.openai.com" -newkey rsa:2048
mkcert api.openai.com
""".strip().split("\n")


def rules(line: str) -> str:
    text = line if "printf" in line else line.replace("\\n", "\n    ")
    return told(found(job(f"- run: |\n    {text}")))


@pytest.mark.parametrize("line", DIALS)
def test_a_line_that_dials_a_provider_is_seen(line: str) -> None:
    assert "TG004" in rules(line).split()


@pytest.mark.parametrize("line", SAYS)
def test_a_line_that_only_speaks_of_one_is_not(line: str) -> None:
    assert "TG004" not in rules(line)
