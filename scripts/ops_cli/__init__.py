"""The operator's command line, scripts/ops; never deployed."""
