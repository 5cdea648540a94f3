"""The verbs, one a file; collaborators come as keyword arguments."""
