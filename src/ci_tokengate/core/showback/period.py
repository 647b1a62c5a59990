"""Months, ISO weeks and days, in the zone of the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ci_tokengate.errors import UsageError

_MONTH = re.compile(r"(2\d\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month of local days."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str, what: str = "--month") -> Month:
        """`2026-10`. Raises UsageError that names `what`."""
        found = _MONTH.fullmatch(text.strip())
        if found is None:
            raise UsageError(
                f"{what} is {text[:40]!r}, which is no month.", hint="Write it as 2026-10."
            )
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The first day that is no longer in it."""
        return self.back(-1).first

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    def back(self, months: int) -> Month:
        count = self.year * 12 + self.number - 1 - months
        return Month(count // 12, count % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def zone_of(name: str) -> tzinfo:
    """Raises UsageError where this machine does not know the zone."""
    if name == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"This machine does not know the time zone {name[:60]!r}.",
            hint="Install its zone data (the package tzdata), or give an IANA name.",
        ) from error


def local_day(moment: datetime, zone: tzinfo) -> date:
    """23:30Z on 30 November is 1 December in Kolkata."""
    return moment.astimezone(zone).date()


def midnight(day: date, zone: tzinfo) -> datetime:
    """When that local day begins, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(timezone.utc)


def weeks_before(day: date, count: int) -> list[tuple[str, date, date]]:
    """The last `count` whole ISO weeks before `day`, oldest first: `2026-W41`, first day, end."""
    monday = day - timedelta(days=day.weekday())
    starts = [monday - timedelta(weeks=n) for n in range(count, 0, -1)]
    return [(_week(start), start, start + timedelta(weeks=1)) for start in starts]


def _week(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year:04}-W{week:02}"
