"""Does what the loop decides, and records it."""
