"""The rule interpreter: intent, slots and products of a message, read without a model."""

from agent.reading.rules import RuleInterpreter

__all__ = ["RuleInterpreter"]
