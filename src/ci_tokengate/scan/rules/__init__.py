"""One file a rule: what it finds, why that matters, how it is mended."""
