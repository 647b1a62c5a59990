"""The one line of likely cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.core.watch.breakdown import JobName
from ci_tokengate.core.watch.cause import Cause, Kind
from ci_tokengate.render.showback.phrases import Line, Name, money
from ci_tokengate.render.words import count


def cause_line(cause: Cause) -> Line:
    """Begins with *Likely* where something is."""
    return _CAUSES[cause.kind](cause)


def _job(job: JobName) -> Line:
    return (Name(job.job), " of ", Name(job.repository))


def _new_job(c: Cause) -> Line:
    runs = f"{count(c.runs, 'run')} for {money(c.cost)}"
    return ("Likely a new job: ", *_job(c.job), f" was not seen in the week before; {runs}.")


def _retries(c: Cause) -> Line:
    tried = f" was tried {c.attempts} times for {money(c.cost)}."
    return ("Likely retries: run ", Name(c.run_id), " of ", _repository(c), tried)


def _repository(c: Cause) -> Name:
    return Name(c.job.repository or c.place.partition("#")[0].partition("@")[0])


def _long_agent(c: Cause) -> Line:
    made = f", made {count(c.calls, 'call')} for {money(c.cost)}."
    return (
        *("Likely one long agent: ", Name(c.job.job), " on ", Name(c.place)),
        *(", run ", Name(c.run_id), made),
    )


def _places(c: Cause) -> str:
    few = "one pull request or branch"
    return few if c.places == 1 else f"{c.places:,} pull requests and branches"


def _every_push(c: Cause) -> Line:
    ran = f" ran {c.runs:,} times"
    if c.places == 1:
        where: Line = (" on ", Name(c.place))
    else:
        where = (" of ", Name(c.job.repository))
        ran += f" on {_places(c)}"
    return ("Likely it runs on every push: ", Name(c.job.job), *where, f"{ran}, {money(c.cost)}.")


def _new_model(c: Cause) -> Line:
    return (
        *("Likely another model: ", Name(c.model)),
        f" was not used in the week before; {money(c.cost)}.",
    )


_CAUSES: Mapping[Kind, Callable[[Cause], Line]] = {
    Kind.NOTHING_KNOWN: lambda c: ("No cause is known: no call of today is in the log yet.",),
    Kind.NOT_CI: lambda c: (
        f"Likely not CI: {money(c.cost)} of {money(c.covered)} came from keys that no job of ours had.",
    ),
    Kind.NEW_JOB: _new_job,
    Kind.RETRIES: _retries,
    Kind.LONG_AGENT: _long_agent,
    Kind.EVERY_PUSH: _every_push,
    Kind.NEW_MODEL: _new_model,
    Kind.SPREAD: lambda c: (
        f"No single cause: {count(c.runs, 'run')} on {_places(c)}, none of them most of it.",
    ),
}
