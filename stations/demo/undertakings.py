"""What the committees undertake: each station's plan of the year, and one project for every state there is."""

from dataclasses import dataclass
from enum import StrEnum

from stations.applications.rules import Status as PlanStatus
from stations.demo.places import PLACES, Place
from stations.grants.rules import Status as GrantStatus


class Session(StrEnum):
    """The general meetings of the demonstration, in their order."""

    LAST_SPRING = "last_spring"
    LAST_AUTUMN = "last_autumn"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    COMING = "coming"


class Settlement(StrEnum):
    """How a closed year comes out between city and committee."""

    ZERO = "zero"
    REFUND = "refund"
    BALANCE = "balance"


@dataclass(frozen=True, kw_only=True)
class Undertaking:
    """A plan and how far it gets. ``grant`` None: it ends as a plan."""

    place: Place
    title: str
    session: Session
    plan: PlanStatus = PlanStatus.APPROVED
    grant: GrantStatus | None = None
    settlement: Settlement = Settlement.ZERO
    last_year: bool = False
    cancelled_part: bool = False
    """一部取消し on the way: its report, inspection and refund come after that."""
    whole_year: bool = False
    """The station's work of a year, not a single project."""


_PLACES = {place.key: place for place in PLACES}

# Each takes the stool home that it paid for in part: one receipt for the wood is above what the city adds.
BENCHES = "みんなの腰掛けづくり"

_PROJECTS = (
    # Projects of this spring, each stopped at another state of its accounts. One committee is late with
    # paying back, which everybody sees from the home page on.
    ("meguru", "季節の出張体操会", Session.SPRING, GrantStatus.REPORT_RETURNED, Settlement.REFUND),
    ("teshigoto", BENCHES, Session.SPRING, GrantStatus.REPORTED, Settlement.ZERO),
    ("mutsumi", "新緑を見る会", Session.SPRING, GrantStatus.INSPECTED, Settlement.REFUND),
    ("rokkodai", "花だん開きと苗配り", Session.SPRING, GrantStatus.DETERMINING, Settlement.REFUND),
    ("ekimae", "駅前 夕涼みの会🎆", Session.SPRING, GrantStatus.DETERMINED, Settlement.BALANCE),
    ("mutsumi-meguru", "青空移動図書館", Session.SPRING, GrantStatus.REFUND_DUE, Settlement.REFUND),
    ("danchi-cafe", "こども店長の日", Session.SPRING, GrantStatus.REFUNDED, Settlement.REFUND),
    ("nishiguchi", "スマートフォン教室 春の回", Session.SPRING, GrantStatus.BALANCE_DUE, Settlement.BALANCE),
    ("kokage", "絵本の原画展", Session.SPRING, GrantStatus.BALANCE_PAID, Settlement.BALANCE),
    ("farm", "春の苗植えまつり", Session.SPRING, GrantStatus.CLOSED, Settlement.ZERO),
    ("yorimichi", "夜のカフェの試行", Session.SPRING, GrantStatus.DISCONTINUED, Settlement.ZERO),
    ("danchi-cafe", "七夕の夜市", Session.SPRING, GrantStatus.CLOSED, Settlement.ZERO),
    ("rokkodai", "夏の花市", Session.SPRING, GrantStatus.PARTLY_CANCELLED, Settlement.ZERO),
    ("teshigoto", "陶芸の一日体験", Session.SPRING, GrantStatus.CANCELLED, Settlement.ZERO),
    ("mabashi", "竹とんぼ大会", Session.SPRING, GrantStatus.CLOSED, Settlement.REFUND),
    # Asked for in summer and autumn.
    ("yorimichi", "店内の模様替え", Session.SUMMER, GrantStatus.REFUSED, Settlement.ZERO),
    ("akira", "縁側まつり", Session.SUMMER, GrantStatus.WITHDRAWN, Settlement.ZERO),
    ("kokage", "冬の読み聞かせ", Session.AUTUMN, GrantStatus.APPLIED, Settlement.ZERO),
    ("sakura", "居間の夜間学習", Session.AUTUMN, GrantStatus.REVIEWING, Settlement.ZERO),
    ("engawa", "見守り買い物ツアー", Session.AUTUMN, GrantStatus.DECIDING, Settlement.ZERO),
    ("bench", "青空ベンチの移動版", Session.AUTUMN, GrantStatus.AWARDED, Settlement.ZERO),
)

# Its venue was lost; what it had spent by then it reported, and the rest came back.
_CANCELLED_PART = "七夕の夜市"

_PLANS = (
    ("shinmatsudo", "新松戸よりあい広場 開設計画", Session.COMING, PlanStatus.DRAFT),
    ("mabashi", "冬のたこあげ大会", Session.COMING, PlanStatus.SUBMITTED),
    ("engawa", "団地の写真展", Session.COMING, PlanStatus.RECEIVED),
    ("farm", "農園の収穫祭", Session.COMING, PlanStatus.RETURNED),
    ("bench", "ベンチ修理の会", Session.COMING, PlanStatus.CONFIRMED),
    ("sakura", "居間の年越しそばの会", Session.COMING, PlanStatus.TABLED),
    ("mabashi", "工作キットの貸出", Session.COMING, PlanStatus.TABLED),
    ("nishiguchi", "夜のサロン", Session.AUTUMN, PlanStatus.DEFERRED),
    ("akira", "カラオケ設備の導入", Session.AUTUMN, PlanStatus.REJECTED),
    ("kokage", "移動文庫バス", Session.AUTUMN, PlanStatus.WITHDRAWN),
    ("teshigoto", "陶芸の小屋開き", Session.AUTUMN, PlanStatus.APPROVED),
    ("hidamari", "お弁当の配食の試行", Session.AUTUMN, PlanStatus.APPROVED_WITH_CONDITIONS),
)


def undertakings() -> list[Undertaking]:
    """All of them, in a fixed order."""
    running = [place for place in PLACES if place.running]
    outcomes = list(Settlement)
    return [
        *(
            Undertaking(
                place=place,
                title=f"{place.name} 年間の活動",
                session=Session.LAST_AUTUMN if place.months_late > 4 else Session.LAST_SPRING,
                grant=GrantStatus.CLOSED,
                settlement=outcomes[nth % len(outcomes)],
                last_year=True,
                whole_year=True,
            )
            for nth, place in enumerate(running)
        ),
        *(
            Undertaking(
                place=place,
                title=f"{place.name} 年間の活動",
                session=Session.SPRING,
                plan=PlanStatus.APPROVED_WITH_CONDITIONS if place.key == "kokage" else PlanStatus.APPROVED,
                grant=GrantStatus.CHANGE_REQUESTED if place.key == "hidamari" else GrantStatus.ACTIVE,
                whole_year=True,
            )
            for place in running
        ),
        *(
            Undertaking(
                place=_PLACES[key],
                title=title,
                session=session,
                grant=grant,
                settlement=settlement,
                cancelled_part=title == _CANCELLED_PART or grant is GrantStatus.PARTLY_CANCELLED,
            )
            for key, title, session, grant, settlement in _PROJECTS
        ),
        *(
            Undertaking(place=_PLACES[key], title=title, session=session, plan=plan)
            for key, title, session, plan in _PLANS
        ),
    ]
