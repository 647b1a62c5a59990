"""What the scan takes from the policy. Who begins with the scan has no teams yet, and needs none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError

from ci_tokengate.adapters.policy.complaints import complaints
from ci_tokengate.adapters.policy.model import ProxySection, ScanSection
from ci_tokengate.adapters.policy.parts import Section
from ci_tokengate.adapters.policy.yaml_tree import read_tree
from ci_tokengate.core.policy import ScanPolicy


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """The proxy's kind and address, if the policy names one, and what is left alone."""

    proxy_kind: str
    proxy_url: str | None
    scan: ScanPolicy


class _ScanFile(Section):
    """The same file as PolicyFile's. What is wrong elsewhere in it is for `policy check` and the gate to say."""

    model_config = ConfigDict(extra="ignore")

    version: Literal[1] = 1
    proxy: ProxySection = Field(default_factory=lambda: ProxySection.model_construct())
    scan: ScanSection = Field(default_factory=ScanSection)


def load_scan(text: str, source: str) -> Scanned:
    """Raises PolicyError with all complaints about these sections, one a line."""
    tree = read_tree(text, source)
    try:
        file = _ScanFile.model_validate(tree.value)
    except ValidationError as error:
        raise complaints(_ScanFile, tree, error) from error
    return Scanned(
        proxy_kind=file.proxy.kind,
        proxy_url=file.proxy.url,
        scan=ScanPolicy(
            allowed_hosts=tuple(file.scan.allowed_hosts), exclude=tuple(file.scan.exclude)
        ),
    )
