# Everything a fresh machine needs besides Python ≥ 3.10, make and node (with npm, for test-spec) is installed
# below .cache/ and .spec/.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
UV ?= $(shell command -v uv 2>/dev/null || echo .cache/uv/bin/uv)
RUN := $(UV) run --locked --quiet
export PYTHONDONTWRITEBYTECODE :=
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-spec test-live compatibility cassettes lint format schema screenshot dashboard bench bench-scan fuzz lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.cache/uv/bin/uv:
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

setup: $(UV) ## the environment in .venv, exactly as uv.lock says
	@$(UV) sync --locked --quiet --all-extras --compile-bytecode $(if $(PYTHON_VERSION),--python $(PYTHON_VERSION))

demo: setup ## the life of a pull request, from its first job to the merge, on the embedded sandbox
	@$(RUN) ci-tokengate demo

test: setup ## the tests: no network; three minutes on two cores
	$(RUN) pytest -n auto -m "not live and not spec" $(ARGS)

.spec/installed: tests/spec/package.json tests/spec/package-lock.json
	rm -rf .spec && mkdir .spec && cp $^ .spec/
	cd .spec && npm ci --ignore-scripts --no-audit --no-fund
	rm -f .spec/node_modules/@octokit/openapi/generated/*.deref.json .spec/node_modules/@octokit/openapi/generated/ghe*.json
	touch $@

# focus-validator needs numpy 1, which has no wheels for another Python; uv finds a 3.12, or fetches one.
PYTHON_3_12 ?= $(firstword $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/3.12.*/bin/python3) 3.12)
.cache/focus/installed: tests/spec/focus/requirements.txt
	rm -rf .cache/focus
	$(UV) venv --quiet --python $(PYTHON_3_12) .cache/focus
	VIRTUAL_ENV=.cache/focus $(UV) pip install --quiet --require-hashes -r $<
	touch $@

test-spec: setup .spec/installed .cache/focus/installed ## GitHub by GitHub's own OpenAPI (needs npm), FOCUS by its validators (need Python 3.12)
	$(RUN) pytest -n 0 -m spec tests/spec $(ARGS)

test-live: setup ## against a real LiteLLM: TOKENGATE_LITELLM_URL and TOKENGATE_LITELLM_ADMIN_KEY
	$(RUN) pytest -n 3 -m live $(ARGS)

compatibility: setup ## the real agents against a real LiteLLM (variables as above); writes docs/compatibility.md
	rm -rf .live/results
	$(RUN) pytest -n 2 -m agents tests/live/agents $(ARGS)
	$(RUN) python -m tests.live.agents.compatibility

cassettes: setup ## recorded anew from a real LiteLLM: TOKENGATE_LITELLM_URL and TOKENGATE_LITELLM_ADMIN_KEY
	TOKENGATE_RECORD_CASSETTES=1 $(RUN) pytest tests/adapters/proxies $(ARGS)

lint: setup ## ruff, mypy, import-linter, actionlint, zizmor, schemas, generated files
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(RUN) check-jsonschema --builtin-schema vendor.github-workflows examples/workflows/*.yml
	$(RUN) actionlint examples/workflows/*.yml
	$(RUN) zizmor --offline --quiet --config zizmor.yml action.yml examples/workflows/*.yml
	$(RUN) check-jsonschema --schemafile schema/tokengate.schema.json examples/tokengate.yml

format: setup ## let ruff mend what it can
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

schema: setup ## after a change of the policy's form: its JSON Schema for editors
	$(RUN) ci-tokengate policy schema > schema/tokengate.schema.json

screenshot: setup ## docs/comment.png and docs/report.png: what a reviewer and finance see (needs chromium)
	$(RUN) python -m tests.render.screenshot
	$(RUN) python -m tests.render.showback.screenshot

dashboard: setup ## examples/grafana/dashboard.json, from make.py beside it
	$(RUN) python examples/grafana/make.py

lock: $(UV) ## after a change of dependencies: uv.lock, and what the action installs
	$(UV) lock
	$(UV) export --quiet --locked --no-dev --no-emit-project --no-header --no-annotate -o requirements.lock
	$(UV) export --quiet --locked --no-dev --no-emit-project --no-header --no-annotate --extra ledger -o requirements-ledger.lock
	{ echo '# uv itself, for runners that have only pip; written by `make lock`.'; echo 'uv==$(UV_VERSION)' \
	  | $(UV) pip compile - --quiet --universal --generate-hashes --no-header --no-annotate; } > hooks/action/uv.lock.txt
	$(UV) pip compile --quiet --python-version 3.12 --universal --generate-hashes --no-header --no-annotate \
	  tests/spec/focus/requirements.in -o tests/spec/focus/requirements.txt

fuzz: setup ## any bytes through the scan, five minutes each for keys and flows (atheris, from PyPI); what is new goes to .cache/fuzz
	for target in keys flows; do $(RUN) --with atheris==3.0.0 python -m tests.fuzz $$target -max_total_time=300 $(ARGS) || exit 1; done

bench: setup ## figures, printed: the action's warm and cold starts, the comment, the cost of a long log, a big ledger, a hundred teams
	$(RUN) python -m tests.bench
	$(RUN) python -m tests.bench.comment
	$(RUN) python -m tests.bench.cost
	$(RUN) python -m tests.bench.collect
	$(RUN) python -m tests.bench.ledger
	$(RUN) python -m tests.bench.report
	$(RUN) python -m tests.bench.watch

bench-scan: setup ## figures, printed: the scan beside its peers, which come from PyPI; ARGS="--tree PATH"
	$(RUN) python -m tests.bench.scan $(ARGS)

clean: ## remove what was made
	rm -rf .venv .cache .live .spec
