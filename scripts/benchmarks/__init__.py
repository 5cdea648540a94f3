"""Measure the service, and hold what it spends to budgets."""
