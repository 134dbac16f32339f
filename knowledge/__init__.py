"""What is known: documents in, evidence out."""

from knowledge.adding import Draft, Drafts
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
from knowledge.reports import Health, Listed, SyncReport
from knowledge.search import Passage
from knowledge.sources import Reach, Refusal

__all__ = [
    "CORPUS",
    "Catalogue",
    "DocumentError",
    "Draft",
    "Drafts",
    "Embedder",
    "EmbedderError",
    "Health",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "KnowledgeBase",
    "KnowledgeError",
    "Listed",
    "Match",
    "Mention",
    "MiniLM",
    "NameUnknown",
    "OpenAIEmbedder",
    "Passage",
    "Reach",
    "Refusal",
    "Statement",
    "StorageError",
    "SyncReport",
    "load_document",
]
