"""Every order in which requests can meet: the real use cases and storage code, step by step."""
