"""The acts on grants, by noun."""
