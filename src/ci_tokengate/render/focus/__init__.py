"""The ledger as FOCUS rows: the FinOps Open Cost and Usage Specification, 1.2 and 1.4."""
