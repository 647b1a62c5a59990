"""Finds provider keys and every way past the proxy. The standard library only, wherever a commit waits."""
