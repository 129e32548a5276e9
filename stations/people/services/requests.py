"""What one administrator cannot do alone: asked for by one, done once another has accepted it."""

import datetime as dt
from typing import Final

from flask_babel import force_locale

from stations.core import access, audit, clock, outbox
from stations.core.access import Permission, Role
from stations.core.database import add, lock
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, NotAllowed, RuleBroken
from stations.people import queries, request_queries
from stations.people.models import AdministratorRequest, LinkKind, Person
from stations.people.rules import PersonAct, RequestKind, RequestStatus
from stations.people.services.accounts import demand_disabled, demand_other, enable, holds_guarded_role
from stations.people.services.links import demand_address, demand_enabled, issue_link
from stations.people.services.roles import check_role, detail_of, give_role
from stations.people.services.second_factor import reset_second_factor, start_again

WAITS_ALREADY: Final = N_(
    "同じ依頼が、もうほかのシステム管理者の確認を待っています。内容を変えるときは、先に「確認の依頼」でその依頼を取り下げてください。"
)


def ask_for_role(
    *,
    person: Person,
    role: Role,
    agency_id: int | None = None,
    from_on: dt.date,
    to_on: dt.date | None = None,
    by: Person,
) -> AdministratorRequest:
    """Ask another administrator to agree to a role of `TWO_ADMINISTRATORS`; raises what `give_role` would.

    Who holds none yet begins with an invitation by mail, so without an address it is RuleBroken on "email". RuleBroken on
    "role" while the same role in the same body is asked for already, by whomever and from whatever day.
    """
    made = check_role(person=person, role=role, agency_id=agency_id, from_on=from_on, to_on=to_on, by=by)
    if not holds_guarded_role(person) and not person.email:
        raise RuleBroken("email", N_("招待はメールだけで送ります。メールアドレスを入力してください。"))
    if any(one.asks_for(role, agency_id) for one in queries.open_requests(person)):
        raise RuleBroken("role", WAITS_ALREADY)
    return _asked(RequestKind.ROLE, person, by, act=PersonAct.ASK_ROLE, detail=detail_of(made))


def ask_for_reset(person: Person, *, by: Person) -> AdministratorRequest:
    """Ask another administrator to agree that somebody enrols another app; the owner hears of it by mail.

    Conflict while it is asked for already.
    """
    demand_other(person, by)
    lock(person)
    _demand_unasked(RequestKind.RESET, person)
    with force_locale(person.language):
        subject = _("認証アプリの登録解除が依頼されました")
        body = _(
            "システム管理者が、あなたの認証アプリの登録の解除を依頼しました。ほかのシステム管理者が確認すると解除されます。\n"
            "お心当たりのないときは、すぐに下の連絡先へお知らせください。"
        )
    outbox.queue(to=person, subject=subject, body=body)
    return _asked(RequestKind.RESET, person, by, act=PersonAct.ASK_RESET)


def ask_for_link(person: Person, *, by: Person) -> AdministratorRequest:
    """Ask another administrator to look at an address that one of them wrote, and to send the link there.

    RuleBroken when there is no address, or the account is stopped; Conflict while it is asked for already.
    """
    demand_other(person, by)
    lock(person)
    _demand_unasked(RequestKind.LINK, person)
    demand_enabled(person)
    demand_address(person)
    return _asked(RequestKind.LINK, person, by, act=PersonAct.ASK_LINK)


def ask_for_enabling(person: Person, *, by: Person) -> AdministratorRequest:
    """Ask another administrator to agree that a stopped account opens again.

    Conflict when it is not stopped, or while it is asked for already.
    """
    demand_other(person, by)
    lock(person)
    _demand_unasked(RequestKind.ENABLE, person)
    demand_disabled(person)
    return _asked(RequestKind.ENABLE, person, by, act=PersonAct.ASK_ENABLE)


