"""Opening the knowledge base that the settings name."""

from __future__ import annotations

from agent.errors import SettingsError
from agent.settings import Settings
from knowledge import Embedder, IndexLocked, KnowledgeBase, MiniLM, OpenAIEmbedder
from knowledge.sources import Reach


def embedder(settings: Settings) -> Embedder:
    """Return the embedder: built in, or the OpenAI-compatible endpoint of the settings.

    Raises:
        SettingsError: if an endpoint is set without model and dimensions.
    """
    if settings.embedding_base_url is None and settings.embedding_model is None:
        return MiniLM()
    if settings.embedding_model is None or settings.embedding_dimensions is None:
        raise SettingsError(
            "An embedding endpoint needs ADVISOR_EMBEDDING_MODEL and "
            "ADVISOR_EMBEDDING_DIMENSIONS: the model's name there and the length of its vectors."
        )
    return OpenAIEmbedder(
        settings.embedding_model,
        dimensions=settings.embedding_dimensions,
        base_url=settings.embedding_base_url,
        api_key=settings.embedding_api_key,
    )


def open_base(settings: Settings) -> KnowledgeBase:
    """Return the knowledge base as it is on disk."""
    reach = Reach(
        hub_url=settings.hub_url,
        readme_url=settings.readme_url,
        trusted_hosts=frozenset(settings.trusted_hosts),
    )
    return KnowledgeBase.open(
        settings.index, url=settings.chroma_url, embedder=embedder(settings), reach=reach
    )


def open_knowledge(settings: Settings) -> KnowledgeBase:
    """Return the knowledge base with an index that is up to date with the documents.

    While another process brings it up to date, the index as it was answers.

    Raises:
        KnowledgeError: if there is no index yet and none can be built.
    """
    base = open_base(settings)
    if not base.is_current():
        try:
            base.sync()
        except IndexLocked:
            if not base.catalogue.documents:
                raise
    return base
