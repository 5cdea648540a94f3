"""RAM policies from one table of calls, scripts/policy; never deployed."""
