"""`make screenshot`: docs/report.png, the upper part of the report as Chromium shows it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ci_tokengate.render.showback.page import page
from tests.docs.tables import ROOT
from tests.render.showback import acme
from tests.render.showback.browser import browser, chromium

HEIGHT = 1290


def main() -> None:
    if chromium() is None:
        sys.exit("There is no Chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.html"
        source.write_text(page(acme.report()), encoding="utf-8")
        with browser(Path(folder) / "profile") as found:
            seen = found.look(source, width=1120, height=HEIGHT)
    (ROOT / "docs" / "report.png").write_bytes(seen.png)


if __name__ == "__main__":
    main()
