"""The doctor, scripts/doctor: what would keep a deployment from working, and what to do."""
