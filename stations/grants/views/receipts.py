"""Pages of receipts and the cash book."""
