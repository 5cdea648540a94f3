"""A day of attacks, played against the real doors and the local cloud by an accelerated clock."""
