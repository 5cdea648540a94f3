"""Pictures that are drawn from their source."""
