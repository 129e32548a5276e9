"""The overview tells a year's grants and a year's budget apart: what was paid late is in the other year's budget."""

import datetime as dt

from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.tables import Cells
from stations.grants.settlement.services import determinations, refunds
from stations.reports import tables
from stations.reports.queries.overview import overview
from tests.grants import cast as grants

OLD, NEW = 2026, 2027
AUTUMN = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
JUNE = dt.datetime(2027, 6, 2, 3, tzinfo=dt.UTC)


def totals(year: int) -> tuple[Cells, Cells]:
    """The sums of both tables, without their heading."""
    shown = overview(year)
    money, budget = tables.money(shown).total, tables.budget(shown).total
    assert money is not None and budget is not None
    return tuple(money[1:]), tuple(budget[1:])


def test_a_late_balance_and_a_late_refund_stand_in_both_years_each_under_its_name(db_session: Session):
    with clock.frozen_at(AUTUMN):
        late_balance, late_refund = grants.team(year=OLD), grants.team(year=OLD)
        for made, paid in ((late_balance, 50_000), (late_refund, 100_000)):
            grants.settings(NEW, by=made.approver)
            grants.active(made)
            grants.paid(made, paid)
            grants.spent(made, 80_000, line=2)
            grants.determined(made)
        grants.refund_due(late_refund)
    with clock.frozen_at(JUNE):
        request = determinations.order_balance(grant=late_balance.grant, by=late_balance.officer)
        grants.balance_paid(late_balance, request)
        refunds.record_refund(grant=late_refund.grant, received_on=clock.today(), by=late_refund.cashier)
        # awarded, paid, spent, difference; then own, earlier, returned, net, income
        assert totals(OLD) == ((360_000, 160_000, 160_000, 200_000), (150_000, 0, 0, 150_000, 0))
        assert totals(NEW) == ((0, 0, 0, 0), (0, 30_000, 0, 30_000, 20_000))