def accept_request(request: AdministratorRequest, *, by: Person) -> None:
    """Another administrator agrees, and what was asked for is done; somebody new is invited by mail.

    NotAllowed for who asked and who is concerned, Conflict when it is decided, RuleBroken when the person's name or
    address changed since, or the address is one that ``by`` wrote. Raises what the act raises.
    """
    person = _decide(request, RequestStatus.ACCEPTED, by=by)
    match request.kind:
        case RequestKind.RESET:
            reset_second_factor(person, by=request.asked_by, second=by)
        case RequestKind.LINK:
            issue_link(person, kind=queries.link_kind_for(person), by=by)
        case RequestKind.ENABLE:
            enable(person, by=request.asked_by, second=by)
        case RequestKind.ROLE:
            _give(request, person, by=by)


def _give(request: AdministratorRequest, person: Person, *, by: Person) -> None:
    """The role; who held none of its kind starts again with a link to the address that both have looked at.

    One administrator alone could have opened the account so far (`guarded`), and would now hold the role.
    """
    first_of_its_kind = not holds_guarded_role(person)
    give_role(person=person, by=request.asked_by, second=by, **request.asked_role())
    if first_of_its_kind and person.password_hash is not None:
        start_again(person, by=by)
    if person.password_hash is None:
        issue_link(person, kind=LinkKind.INVITATION, by=by)


def decline_request(request: AdministratorRequest, *, by: Person) -> None:
    """Another administrator does not agree, or who asked takes it back."""
    _decide(request, RequestStatus.DECLINED, by=by)


def _demand_unasked(kind: RequestKind, person: Person) -> None:
    """Conflict while the same is asked for already: the second one would be done twice, or wait for nobody."""
    if any(one.kind is kind for one in queries.open_requests(person)):
        raise Conflict(None, WAITS_ALREADY)


def _asked(
    kind: RequestKind,
    person: Person,
    by: Person,
    *,
    act: PersonAct,
    detail: dict[str, str | int] | None = None,
) -> AdministratorRequest:
    """The request, with the name and address that the second one will agree to; history keeps neither."""
    audit.record(person, act=act, by=by, detail=detail)
    return add(
        AdministratorRequest(
            kind=kind,
            person_id=person.id,
            detail={**(detail or {}), "person": {"name": person.name, "email": person.email}},
            asked_by_id=by.id,
            asked_at=clock.now(),
        )
    )


def _decide(request: AdministratorRequest, status: RequestStatus, *, by: Person) -> Person:
    access.demand(by, Permission.PEOPLE_MANAGE, request)
    person = lock(request.person)
    lock(request)
    if request.status is not RequestStatus.WAITING:
        raise Conflict(None, N_("この依頼は、すでに処理されています。"))
    if status is RequestStatus.ACCEPTED:
        _check_agreement(request, person, by)
    request.status, request.decided_by_id, request.decided_at = status, by.id, clock.now()
    accepted = status is RequestStatus.ACCEPTED
    act = PersonAct.ACCEPT_REQUEST if accepted else PersonAct.DECLINE_REQUEST
    detail = {name: value for name, value in request.detail.items() if name != "person"}
    audit.record(person, act=act, by=by, detail=detail)
    return person


def _check_agreement(request: AdministratorRequest, person: Person, by: Person) -> None:
    """Who may agree, and to what: the person as asked about, at an address that another than ``by`` wrote."""
    if by.id in {request.asked_by_id, person.id}:
        raise NotAllowed(None, N_("依頼した人と本人は確認できません。ほかのシステム管理者が確認します。"))
    if not request.is_about(person):
        raise RuleBroken(
            None,
            N_(
                "依頼のあとで、この方の氏名かメールアドレスが変わったため、実行できません。いまの登録内容を確かめ、依頼し直してください。"
            ),
        )
    written = request_queries.newly_written([person]).get(person.id)
    if written is not None and written.by_id == by.id:
        raise RuleBroken(
            None,
            N_(
                "このメールアドレスは、ご自分が登録したものです。この依頼は見送り、ご自分から依頼して、ほかのシステム管理者の確認を受けてください。"
            ),
        )
