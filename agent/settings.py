"""Every setting of the advisor, with its meaning. Read once, at the entry point."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
        description="URL of a Chroma server; the index folder is then not used for it.",
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
    horizon_years: float = Field(
        default=3, gt=0, le=10, description="Years over which whole-life cost is counted."
    )
    today: date | None = Field(
        default=None, description="The date answers are given for. Default: the clock's."
    )
