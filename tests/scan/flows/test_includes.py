"""What pipelines include, wherever it lies and whatever it is called; and what of it nobody can see here."""

from __future__ import annotations

import pytest

from ci_tokengate.scan.finding import Finding
from ci_tokengate.scan.flows import Options, check, may_matter
from ci_tokengate.scan.flows.pipelines.globs import matches
from tests.scan.flows.cases import found, told

PAST = "r:\n  variables: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}\n  script: [x]\n"
KEY = "r:\n  variables: {OPENAI_API_KEY: $K}\n  script: [python x.py]\n"
PROXY = "variables: {OPENAI_BASE_URL: 'https://llm.acme.example/v1'}\n"
STEPS = "steps:\n- script: python x.py\n  env: {OPENAI_API_KEY: $(OPENAI_API_KEY)}\n"
CALLS = "steps:\n- script: curl ${{ parameters.base }}/models\n"
GROOVY = "def ask() {\n  sh 'curl https://api.openai.com/v1/models'\n}\nreturn this\n"
GITLAB, AZURE, CIRCLE, JENKINS = (
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    ".circleci/config.yml",
    "Jenkinsfile",
)

Case = tuple[str, str, dict[str, str], dict[str, str]]
FOLLOWED: dict[str, Case] = {
    "a local file": (GITLAB, "include: build/jobs.yml\n", {"build/jobs.yml": PAST}, {"build/jobs.yml": "TG004"}),
    "from the root": (GITLAB, "include: [{local: /build/jobs.yml}]\n", {"build/jobs.yml": PAST}, {"build/jobs.yml": "TG004"}),
    "a list of names": (GITLAB, "include: ['/a.yml', 'b.yml']\n", {"a.yml": PAST, "b.yml": KEY}, {"a.yml": "TG004", "b.yml": "TG003"}),
    "with wildcards": (GITLAB, "include: {local: 'jobs/*.yml'}\n", {"jobs/a.yml": PAST, "jobs/x/b.yml": PAST, "c.yml": PAST}, {"jobs/a.yml": "TG004"}),
    "with wildcards through folders": (GITLAB, "include: {local: 'jobs/**.yml'}\n", {"jobs/a.yml": PAST, "jobs/x/b.yml": KEY}, {"jobs/a.yml": "TG004", "jobs/x/b.yml": "TG003"}),
    "by what is included": (GITLAB, "include: a.yml\n", {"a.yml": "include: {local: deep/b.yml}\n", "deep/b.yml": PAST}, {"deep/b.yml": "TG004"}),
    "that include each other": (GITLAB, "include: a.yml\n", {"a.yml": f"include: {GITLAB}\n{PAST}"}, {"a.yml": "TG004"}),
    "a child pipeline": (GITLAB, "c:\n  trigger: {include: [{local: child.yml}]}\n", {"child.yml": PAST}, {"child.yml": "TG004"}),
    "inputs": (GITLAB, "include: [{local: a.yml, inputs: {base: 'https://api.openai.com/v1'}}]\n", {"a.yml": "spec: {inputs: {base: {}}}\n---\nr:\n  script: ['curl $[[ inputs.base ]]/models']\n"}, {GITLAB: "TG004", "a.yml": "TG004"}),
    "inputs of the proxy": (GITLAB, "include: [{local: a.yml, inputs: {base: 'https://llm.acme.example'}}]\n", {"a.yml": "spec: {inputs: {base: {default: 'https://api.openai.com/v1'}}}\n---\nr:\n  script: ['curl $[[ inputs.base ]]/models']\n"}, {}),
    "the including file's variables": (GITLAB, f"include: a.yml\n{PROXY}", {"a.yml": KEY}, {"a.yml": "TG003w"}),
    "the included file's variables": (GITLAB, f"include: a.yml\n{KEY}", {"a.yml": PROXY}, {GITLAB: "TG003w"}),
    "another included file's variables": (GITLAB, "include: [a.yml, b.yml]\n", {"a.yml": KEY, "b.yml": PROXY}, {"a.yml": "TG003w"}),
    "a child sees no variables": (GITLAB, f"{PROXY}c:\n  trigger: {{include: a.yml}}\n", {"a.yml": KEY}, {"a.yml": "TG003"}),
    "a job that is extended elsewhere": (GITLAB, "include: a.yml\nr:\n  extends: .llm\n  variables: {OPENAI_API_KEY: $K}\n  script: [x]\n", {"a.yml": ".llm:\n  variables: {OPENAI_BASE_URL: 'https://llm.acme.example/v1'}\n"}, {GITLAB: "TG003w"}),
    "a file that is judged by its folder as well": (GITLAB, f"include: ci/a.yml\n{PROXY}", {"ci/a.yml": KEY}, {"ci/a.yml": "TG003w"}),
    "broken YAML": (GITLAB, "include: a.yml\n", {"a.yml": "a: [\n"}, {"a.yml": "TG005n"}),
    "steps of Azure": (AZURE, "steps:\n- template: build/ask.yml\n", {"build/ask.yml": STEPS}, {"build/ask.yml": "TG003"}),
    "beside the file": ("pipes/azure-pipelines.yml", "steps:\n- template: ask.yml\n", {"pipes/ask.yml": STEPS, "ask.yml": CALLS}, {"pipes/ask.yml": "TG003"}),
    "from Azure's root": ("pipes/azure-pipelines.yml", "steps:\n- template: /ask.yml@self\n", {"ask.yml": STEPS}, {"ask.yml": "TG003"}),
    "extends of Azure": (AZURE, "extends:\n  template: t/base.yml\n  parameters: {base: 'https://api.openai.com/v1'}\n", {"t/base.yml": f"parameters: [{{name: base, default: ''}}]\n{CALLS}"}, {"t/base.yml": "TG004"}),
    "a parameter that beats its default": (AZURE, "steps:\n- template: t.yml\n  parameters: {base: 'https://llm.acme.example'}\n", {"t.yml": f"parameters: [{{name: base, default: 'https://api.openai.com/v1'}}]\n{CALLS}"}, {}),
    "a parameter handed on": (AZURE, "parameters: [{name: u, default: 'https://api.openai.com/v1'}]\nsteps:\n- template: t.yml\n  parameters: {base: '${{ parameters.u }}'}\n", {"t.yml": CALLS}, {"t.yml": "TG004"}),
    "a template by a parameter": (AZURE, "parameters: [{name: which, default: ask}]\nsteps:\n- template: t/${{ parameters.which }}.yml\n", {"t/ask.yml": STEPS}, {"t/ask.yml": "TG003"}),
    "variables of Azure": (AZURE, "variables:\n- template: vars.yml\n" + STEPS, {"vars.yml": PROXY}, {AZURE: "TG003w"}),
    "in stages and conditions": (AZURE, "stages:\n- stage: a\n  jobs:\n  - ${{ if eq(1, 1) }}:\n    - template: j.yml\n", {"j.yml": "jobs:\n- job: a\n  " + STEPS.replace("\n", "\n  ")}, {"j.yml": "TG003"}),
    "a continued configuration": (CIRCLE, "setup: true\njobs:\n  s:\n    steps:\n    - continuation/continue: {configuration_path: build/next.yml}\n", {"build/next.yml": "jobs:\n  r:\n    steps:\n    - run: OPENAI_API_KEY=$K python x.py\n"}, {"build/next.yml": "TG003"}),
    "Groovy that is loaded": (JENKINS, "node { def a = load 'build/ask.groovy' }\n", {"build/ask.groovy": GROOVY}, {"build/ask.groovy": "TG004"}),
    "Groovy by the workspace": (JENKINS, 'node { load("${env.WORKSPACE}/build/ask.groovy") }\n', {"build/ask.groovy": GROOVY}, {"build/ask.groovy": "TG004"}),
    "Groovy that loads Groovy": (JENKINS, "load 'a.groovy'\n", {"a.groovy": "load 'b.groovy'\n", "b.groovy": "OPENAI_API_KEY = credentials('x')\n"}, {"b.groovy": "TG003"}),
    "Groovy under the Jenkinsfile's environment": (JENKINS, "environment { OPENAI_BASE_URL = 'https://llm.acme.example/v1' }\nload 'a.groovy'\n", {"a.groovy": "OPENAI_API_KEY = credentials('x')\n"}, {"a.groovy": "TG003w"}),
}  # fmt: skip


