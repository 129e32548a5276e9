"""The stories of the openings: who came, of what age, who helped; now and then one is called off."""

import datetime as dt
from collections import Counter

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance import services
from stations.attendance.rules import AgeBand, Totals
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.access import Role
from stations.core.database import fetch_all
from stations.demo import calendar
from stations.demo.diary import Days, Story, at
from stations.demo.places import PLACES, Place
from stations.demo.town import Town

VISITS = 20_000
"""About so many visits in all, however much of the year has passed."""

_CANCELLED_PART = 0.03
_WEATHER = ("晴れ", "晴れ", "晴れ", "くもり", "くもり", "雨")
# April first: spring and autumn are full, the hottest and the coldest weeks are not.
_SEASON = (1.1, 1.15, 0.95, 0.85, 0.75, 1.0, 1.2, 1.15, 0.95, 0.85, 0.9, 1.0)
_NOTES = (
    "",
    "",
    "",
    "初めての方が、お茶の準備を手伝ってくださった。",
    "こどもたちが作った作品を飾った。次回も続きを作る。",
    "体操のあと、近くの公園まで散歩した。",
    "道具が足りず、交代で使った。次回までに用意する。",
)
_INCIDENTS = ("", "", "", "", "", "", "", "通路の荷物につまずきそうになった。置き場を変えた。")
_REASON = "紙の記録から入力したため"


def scale(days: Days) -> float:
    """By how much ordinary crowds are multiplied to come to `VISITS`."""
    expected = sum(place.crowd * len(calendar.opened_days(days, place)) for place in PLACES if place.running)
    return VISITS / (expected * (1 - _CANCELLED_PART))


def story(town: Town, place: Place, crowds: float) -> Story:
    """One station's openings of both years, in their order."""
    for year in (town.days.year - 1, town.days.year):
        first, last = clock.fiscal_year_period(year)
        yield at(first, 0, 1)
        openings = fetch_all(
            sa.select(Opening)
            .options(orm.joinedload(Opening.station), orm.joinedload(Opening.venue))
            .where(
                Opening.station_id == town.stations[place.key].id,
                Opening.on.between(first, min(last, town.days.today - dt.timedelta(days=1))),
                Opening.status == OpeningStatus.PLANNED,
            )
            .order_by(Opening.on)
        )
        for opening in openings:
            if town.dice.random() < _CANCELLED_PART:
                yield at(opening.on - dt.timedelta(days=1), 12)
                calendar.cancel(town, place, opening)
                continue
            yield at(opening.on, min(opening.ends_at.hour, 17), 30)
            _hold(town, place, opening, crowds)


def _hold(town: Town, place: Place, opening: Opening, crowds: float) -> None:
    crew, dice = town.crew[place.key], town.dice
    services.correct(
        opening=opening,
        typed=_counted(town, place, opening, crowds),
        reason=_REASON,
        by=crew[Role.VOLUNTEER],
    )
    services.save_details(
        opening=opening,
        weather=dice.choice(_WEATHER),
        note=dice.choice(_NOTES),
        incident=dice.choice(_INCIDENTS),
        by=crew[Role.STATION_LEADER],
    )
    services.close(opening=opening, by=crew[Role.STATION_LEADER])


def _counted(town: Town, place: Place, opening: Opening, crowds: float) -> Totals:
    dice = town.dice
    season = _SEASON[(opening.on.month - 4) % 12]
    visitors = max(3, round(place.crowd * crowds * season * dice.uniform(0.75, 1.25)))
    bands = Counter(dice.choices(list(AgeBand), weights=place.ages, k=visitors))
    consultations = dice.choice((0, 0, 0, 1, 1, 2))
    return Totals(
        by_band={band: bands[band] for band in AgeBand},
        first_timers=min(visitors, dice.randint(0, 5)),
        staff=dice.randint(2, 4),
        volunteers=dice.randint(1, 6),
        consultations=consultations,
        connected=min(consultations, dice.choice((0, 0, 1))),
    )
