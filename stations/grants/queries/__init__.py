"""Questions about grants: loaders, lists, the books, and what waits for whom."""

from stations.grants.queries.ledger import (
    decided_award,
    posting,
    postings_of,
    spent_by_line,
    standing,
    standings,
)

__all__ = ["decided_award", "posting", "postings_of", "spent_by_line", "standing", "standings"]
