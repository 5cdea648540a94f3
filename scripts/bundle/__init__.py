"""Build the code bundle that all functions share."""