def by_path(findings: list[Finding]) -> dict[str, str]:
    return {
        path: told([f for f in findings if f.path == path]) for path in {f.path for f in findings}
    }


@pytest.mark.parametrize(("path", "text", "others", "expected"), FOLLOWED.values(), ids=FOLLOWED)
def test_what_a_pipeline_includes_is_judged_where_it_stands(
    path: str, text: str, others: dict[str, str], expected: dict[str, str]
) -> None:
    assert by_path(found(text, others, path=path)) == expected
    assert may_matter(path, text.encode())


@pytest.mark.parametrize(("path", "text", "others", "expected"), FOLLOWED.values(), ids=FOLLOWED)
def test_the_same_is_found_when_all_files_are_scanned(
    path: str, text: str, others: dict[str, str], expected: dict[str, str]
) -> None:
    files = {name: body.encode() for name, body in {**others, path: text}.items()}
    assert (
        by_path(list(check(files, read=files.get, options=Options(), names=lambda _: files)))
        == expected
    )


ONLY_THE_PART = {
    k: v
    for k, v in FOLLOWED.items()
    if v[0] in (GITLAB, AZURE, CIRCLE, JENKINS) and v[0] not in v[3]
}


@pytest.mark.parametrize(
    ("path", "text", "others", "expected"), ONLY_THE_PART.values(), ids=ONLY_THE_PART
)
def test_the_same_is_found_when_only_what_is_included_has_changed(
    path: str, text: str, others: dict[str, str], expected: dict[str, str]
) -> None:
    changed = {name: body.encode() for name, body in others.items()}
    every = {**changed, path: text.encode()}
    assert (
        by_path(list(check(changed, read=every.get, options=Options(), names=lambda _: every)))
        == expected
    )


