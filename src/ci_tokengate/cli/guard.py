"""Every failure to its exit code, without a traceback and without a secret. What telling one takes is imported then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

_SECRETS = (
    *("TOKENGATE_PROXY_KEY", "TOKENGATE_READING_KEY", "TOKENGATE_ADMIN_KEY", "GITHUB_TOKEN"),
    *("TOKENGATE_SLACK_WEBHOOK", "TOKENGATE_WEBHOOK_URL", "TOKENGATE_WEBHOOK_SECRET"),
)


def guarded(command: Callable[[], None], env: Mapping[str, str]) -> None:
    """Exit codes: 0 passed · 1 refused · 2 usage or configuration · 3 undecided."""
    try:
        command()
    except BrokenPipeError:
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user
        sys.exit(_told(error, env))


def _told(error: Exception, env: Mapping[str, str]) -> int:
    import click

    from ci_tokengate.core.redact import redact
    from ci_tokengate.errors import TokengateError

    hidden = [env[name].strip() for name in _SECRETS if env.get(name, "").strip()]
    if isinstance(error, click.ClickException):
        error.show()
        return 2
    if isinstance(error, click.Abort):
        return 130
    if isinstance(error, TokengateError):
        mark = "?" if error.exit_code == 3 else "✖"
        click.echo(redact(f"{mark} {error.message}", hidden), err=True)
        if error.hint:
            click.echo(redact(f"  {error.hint}", hidden), err=True)
        return error.exit_code
    click.echo(
        f"? ci-tokengate failed by itself ({type(error).__name__}). "
        "This is a bug: please report it with what you ran.",
        err=True,
    )
    return 3
