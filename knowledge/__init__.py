"""What is known: documents in, evidence out."""

from knowledge.base import KnowledgeBase
from knowledge.catalogue import Catalogue, Match, NameUnknown
from knowledge.documents import CORPUS, load_document
from knowledge.embedding import Embedder, MiniLM
from knowledge.errors import (
    DocumentError,
    EmbedderError,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    KnowledgeError,
    StorageError,
)
from knowledge.facts import Statement
from knowledge.mentions import Mention
from knowledge.openai_embedding import OpenAIEmbedder
from knowledge.reports import Health, SyncReport
from knowledge.search import Passage

__all__ = [
    "CORPUS",
    "Catalogue",
    "DocumentError",
    "Embedder",
    "EmbedderError",
    "Health",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "KnowledgeBase",
    "KnowledgeError",
    "Match",
    "Mention",
    "MiniLM",
    "NameUnknown",
    "OpenAIEmbedder",
    "Passage",
    "Statement",
    "StorageError",
    "SyncReport",
    "load_document",
]
