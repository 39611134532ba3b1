"""Specs to start from: out of templates, and out of other tools' files."""
