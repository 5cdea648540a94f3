"""The OpenAPI documents of the service, written from its models and its refusals."""
