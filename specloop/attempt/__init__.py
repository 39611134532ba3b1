"""The values one attempt is made of."""
