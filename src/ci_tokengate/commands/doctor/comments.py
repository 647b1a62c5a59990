"""May the token write the comment?"""

from __future__ import annotations

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.check import Check, Status, fail, not_checked, ok
from ci_tokengate.core.diagnosis import Comment, CommentRight

_SUBJECT = "comments"
_NOWHERE = "local/local"


def comment_checks(patient: Patient) -> list[Check]:
    repository, rights = patient.context.repository, patient.comments
    if rights is None:
        because = "no token is given (GITHUB_TOKEN, --github-token)"
        return [not_checked(_SUBJECT, because)]
    if repository == _NOWHERE:
        return [not_checked(_SUBJECT, "no repository is given (--repository owner/name)")]
    found = attempt(_SUBJECT, lambda: rights.comment_right(repository))
    return [found if isinstance(found, Check) else _judged(found, repository)]


def _judged(right: CommentRight, repository: str) -> Check:
    sentence = f"{right.said} in {repository}"
    if right.answer is Comment.MAY:
        return ok(_SUBJECT, sentence)
    if right.answer is Comment.MAY_NOT:
        return fail(_SUBJECT, sentence, right.change)
    return Check(
        subject=_SUBJECT,
        status=Status.UNKNOWN,
        sentence=sentence,
        change=right.change,
        expected=True,
    )
