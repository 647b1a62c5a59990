"""Names that strangers choose, in a cell that a spreadsheet may take for a formula.

Source: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

_FORMULA = re.compile(
    r"(^|[;\t\r\n])((?:(?![\t\r\n])[\s\x00-\x1f\u200b\ufeff])*)(?=[=+\-@＝＋－＠])"
)
"""Where one begins: at the start, or after what separates cells in another locale's spreadsheet."""


def cell(text: str) -> str:
    """With an apostrophe before every place where a formula would begin: it stays text."""
    return _FORMULA.sub(r"\1\2'", text)
