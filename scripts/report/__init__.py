"""The report of some days: what the store and the log hold, as one page that needs nothing else."""
