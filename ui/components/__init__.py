"""Drawn parts of an answer: pure functions to HTML, and the few that need widgets."""
