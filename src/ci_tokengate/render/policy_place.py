"""Which policy counts for a job whose base is another branch than the default one, and why."""

from __future__ import annotations

from ci_tokengate.core.policy_place import Why

_WANTED = "rulesets would have to restrict its creation, and its updates or have them approved"


def policy_said(branch: str, why: Why, trouble: str = "") -> str:
    """One sentence. `trouble` is why nobody could tell, as a sentence with its full stop."""
    if why is Why.GUARDED:
        return (
            f"The policy of {branch} counts: rulesets let nobody make or change that branch alone."
        )
    instead = f"The default branch's policy counts, not that of {branch}"
    if why is Why.ABSENT:
        return f"{instead}, which rulesets guard and which has none."
    if why is Why.UNTOLD:
        return f"{instead}: nobody could tell whether rulesets guard it. {trouble}".rstrip()
    return f"{instead}, which whoever may push could have written: {_WANTED}."
