"""Summaries for people and programs."""
