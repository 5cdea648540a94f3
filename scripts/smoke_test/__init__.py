"""A smoke test of a running service, scripts/smoke; never deployed."""
