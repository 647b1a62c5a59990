"""The sheets of the spreadsheet as values: heads, cells, and which of them a chart draws."""

from ci_tokengate.render.showback.sheets.every import sheets
from ci_tokengate.render.showback.sheets.form import Cell, Chart, Sheet

__all__ = ["Cell", "Chart", "Sheet", "sheets"]
