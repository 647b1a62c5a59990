"""One rule a module; each takes a job as it runs and gives its findings."""
