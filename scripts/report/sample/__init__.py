"""A week to try the report on: made through the real doors, with all that a report should show."""
