"""Alibaba Cloud's OpenAPI: signatures, and the products behind it."""
