"""The early warning as people and programs read it: terminal, Markdown, Slack, JSON."""
