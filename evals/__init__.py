"""Measure the advisor: cases as data, scorers as functions, a run, a report."""
