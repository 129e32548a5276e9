"""A grant that is being carried out, with the people around it: what tests of receipts and reports begin with."""

import datetime as dt
import hashlib
import io
import itertools
from dataclasses import dataclass, field

import sqlalchemy as sa
from PIL import Image

from stations.applications.models import IncomeLine, Plan, PlanVersion
from stations.applications.rules import CostCategory, IncomeKind
from stations.applications.rules import Status as PlanStatus
from stations.committees.models import Committee
from stations.core import clock, files
from stations.core.access import Role
from stations.core.database import add, db
from stations.core.files import StoredFile
from stations.grants.books.models import Receipt
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.receipts import ReceiptKind
from stations.grants.books.services import ledger, receipts
from stations.grants.models import Grant, GrantLine
from stations.grants.reports.services import reports
from stations.grants.rules import Status
from stations.grants.settings.models import FiscalYearSetting
from stations.grants.settings.queries import settings
from stations.grants.settings.rules import ReallocationRule
from stations.people.models import Person
from tests.support import cast

YEAR = 2026
_pictures = itertools.count(1)


@dataclass
class Team:
    """One active grant: rent 36,000円, supplies 60,000円 and 24,000円; 100,000円 awarded and paid."""

    grant: Grant
    chair: Person
    treasurer: Person
    auditor: Person
    officer: Person
    lines: list[GrantLine] = field(default_factory=list)

    @property
    def rent(self) -> int:
        return self.lines[0].id

    @property
    def food(self) -> int:
        return self.lines[1].id

    @property
    def printing(self) -> int:
        return self.lines[2].id


def team(
    name: str = "見本",
    *,
    paid_yen: int = 100_000,
    of: Committee | None = None,
    treasurer: Person | None = None,
) -> Team:
    """Add a committee (or take ``of``) with its officers and its active grant, and one city officer."""
    committee = of or cast.committee(name)
    station = cast.station(committee, name=f"{name}ステーション")
    chair, auditor = (cast.person(role, of=committee) for role in (Role.CHAIR, Role.COMMITTEE_AUDITOR))
    treasurer = treasurer or cast.person(Role.TREASURER, of=committee)
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    _settings()
    now = clock.now()
    plan = add(
        Plan(
            committee=committee,
            station=station,
            fiscal_year=YEAR,
            status=PlanStatus.APPROVED,
            title=f"{name}の居場所",
            number=_next_number(),
            drafted_by_id=chair.id,
            submitted_by_id=chair.id,
            submitted_at=now,
            saved_by_id=chair.id,
            saved_at=now,
            income_lines=[IncomeLine(position=1, kind=IncomeKind.FEES, content="参加費", amount_yen=18_000)],
        )
    )
    version = add(
        PlanVersion(
            plan=plan,
            revision=1,
            content={
                "title": plan.title,
                "income_lines": [{"kind": "fees", "content": "参加費", "amount_yen": 18_000}],
            },
            sha256="0" * 64,
            submitted_by_id=chair.id,
            submitted_at=now,
        )
    )
    grant = add(
        Grant(
            plan=plan,
            version=version,
            committee=committee,
            station=station,
            fiscal_year=YEAR,
            status=Status.ACTIVE,
            requested_yen=102_000,
            awarded_yen=100_000,
            applied_by_id=chair.id,
            applied_at=now,
            decision_drafted_by_id=officer.id,
            decision_approved_by_id=approver.id,
            decided_on=dt.date(YEAR, 5, 1),
        )
    )
    lines = [
        add(
            GrantLine(
                grant=grant,
                position=n,
                category=category,
                content=content,
                planned_yen=yen,
                awarded_yen=yen,
                decided_yen=yen,
            )
        )
        for n, (category, content, yen) in enumerate(
            (
                (CostCategory.RENT, "会場（12回）", 36_000),
                (CostCategory.SUPPLIES, "食材", 60_000),
                (CostCategory.SUPPLIES, "チラシの印刷", 24_000),
            ),
            start=1,
        )
    ]
    if paid_yen:
        ledger.book(
            grant=grant,
            postings=bookkeeping.payment(paid_yen),
            happened_on=dt.date(YEAR, 5, 20),
            description="概算払（第1回）",
            by=officer,
        )
    return Team(grant, chair, treasurer, auditor, officer, lines)


def photo(by: Person | None = None) -> StoredFile:
    """A kept photo, each another picture (the same picture twice is a finding)."""
    return files.store_bytes(picture(), name="receipt.jpg", by=by)


def picture(*, exif: bool = False) -> bytes:
    """A small JPEG, with a camera's EXIF when asked for."""
    digest = hashlib.sha512(str(next(_pictures)).encode()).digest()
    image = Image.frombytes("RGB", (4, 5), digest[:60]).resize((60, 75))
    out = io.BytesIO()
    data = Image.Exif()
    data[0x010F] = "SECRETCAMERA"
    image.save(out, "JPEG", quality=95, **({"exif": data} if exif else {}))
    return out.getvalue()


def enter(team: Team, amount_yen: int = 3_240, **changes: object) -> Receipt:
    """Enter a sound receipt for food through the service."""
    values: dict[str, object] = {
        "grant": team.grant,
        "upload": photo(team.treasurer),
        "kind": ReceiptKind.RECEIPT,
        "dated_on": dt.date(YEAR, 10, 3),
        "used_on": None,
        "payee": "架空商店",
        "addressee": team.grant.committee.name,
        "description": "調理実習の食材代",
        "amount_yen": amount_yen,
        "splits": {team.food: amount_yen},
        "by": team.treasurer,
        "accept_warnings": True,
    }
    return receipts.enter_receipt(**(values | changes))  # type: ignore[arg-type]  # by name


def written(team: Team) -> None:
    """The report's text is complete."""
    reports.save_report(
        grant=team.grant,
        summary="毎月第2土曜日に料理の会を開いた。",
        results="初めて来た人の4割が、次の会にも参加した。",
        completed_on=dt.date(YEAR, 11, 14),
        by=team.chair,
    )


def reported(team: Team) -> None:
    """Written, audited and handed in."""
    written(team)
    reports.audit_accounts(grant=team.grant, by=team.auditor)
    reports.submit_report(grant=team.grant, by=team.chair)


def _next_number() -> int:
    return (db.session.scalar(sa.select(sa.func.max(Plan.number))) or 0) + 1


def _settings() -> None:
    if settings(YEAR) is None:
        add(
            FiscalYearSetting(
                fiscal_year=YEAR,
                rate_numerator=1,
                rate_denominator=1,
                cap_yen=None,
                unit_yen=1_000,
                report_days=30,
                report_latest_month=4,
                report_latest_day=10,
                reallocation_rule=ReallocationRule.SMALLER20,
                document_prefix="見本共",
                retention_years=5,
            )
        )
