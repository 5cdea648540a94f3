"""Stand-ins on loopback for the Alibaba Cloud services that the product uses."""
