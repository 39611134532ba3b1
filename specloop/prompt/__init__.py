"""Prompts written, replies read, failures digested; no I/O."""
