"""What a person runs; never deployed."""
