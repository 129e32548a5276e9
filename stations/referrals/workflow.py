"""What may be done to a referral (つなぎ) and to a memo (気づきメモ), by which side, and who hears of it."""

from stations.core.access import Permission, Role
from stations.core.workflow import Step, Workflow
from stations.referrals.rules import Act, ObservationAct, ObservationStatus, SheetAct, Status

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P, R = Act, Status, Permission, Role
OA, OS, SA = ObservationAct, ObservationStatus, SheetAct

_LEADER = (R.STATION_LEADER,)
_AGENCY = (R.CASE_WORKER, R.MARUGOTO_DESK)
_BOTH = (*_AGENCY, *_LEADER)
_EITHER_SIDE = (P.REFERRAL_MAKE, P.REFERRAL_ANSWER)
_EITHER_SIDE_OF_MEMO = (P.OBSERVATION_WRITE, P.OBSERVATION_ANSWER)

# The person may take the consent back at any time, so every living state can be withdrawn.
_ALIVE = (S.DRAFT, S.SENT, S.RETURNED, S.ACCEPTED, S.ARRANGING, S.VISITED, S.JOINED, S.SETTLED, S.SUSPENDED)
_MEMO_ALIVE = (OS.DRAFT, OS.SENT, OS.RETURNED, OS.ACKNOWLEDGED, OS.IN_PROGRESS)

REFERRAL = Workflow(
    Status,
    Step(A.SEND, (S.DRAFT, S.RETURNED), S.SENT, P.REFERRAL_MAKE, endpoint="referrals.check", notifies=_LEADER),
    Step(A.WITHDRAW, _ALIVE, S.WITHDRAWN, P.REFERRAL_MAKE,
         needs_reason=True, endpoint="referrals.act", kind="danger", notifies=_LEADER),
    Step(A.ACCEPT, S.SENT, S.ACCEPTED, P.REFERRAL_ANSWER, endpoint="referrals.act", notifies=_AGENCY),
    Step(A.RETURN, S.SENT, S.RETURNED, P.REFERRAL_ANSWER,
         needs_reason=True, endpoint="referrals.act", kind="secondary", notifies=_AGENCY),
    Step(A.ARRANGE, S.ACCEPTED, S.ARRANGING, P.REFERRAL_ANSWER, endpoint="referrals.act", notifies=_AGENCY),
    # What was agreed is written where a reason is; `rules.check_agreed_visit` asks for it.
    Step(A.AGREE_VISIT, S.ARRANGING, S.ARRANGING, _EITHER_SIDE, endpoint="referrals.act", notifies=_BOTH),
    Step(A.RECORD_FIRST_VISIT, S.ARRANGING, S.VISITED, P.REFERRAL_ANSWER,
         endpoint="referrals.act", notifies=_AGENCY),
    Step(A.START, S.VISITED, S.JOINED, P.REFERRAL_ANSWER, endpoint="referrals.act", notifies=_AGENCY),
    Step(A.SETTLE, S.JOINED, S.SETTLED, P.REFERRAL_ANSWER, endpoint="referrals.act", notifies=_AGENCY),
    Step(A.CLOSE, (S.JOINED, S.SETTLED, S.SUSPENDED), S.CLOSED, _EITHER_SIDE,
         needs_reason=True, endpoint="referrals.act", kind="danger", notifies=_BOTH),
    Step(A.FAIL, (S.ACCEPTED, S.ARRANGING, S.VISITED), S.FAILED, _EITHER_SIDE,
         needs_reason=True, endpoint="referrals.act", kind="danger", notifies=_BOTH),
    Step(A.SUSPEND, (S.ACCEPTED, S.ARRANGING, S.VISITED, S.JOINED, S.SETTLED), S.SUSPENDED, _EITHER_SIDE,
         needs_reason=True, endpoint="referrals.act", kind="secondary", notifies=_BOTH),
    # The station does not read what is suspended: the agency asks the person, and opens it again.
    Step(A.RESUME, S.SUSPENDED, S.ARRANGING, P.REFERRAL_MAKE, endpoint="referrals.act", notifies=_BOTH),
    # The system's own, when the consent ends before the person came.
    Step(A.EXPIRE, (S.SENT, S.RETURNED, S.ACCEPTED, S.ARRANGING, S.SUSPENDED), S.EXPIRED, (), notifies=_BOTH),
    # The history says of a sheet that was written in which state it was.
    Step(SA.SAVE, S.DRAFT, S.DRAFT, P.REFERRAL_MAKE, endpoint="referrals.edit", kind="secondary"),
    Step(SA.SAVE, S.RETURNED, S.RETURNED, P.REFERRAL_MAKE, endpoint="referrals.edit", kind="secondary"),
    Step(SA.RECORD_CONSENT, _ALIVE, None, P.REFERRAL_MAKE, endpoint="referrals.consent", kind="secondary"),
    # By the side that the person says it to; the right does not end with the case.
    Step(SA.WITHDRAW_CONSENT, tuple(S), None, _EITHER_SIDE,
         endpoint="referrals.withdraw_consent", kind="secondary", notifies=_BOTH),
    # Nothing more is written about the person once the case is over or the station does not read the sheet.
    Step(SA.RECORD_FOLLOW_UP, (S.ARRANGING, S.VISITED, S.JOINED, S.SETTLED), None, _EITHER_SIDE,
         endpoint="referrals.follow_up", notifies=_BOTH),
    Step(SA.CONFIRM_CONTENT, tuple(S), None, _EITHER_SIDE),
)