ELSEWHERE = {
    "a project": (GITLAB, "include: [{project: acme/ci, file: /a.yml, ref: main}]\n", "Project `acme/ci` is not in this repository"),
    "a remote": (GITLAB, "include: https://example.com/a.yml\n", "Remote `https://example.com/a.yml` is not in this repository"),
    "a component": (GITLAB, "include: [{component: gitlab.example.com/acme/ask@1}]\n", "Component `gitlab.example.com/acme/ask@1` is"),
    "a variable": (GITLAB, "include: {local: '$WHICH.yml'}\n", "`$WHICH.yml` is not"),
    "a file that is missing": (GITLAB, "include: /a.yml\n", "`/a.yml` is not"),
    "a generated child": (GITLAB, "c:\n  trigger: {include: [{artifact: a.yml, job: make}]}\n", "Artifact `a.yml` is not"),
    "several": (GITLAB, "include:\n- {project: acme/ci, file: a.yml}\n- {project: acme/ci, file: b.yml}\n- {remote: 'https://x.example/a.yml'}\n", "Project `acme/ci` and 2 more are not in this repository"),
    "another repository": (AZURE, "resources: {repositories: [{repository: t, name: acme/t}]}\nsteps: [{template: a.yml@t}]\n", "Template `a.yml@t` is not"),
    "a template that the run knows": (AZURE, "steps: [{template: '${{ parameters.x }}.yml'}]\n", "Template `${{ parameters.x }}.yml` is"),
    "an orb by its name": (CIRCLE, "orbs: {review: acme/claude-review@1}\nworkflows: {a: {jobs: [review/run]}}\n", "Orb `acme/claude-review@1` is"),
    "Groovy that is missing": (JENKINS, "load 'a.groovy'\n", "`a.groovy` is not"),
    "a library by its name": (JENKINS, "@Library('acme-llm') _\nask()\n", "Library `acme-llm` is"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "says"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_lies_elsewhere_is_one_note_a_file(path: str, text: str, says: str) -> None:
    (finding,) = found(text, path=path)
    assert told([finding]) == "TG003n"
    assert says in finding.message
    assert may_matter(path, text.encode())


QUIET = {
    "GitLab's own template": (GITLAB, "include: [{template: Security/SAST.gitlab-ci.yml}]\n", {}),
    "GitLab's own component": (GITLAB, "include: [{component: $CI_SERVER_FQDN/components/sast/sast@1}]\n", {}),
    "an orb": (CIRCLE, "orbs: {node: circleci/node@5}\nworkflows: {a: {jobs: [node/test]}}\n", {}),
    "a library": (JENKINS, "@Library('acme-pipeline') _\nbuild()\n", {}),
    "an included file with nothing": (GITLAB, "include: a.yml\n", {"a.yml": "r: {script: [npm test]}\n"}),
    "a file that nothing includes": (GITLAB, "include: a.yml\n", {"a.yml": "", "b.yml": PAST}),
    "a way out of the repository": (AZURE, "steps: [{script: x}]\n", {"../t.yml": STEPS}),
    "a chart in a folder of pipelines": ("ci/values.yml", "template: base\ninclude: [other]\nkey: OPENAI_API_KEY\n", {}),
    "a template of another kind": (AZURE, "steps: [{task: Helm@1, inputs: {template: base}}]\n", {}),
    "Kubernetes beside": (GITLAB, "include: a.yml\n", {"a.yml": "r: {script: [x]}\n", "k8s/d.yml": "template: {spec: {env: [{name: OPENAI_BASE_URL, value: 'https://api.openai.com'}]}}\n"}),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "others"), QUIET.values(), ids=QUIET)
def test_what_holds_nothing_is_nothing(path: str, text: str, others: dict[str, str]) -> None:
    assert by_path(found(text, others, path=path)) == {}


def test_thousands_of_wildcards_over_thousands_of_files_end_and_are_told() -> None:
    names = [f"jobs/{number}/a.yml" for number in range(2_000)]
    asked: list[str] = []

    def below(folder: str) -> list[str]:
        asked.append(folder)
        return names

    text = "include:\n" + "".join(f"- jobs/**/{'*a' * 20}{n}.yml\n" for n in range(1_000))
    findings = list(
        check({GITLAB: text.encode()}, read=lambda _: None, options=Options(), names=below)
    )
    assert told(findings) == "TG003n"
    assert asked == ["jobs"]


GLOBS = (
    ("a/*.yml", "a/b.yml", True),
    ("a/*.yml", "a/b/c.yml", False),
    ("a/**.yml", "a/b/c.yml", True),
    ("a/**/*.yml", "a/c.yml", True),
    ("a/**/*.yml", "a/b/c/d.yml", True),
    ("**/ci.yml", "ci.yml", True),
    ("**/ci.yml", "x/y/ci.yml", True),
    ("**/ci.yml", "x/y/sci.yml", False),
    ("*a*a*.yml", "banana.yml", True),
    ("*a*a*a*a*.yml", "banana.yml", False),
    ("a*a.yml", "a.yml", False),
)


@pytest.mark.parametrize(("glob", "name", "expected"), GLOBS)
def test_a_star_stays_in_its_folder_and_two_do_not(glob: str, name: str, expected: bool) -> None:
    assert matches(glob, name) is expected
