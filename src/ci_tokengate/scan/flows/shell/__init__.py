"""Shell scripts, read as far as keys, addresses and agents need it."""
