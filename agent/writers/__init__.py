"""Who words an answer: the writer port and the template writer."""

from agent.writers.base import Writer
from agent.writers.template import TemplateWriter

__all__ = ["TemplateWriter", "Writer"]
