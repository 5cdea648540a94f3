"""Measure what DESIGN.md sets budgets for."""
