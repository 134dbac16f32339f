"""Bytes of a file to text: one module a format, each with its limits."""

from knowledge.reading.kinds import READABLE
from knowledge.reading.page import Page
from knowledge.reading.reader import read_bytes, read_path

__all__ = ["READABLE", "Page", "read_bytes", "read_path"]
