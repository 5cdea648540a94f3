"""The doors: one file is one Function Compute function."""
