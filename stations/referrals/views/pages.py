"""What the pages of this package share: their blueprint, where they stand, what they hint at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from stations.core import audit, list_files, lists
from stations.core.danger import emergency_numbers
from stations.core.database import SAFE_METHODS
from stations.core.disclosures import Kind, find_personal
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict
from stations.referrals import rules
from stations.referrals.danger import CallOutcome
from stations.referrals.forms import ConsentFields
from stations.referrals.queries import sheets

if TYPE_CHECKING:
    from stations.committees.models import Station
    from stations.core.tables import Column
    from stations.referrals.models import Agency, Observation, Referral
    from stations.referrals.queries.lists import ObservationRow, ReferralRow
    from stations.referrals.queries.sheets import Sheet

blueprint = Blueprint("referrals", __name__)

LATE = "late"  # a choice of the lists beside the states

# What the view log calls them.
SHEET = N_("つなぎシート")
MEMO = N_("気づきメモ")

Trail = list[tuple[str, str | None]]
Row = TypeVar("Row", "ReferralRow", "ObservationRow")
Rows = Sequence["ReferralRow"] | Sequence["ObservationRow"]


def history(subject: "Sheet", *, concealed: bool) -> list[audit.Entry]:
    """The timeline, one's repeated saving as one line.

    To whom the person's data is concealed, the reasons are, too: they may tell of the person.
    """
    entries = [replace(one, changes=_words(one)) for one in _saved_once(audit.timeline(subject))]
    return [replace(entry, reason=None) for entry in entries] if concealed else entries


def _words(entry: audit.Entry) -> str:
    """What an entry's detail says."""
    match entry.act:
        case rules.ObservationAct.ESCALATE:
            passed: str = _(
                "%(before)sから%(after)sへ", before=entry.detail["from"], after=entry.detail["to"]
            )
            return passed
        case rules.SheetAct.RECORD_CALL:
            return str(label(CallOutcome(entry.detail["outcome"])))
        case rules.SheetAct.CONFIRM_CONTENT:
            return _("、").join(str(label(Kind(one))) for one in entry.detail["kinds"])
    return ""


def _saved_once(entries: list[audit.Entry]) -> list[audit.Entry]:
    shown = []
    for (act, _who), same in groupby(entries, key=lambda entry: (entry.act, entry.by_name)):
        newest, *older = same
        if act == rules.SheetAct.SAVE and older:
            times = _("%(act)s（%(n)s回）", act=newest.label, n=len(older) + 1)
            newest, older = replace(newest, label=times), []
        shown += [newest, *older]
    return shown


def return_reason(subject: "Sheet") -> str | None:
    """Why a sheet or memo came back, for the one who corrects it; None in every other state."""
    if subject.status not in {rules.Status.RETURNED, rules.ObservationStatus.RETURNED}:
        return None
    return next((one.reason for one in audit.timeline(subject) if one.act == rules.Act.RETURN), None)


def states(rows: Rows, statuses: type[StrEnum]) -> list[tuple[str, str]]:
    """The choices of a list: what is late, then each state that occurs, with how many there are."""
    late = sum(row.overdue for row in rows)
    counts = Counter[StrEnum](row.status for row in rows)
    found = [(LATE, _("期限超過（%(n)s件）", n=late))] if late else []
    return found + [
        (one.value, _("%(state)s（%(n)s件）", state=label(one), n=counts[one]))
        for one in statuses
        if counts[one]
    ]


def narrowed(rows: "Sequence[Row]") -> "tuple[list[Row], dict[str, str]]":
    """Of the rows one may read those that fit the words and the state of the address; and what these are."""
    chosen = lists.chosen("q", "status")
    status = chosen.get("status")
    fitting = [
        row for row in rows if status is None or (row.overdue if status == LATE else row.status == status)
    ]
    words = chosen.get("q", "")
    return lists.holding(fitting, words, lambda row: (row.number, row.agency, row.station)), chosen


def saved(
    columns: "Sequence[Column[Row]]", rows: "Sequence[Row]", chosen: dict[str, str], title: str
) -> Response | None:
    """The list as a file, of which the view log tells as ``title``: numbers of sheets lead to people."""
    state = chosen.get("status")
    if state == LATE:
        state = _("期限超過")
    elif state is not None:
        state = next((str(label(row.status)) for row in rows), state)
    return list_files.saved(columns, rows, _(title), state, chosen.get("q"), personal=title)


def trail(*here: tuple[str, str | None]) -> Trail:
    return [(_("つなぎ"), url_for("referrals.index")), *here]


def referral_trail(referral: "Referral", here: str | None = None) -> Trail:
    own = url_for("referrals.referral", referral_id=referral.id)
    return trail((referral.number, own if here else None), *([(here, None)] if here else []))


def memo_trail(observation: "Observation", here: str | None = None) -> Trail:
    own = url_for("referrals.observation", observation_id=observation.id)
    return trail(
        (_("気づきメモ"), url_for("referrals.observations")),
        (observation.number, own if here else None),
        *([(here, None)] if here else []),
    )


def moved_on(subject: "Sheet", act: StrEnum) -> Response | None:
    """Where the state allows ``act`` no more: for who opens its page the sheet itself, for who sends a form `Conflict`.

    Before the form is read: one that is not valid would show once more what nobody may write on, or even read, by now.
    """
    try:
        sheets.check_offered(subject, act)
    except Conflict:
        if request.method not in SAFE_METHODS:
            raise
        return redirect(own_page(subject))
    return None


def own_page(subject: "Sheet") -> str:
    """The address of a sheet or memo itself."""
    if sheets.is_memo(subject):
        return url_for("referrals.observation", observation_id=subject.id)
    return url_for("referrals.referral", referral_id=subject.id)


def phones(*agencies: "Agency | None") -> list[tuple[str, str]]:
    """(whose, number) to telephone at once: 119, 110, those of the setting, and what agencies are there."""
    numbers = emergency_numbers(current_app.config["STATIONS"].emergency_phone)
    general = [("", number) for number in numbers]
    return general + [(one.name, one.phone) for one in dict.fromkeys(agencies) if one and one.phone]


def offer_agencies(form: ConsentFields, station: "Station | None") -> None:
    """Put the agencies that may be named to the person into the fields of a consent, the district's own first."""
    form.offer_agencies((one.id, one.name) for one in sheets.nameable(station))


def hints(*texts: str) -> list[str]:
    """Words that the writer should think about again, each once; a warning, never an error."""
    return list(dict.fromkeys(one.words for text in texts for one in find_personal(text)))
