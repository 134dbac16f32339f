"""Every setting of the advisor, with its meaning. Read once, at the entry point."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.sources.reach import HUB, README_HOST


class Settings(BaseSettings):
    """Settings, from arguments or from environment variables with the prefix ADVISOR_."""

    model_config = SettingsConfigDict(
        env_prefix="ADVISOR_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    index: Path | None = Field(
        default=None,
        description="Folder of the index. Default: .rightsize in a checkout, "
        "else the user's data folder.",
    )
    chroma_url: str | None = Field(
        default=None,
        description="URL of a Chroma server that holds documents and vectors for several "
        "processes; the index folder mirrors it.",
    )
    threads: Path | str | None = Field(
        default=None,
        description='SQLite file of conversations; default: "threads.sqlite" beside the index. '
        'Use ":memory:" to keep none, "postgresql://..." for a database.',
    )
    embedding_base_url: str | None = Field(
        default=None, description="OpenAI-compatible endpoint for embeddings. Default: built in."
    )
    embedding_model: str | None = Field(
        default=None, description="Model name at the embedding endpoint."
    )
    embedding_dimensions: int | None = Field(
        default=None, gt=0, description="How many numbers a vector of that model has."
    )
    embedding_api_key: SecretStr | None = Field(
        default=None, description="Key for the embedding endpoint."
    )
    hub_url: str = Field(
        default=HUB, description="Where model cards are read: the Hugging Face hub or a mirror."
    )
    readme_url: str = Field(
        default=README_HOST, description="Where READMEs of GitHub repositories are read."
    )
    trusted_hosts: tuple[str, ...] = Field(
        default=(),
        description='Hosts that may be private, as a JSON list: ["mirror.local:8080"]. '
        "Documents from other private addresses are refused.",
    )
    horizon_years: float = Field(
        default=3, gt=0, le=10, description="Years over which whole-life cost is counted."
    )
    today: date | None = Field(
        default=None, description="The date answers are given for. Default: the clock's."
    )
