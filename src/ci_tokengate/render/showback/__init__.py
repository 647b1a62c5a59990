"""The report, for people and machines. Rounding happens here and nowhere else (DESIGN D12)."""
