"""Metrics as OpenMetrics text and over OTLP."""
