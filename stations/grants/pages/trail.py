"""Where a page about a grant's accounts stands."""

from typing import TYPE_CHECKING

from flask import url_for

from stations.core.formatting import fiscal_year
from stations.core.language import gettext as _
from stations.grants.queries import grants

if TYPE_CHECKING:
    from stations.grants.models import Grant

Trail = list[tuple[str, str | None]]


def trail(grant: "Grant", here: str, *between: tuple[str, str]) -> Trail:
    """助成金 > the grant > … > here."""
    name = _("%(name)s %(year)s", name=grants.called(grant), year=fiscal_year(grant.fiscal_year))
    return [
        (_("助成金"), url_for("grants.index")),
        (name, url_for("grants.grant", grant_id=grant.id)),
        *between,
        (here, None),
    ]


def of_receipts(grant: "Grant") -> tuple[str, str]:
    return _("領収書"), url_for("grants.receipts", grant_id=grant.id)


def of_books(grant: "Grant") -> tuple[str, str]:
    return _("出納帳"), url_for("grants.books", grant_id=grant.id)


def of_report(grant: "Grant") -> tuple[str, str]:
    return _("実績報告"), url_for("grants.report", grant_id=grant.id)
