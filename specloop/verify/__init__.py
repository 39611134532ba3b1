"""Adapters that run tests and check code."""
