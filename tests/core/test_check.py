from __future__ import annotations

import pytest

from ci_tokengate.core.check import Check, exit_code, fail, not_checked, ok, unknown, warn

GOOD, BAD = ok("proxy", "well"), fail("ceilings", "none", "set them")
DOUBT, SILENT = warn("teams", "low", "raise"), unknown("proxy", "no answer", "try again")
SKIPPED = not_checked("teams", "the proxy is not well")


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ([], 0),
        ([GOOD, DOUBT], 0),
        ([GOOD, SKIPPED], 0),
        ([GOOD, BAD], 1),
        ([SILENT, SKIPPED], 3),
        ([SILENT, BAD], 1),
    ],
)
def test_what_is_wrong_counts_more_than_what_nobody_could_tell(
    checks: list[Check], code: int
) -> None:
    assert exit_code(checks) == code
