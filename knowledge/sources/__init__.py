"""Where documents come from: a file, a folder, an address, a feed, a model hub, a repository."""

from knowledge.sources.fetching import Fetched, fetch
from knowledge.sources.reach import Reach
from knowledge.sources.results import ModelCard, Read, Refusal
from knowledge.sources.source import read_source

__all__ = ["Fetched", "ModelCard", "Reach", "Read", "Refusal", "fetch", "read_source"]
