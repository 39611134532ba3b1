"""The adapter to SQLite, and the project's lock."""
