"""What Log Service (SLS) needs to watch the service: index, searches, dashboard, alerts."""
