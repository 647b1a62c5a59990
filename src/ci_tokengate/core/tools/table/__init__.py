"""One file a tool; each ends in one `Tool`. They do not know each other."""
