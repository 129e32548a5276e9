"""What may be done to a draft of a year's 制度設定."""

from stations.core.access import Permission
from stations.core.drafts import two_officials

SETTINGS = two_officials(
    draft=Permission.GRANT_REVIEW,
    draft_page="grants.edit_settings",
    decide=Permission.GRANT_APPROVE,
    decide_page="grants.approve_settings",
)
