"""What can go wrong in the knowledge base, as a tree.

KnowledgeError
├── DocumentError       a document can't be used: file, field, value and rule are named
├── IndexMissing        no index where one was expected
├── IndexLocked         another process writes to this index
├── IndexMismatch       the index was built with another embedder
├── StorageError        the folder can't be written, or the disk is full
└── EmbedderError       the embedder's weights are missing or damaged
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of every error that the knowledge base raises on purpose."""


class DocumentError(KnowledgeError, ValueError):
    """A document can't be used. The message names file, field, value and rule."""


class IndexMissing(KnowledgeError):
    """No index where one was expected. The message names the command that builds it."""


class IndexLocked(KnowledgeError):
    """Another process writes to this index."""


class IndexMismatch(KnowledgeError):
    """The index was built with another embedder. The message names the command that rebuilds it."""


class StorageError(KnowledgeError):
    """The folder can't be written, or the disk is full."""


class EmbedderError(KnowledgeError):
    """The embedder's weights are missing or damaged. The message names the command that helps."""
