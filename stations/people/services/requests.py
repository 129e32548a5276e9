"""What one administrator cannot do alone: asked for by one, done once another has accepted it."""

import datetime as dt

from flask_babel import force_locale

from stations.core import access, audit, clock, outbox
from stations.core.access import NotAllowed, Permission, Role
from stations.core.database import add, lock
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, RuleBroken
from stations.people.models import AdministratorRequest, LinkKind, Person
from stations.people.rules import PersonAct, RequestKind, RequestStatus
from stations.people.services.accounts import demand_other
from stations.people.services.links import issue_link
from stations.people.services.roles import check_role, detail_of, give_role
from stations.people.services.second_factor import reset_second_factor


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

    Somebody without a password also needs an address, to which the invitation will go: RuleBroken on "email".
    """
    made = check_role(person=person, role=role, agency_id=agency_id, from_on=from_on, to_on=to_on, by=by)
    if person.password_hash is None and not person.email:
        raise RuleBroken("email", N_("招待はメールだけで送ります。メールアドレスを入力してください。"))
    detail = detail_of(made)
    audit.record(person, act=PersonAct.ASK_ROLE, by=by, detail=detail)
    return _asked(RequestKind.ROLE, person, detail, by)


def ask_for_reset(person: Person, *, by: Person) -> AdministratorRequest:
    """Ask another administrator to agree that somebody enrols another app; the owner hears of it by mail."""
    demand_other(person, by)
    lock(person)
    audit.record(person, act=PersonAct.ASK_RESET, by=by)
    with force_locale(person.language):
        subject = _("認証アプリの登録解除が依頼されました")
        body = _(
            "システム管理者が、あなたの認証アプリの登録の解除を依頼しました。ほかのシステム管理者が確認すると解除されます。\n"
            "お心当たりのないときは、すぐに下の連絡先へお知らせください。"
        )
    outbox.queue(to=person, subject=subject, body=body)
    return _asked(RequestKind.RESET, person, {}, by)


def accept_request(request: AdministratorRequest, *, by: Person) -> None:
    """Another administrator agrees, and what was asked for is done; somebody new is invited by mail.

    NotAllowed for who asked and who is concerned, Conflict when it is decided. Raises what the act raises.
    """
    person = _decide(request, RequestStatus.ACCEPTED, by=by)
    if request.kind is RequestKind.RESET:
        reset_second_factor(person, by=request.asked_by, second=by)
        return
    give_role(person=person, by=request.asked_by, second=by, **request.asked_role())
    if person.password_hash is None:
        issue_link(person, kind=LinkKind.INVITATION, by=by)


def decline_request(request: AdministratorRequest, *, by: Person) -> None:
    """Another administrator does not agree, or who asked takes it back."""
    _decide(request, RequestStatus.DECLINED, by=by)


def _asked(
    kind: RequestKind, person: Person, detail: dict[str, str | int], by: Person
) -> AdministratorRequest:
    return add(
        AdministratorRequest(
            kind=kind, person_id=person.id, detail=detail, asked_by_id=by.id, asked_at=clock.now()
        )
    )


def _decide(request: AdministratorRequest, status: RequestStatus, *, by: Person) -> Person:
    access.demand(by, Permission.PEOPLE_MANAGE, request)
    person = lock(request.person)
    lock(request)
    if request.status is not RequestStatus.WAITING:
        raise Conflict(None, N_("この依頼は、すでに処理されています。"))
    if status is RequestStatus.ACCEPTED and by.id in {request.asked_by_id, person.id}:
        raise NotAllowed(None, N_("依頼した人と本人は確認できません。ほかのシステム管理者が確認します。"))
    request.status, request.decided_by_id, request.decided_at = status, by.id, clock.now()
    accepted = status is RequestStatus.ACCEPTED
    act = PersonAct.ACCEPT_REQUEST if accepted else PersonAct.DECLINE_REQUEST
    audit.record(person, act=act, by=by, detail=request.detail)
    return person
