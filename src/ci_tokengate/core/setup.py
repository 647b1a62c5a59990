"""What `init` was told, and the files that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.agents import Agent
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.families import ByTier
from ci_tokengate.core.policy import Mode

POLICY_PATH = ".github/tokengate.yml"
WORKFLOW_PATH = ".github/workflows/ai-review.yml"
SETTLE_PATH = ".github/workflows/tokengate-settle.yml"
SWEEP_PATH = ".github/workflows/tokengate-sweep.yml"


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Money is USD. `plan` None: as the proxy says. `since`: the day an observation begins.

    able: what the proxy of this kind can do.
    """

    proxy_kind: str
    proxy_url: str
    team: str
    team_id: str
    plan: Decimal | None
    use_case: str
    models: ByTier
    cap_per_run: Decimal
    cap_per_pr: Decimal
    agent: Agent
    mode: Mode
    since: date
    able: Capabilities = field(default_factory=lambda: Capabilities(product="LiteLLM"))


class Fate(Enum):
    """What becomes of a file."""

    NEW = "new"
    SAME = "unchanged"
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One file: its path below the repository's root, and its text before and after."""

    path: str
    before: str | None
    after: str

    @property
    def fate(self) -> Fate:
        if self.before is None:
            return Fate.NEW
        return Fate.SAME if self.before == self.after else Fate.DIFFERENT
