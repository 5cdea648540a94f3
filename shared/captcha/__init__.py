"""Services that tell people from programs, and the only files that know their codes."""
