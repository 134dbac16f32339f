"""How a message is understood: the rule interpreter, which needs no model."""

from agent.interpreters.rules import RuleInterpreter

__all__ = ["RuleInterpreter"]
