"""The carriers: what becomes of a message, and how the product is told."""
