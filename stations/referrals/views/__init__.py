"""Pages of agencies, referrals and memos. Titles, addresses and lists carry numbers, never a person."""

from stations.referrals.views import acts, agencies, calls, consents, observations, referrals, view_log
from stations.referrals.views.pages import blueprint

__all__ = ["acts", "agencies", "blueprint", "calls", "consents", "observations", "referrals", "view_log"]
