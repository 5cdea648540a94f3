"""The SMS products; the only files that know their error codes."""
