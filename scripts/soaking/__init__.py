"""Faults under load: people, failures and an account of both."""
