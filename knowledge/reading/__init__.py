"""Bytes of a file to text: one module a format, each with its limits."""
