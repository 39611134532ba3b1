"""Advice on specs that can be read but could be better."""
