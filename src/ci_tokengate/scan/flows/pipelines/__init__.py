"""The other CI systems, Compose files, devcontainers and settings: TG003 and TG004."""
