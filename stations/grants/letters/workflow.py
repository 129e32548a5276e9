"""What may be done to a draft of a letter's texts."""

from stations.core.access import Permission
from stations.core.drafts import two_officials

TEXTS = two_officials(
    draft=Permission.GRANT_REVIEW,
    draft_page="grants.draft_letter_texts",
    decide=Permission.GRANT_APPROVE,
    decide_page="grants.decide_letter_texts",
)
