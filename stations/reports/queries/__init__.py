"""What the home page and the overview show, read from every package's tables."""
