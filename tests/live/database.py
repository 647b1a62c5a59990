"""The real proxy's own tables, where TOKENGATE_LITELLM_DATABASE_URL names its database: a second opinion."""

from __future__ import annotations

import os
import shutil
import subprocess
from decimal import Decimal

import pytest

VARIABLE = "TOKENGATE_LITELLM_DATABASE_URL"
_ROWS = """"LiteLLM_SpendLogs" WHERE starts_with(metadata->>'user_api_key_alias', '{prefix}')"""


class Database:
    """Asks with `psql`, whose text of a float is the shortest, as JSON's is."""

    def __init__(self, url: str, psql: str) -> None:
        self._command = [psql, url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c"]

    def ask(self, query: str) -> str:
        done = subprocess.run(
            [*self._command, query], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def count(self, prefix: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM {_ROWS.format(prefix=prefix)}"))

    def cost(self, prefix: str) -> Decimal:
        """The sum of the rows of all keys whose alias starts so, USD, exact."""
        total = "coalesce(sum(spend::text::numeric), 0)"
        return Decimal(self.ask(f"SELECT {total} FROM {_ROWS.format(prefix=prefix)}"))

    def multiply(self, prefix: str, rows: int) -> None:
        """Copies the one row there is: three at a time, in the hour before it, of random spend."""
        self.ask(f"""
            INSERT INTO "LiteLLM_SpendLogs"
            SELECT copy.* FROM "LiteLLM_SpendLogs" AS row, generate_series(1, {rows}) AS n,
              LATERAL jsonb_populate_record(row, jsonb_build_object(
                'request_id', row.request_id || '-' || n, 'spend', random() / 100,
                'startTime', row."startTime" - interval '55 minutes' + n / 3 * interval '90 ms'
              )) AS copy
            WHERE starts_with(row.metadata->>'user_api_key_alias', '{prefix}')""")

    def forget(self, prefix: str) -> None:
        self.ask(f"DELETE FROM {_ROWS.format(prefix=prefix)}")


def database() -> Database:
    url, psql = os.environ.get(VARIABLE, ""), shutil.which("psql")
    if not url or not psql:
        pytest.skip(f"The sum by SQL needs {VARIABLE}, and psql.")
    return Database(url, psql)
