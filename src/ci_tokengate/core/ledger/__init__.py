"""What the ledger holds: who spent how much, on which model, in which token bucket, on which day."""
