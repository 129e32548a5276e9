"""Forms of grants, by noun."""
