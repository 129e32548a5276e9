"""Pages of the final report and its inspection."""
