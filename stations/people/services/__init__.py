"""Acts on accounts. Each locks, asks the rules, changes and records; none commits."""

from stations.people.services.accounts import (
    change_profile,
    choose_language,
    create_person,
    disable,
    enable,
    end_session,
    guarded,
    sign_out_everywhere,
)
from stations.people.services.devices import revoke_device, send_code, trust_device, use_code
from stations.people.services.held_forms import drop_form, hold_form
from stations.people.services.links import accept_link, issue_link
from stations.people.services.passwords import (
    WrongPassword,
    change_password,
    count_wrong_password,
    demand_password,
    set_password,
)
from stations.people.services.requests import (
    accept_request,
    ask_for_enabling,
    ask_for_link,
    ask_for_reset,
    ask_for_role,
    decline_request,
)
from stations.people.services.roles import end_role, give_role, revoke_role
from stations.people.services.second_factor import (
    confirm_enrolment,
    enrolment_uri,
    new_recovery_codes,
    new_secret,
    reset_second_factor,
)
from stations.people.services.sign_in import Attempt, record_sign_in, try_code, try_password

__all__ = [
    "Attempt",
    "WrongPassword",
    "accept_link",
    "accept_request",
    "ask_for_enabling",
    "ask_for_link",
    "ask_for_reset",
    "ask_for_role",
    "change_password",
    "change_profile",
    "choose_language",
    "confirm_enrolment",
    "count_wrong_password",
    "create_person",
    "decline_request",
    "demand_password",
    "disable",
    "drop_form",
    "enable",
    "end_role",
    "end_session",
    "enrolment_uri",
    "give_role",
    "guarded",
    "hold_form",
    "issue_link",
    "new_recovery_codes",
    "new_secret",
    "record_sign_in",
    "reset_second_factor",
    "revoke_device",
    "revoke_role",
    "send_code",
    "set_password",
    "sign_out_everywhere",
    "trust_device",
    "try_code",
    "try_password",
    "use_code",
]
