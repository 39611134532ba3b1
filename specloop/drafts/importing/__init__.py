"""Specs drafted from the files of other tools: GitHub spec-kit, OpenSpec, Kiro."""
