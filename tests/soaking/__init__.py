"""scripts/soak: a short one, and the rules that it goes by."""