# Some steps depend on the consent, too: `rules.observation_act_fits`.
OBSERVATION = Workflow(
    ObservationStatus,
    Step(OA.SEND, (OS.DRAFT, OS.RETURNED), OS.SENT, P.OBSERVATION_WRITE,
         endpoint="referrals.receiver", notifies=_AGENCY),
    Step(OA.REDIRECT, (OS.SENT, OS.ACKNOWLEDGED, OS.IN_PROGRESS), OS.SENT, P.OBSERVATION_WRITE,
         endpoint="referrals.observation_act", notifies=_AGENCY),
    Step(OA.WITHDRAW, _MEMO_ALIVE, OS.WITHDRAWN, P.OBSERVATION_WRITE,
         needs_reason=True, endpoint="referrals.observation_act", kind="danger"),
    Step(OA.ACKNOWLEDGE, OS.SENT, OS.ACKNOWLEDGED, P.OBSERVATION_ANSWER,
         endpoint="referrals.observation_act", notifies=_LEADER),
    Step(OA.START, OS.ACKNOWLEDGED, OS.IN_PROGRESS, P.OBSERVATION_ANSWER,
         endpoint="referrals.observation_act", notifies=_LEADER),
    Step(OA.CLOSE, (OS.ACKNOWLEDGED, OS.IN_PROGRESS), OS.CLOSED, P.OBSERVATION_ANSWER,
         endpoint="referrals.observation_act", notifies=_LEADER),
    Step(OA.RETURN, OS.SENT, OS.RETURNED, P.OBSERVATION_ANSWER,
         needs_reason=True, endpoint="referrals.observation_act", kind="secondary", notifies=_LEADER),
    # The system's own, of an urgent memo that nobody acknowledged.
    Step(OA.ESCALATE, OS.SENT, OS.SENT, (), notifies=_BOTH),
    Step(OA.ALERT_SECTION, OS.SENT, OS.SENT, (), notifies=(R.OFFICER, *_BOTH)),
    Step(SA.SAVE, OS.DRAFT, OS.DRAFT, P.OBSERVATION_WRITE,
         endpoint="referrals.edit_observation", kind="secondary"),
    Step(SA.SAVE, OS.RETURNED, OS.RETURNED, P.OBSERVATION_WRITE,
         endpoint="referrals.edit_observation", kind="secondary"),
    Step(SA.RECORD_CONSENT, _MEMO_ALIVE, None, P.OBSERVATION_WRITE,
         endpoint="referrals.observation_consent", kind="secondary"),
    Step(SA.WITHDRAW_CONSENT, tuple(OS), None, _EITHER_SIDE_OF_MEMO,
         endpoint="referrals.withdraw_observation_consent", kind="secondary", notifies=_BOTH),
    # By either side, and by the section that the last alert goes to.
    Step(SA.RECORD_CALL, _MEMO_ALIVE, None, (*_EITHER_SIDE_OF_MEMO, P.OBSERVATION_ALERTED),
         endpoint="referrals.telephone", kind="secondary"),
    Step(SA.CONFIRM_CONTENT, tuple(OS), None, _EITHER_SIDE_OF_MEMO),
)
# fmt: on
