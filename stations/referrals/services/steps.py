"""Taking a step of a referral or of a memo."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from stations.core import clock, steps
from stations.core.access import Actor
from stations.core.steps import Taking
from stations.referrals import rules
from stations.referrals.models import Observation, Referral
from stations.referrals.queries import sheets
from stations.referrals.services import notices
from stations.referrals.workflow import OBSERVATION, REFERRAL


@contextmanager
def taking(
    subject: Referral | Observation,
    act: StrEnum,
    *,
    by: Actor | None,
    reason: str = "",
    follows: bool = False,
) -> Iterator[Taking[Any]]:
    """Take a step of `workflow.REFERRAL` or `workflow.OBSERVATION` (`core.steps.taking`).

    Of a memo the consent has to leave room for it: `Conflict`. What ``follows`` is notified with the act it follows from.
    """
    if isinstance(subject, Referral):
        notify = None if follows else notices.about_referral
        with steps.taking(
            REFERRAL, subject, act, by=by, reason=reason, follows=follows, notify=notify
        ) as taken:
            yield taken
    else:
        with steps.taking(
            OBSERVATION, subject, act, by=by, reason=reason, notify=notices.about_memo
        ) as of_memo:
            may_know = subject.may_be_disclosed(sheets.latest_consent(subject), clock.today())
            rules.check_observation_act(of_memo.before, act, may_know=may_know)
            yield of_memo


def take(
    subject: Referral | Observation, act: StrEnum, *, by: Actor, reason: str = "", follows: bool = False
) -> None:
    """Take a step that changes the state alone."""
    with taking(subject, act, by=by, reason=reason, follows=follows):
        pass
