"""Direct federation."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG006",
    name="direct-federation",
    level=Level.ERROR,
    sentence=(
        "A way to a provider that needs no key: `anthropic_federation_*`, `use_bedrock`, "
        "`use_vertex`, `use_foundry`, or a cloud's credentials together with a model call."
    ),
    why=(
        "No scanner for keys can find it, because there is none: the runner's identity is "
        "exchanged for access. The cost lands on the cloud's bill, with no team and no pull "
        "request to it."
    ),
    fix=(
        "Take the federation out and call the model through the proxy, which can itself use "
        "Bedrock, Vertex or Foundry behind it."
    ),
    link="docs/rules/tg006.md",
)
