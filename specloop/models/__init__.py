"""Adapters to models."""
