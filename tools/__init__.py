"""Commands for those who work on the code. The application never imports them."""
