"""What every change of a committee's accounts begins and ends with: the lock, and the audit it makes void."""

from stations.core import access, audit
from stations.core.access import Actor, Permission, Role
from stations.core.database import lock
from stations.core.messages import N_
from stations.grants import notices
from stations.grants.books.rules import accounts
from stations.grants.models import Grant
from stations.grants.rules import AccountsAct


def begin_change(grant: Grant, *, by: Actor) -> None:
    """Hold the grant and make sure that ``by`` may write its books, and that they are open."""
    lock(grant)
    access.demand(by, Permission.RECEIPT_ENTER, grant)
    accounts.check_books_open(grant.status)


def void_audit(grant: Grant, *, by: Actor) -> None:
    """The accounts are no longer those that 監査 looked at; nothing happens when nobody has looked yet."""
    if grant.accounts_audited_at is None:
        return
    grant.accounts_audited_at = None
    grant.accounts_audited_by_id = None
    audit.record(grant, act=AccountsAct.VOID_AUDIT, by=by)
    if not access.can(by, Permission.ACCOUNTS_AUDIT, grant):
        subject = N_("監査のあとで帳簿が変わりました。もう一度、監査をお願いします。")
        notices.notify(grant, [Role.COMMITTEE_AUDITOR], subject, by=by)
