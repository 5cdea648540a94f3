"""Attack the served functions with requests made up from the OpenAPI document."""
