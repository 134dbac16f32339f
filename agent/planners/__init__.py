"""What to look up for a question: the planner port and the rules that fill it."""

from agent.planners.base import Plan, Planner, Search
from agent.planners.rules import RulePlanner

__all__ = ["Plan", "Planner", "RulePlanner", "Search"]
