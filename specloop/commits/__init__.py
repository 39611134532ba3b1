"""The adapter to git."""
