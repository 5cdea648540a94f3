"""What the service costs: requests measured on the local cloud, times prices with their sources."""
