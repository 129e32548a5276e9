"""Every table of the first year: people, committees, plans, meetings, grants, attendance, referrals.

Revision ID: 0001_initial
Revises:
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers
from stations.core.schema import (
    choice,
    day,
    flag,
    integer,
    json,
    make_table,
    moment,
    number,
    refers,
    text,
    time,
)

revision = "0001_initial"
down_revision = None
branch_labels = ("default",)  # where `flask db revision` goes on
depends_on = None

# Money, history and consent: a trigger on each refuses UPDATE and DELETE, whoever asks.
APPEND_ONLY = (
    "consent_record",
    "event",
    "ledger_posting",
    "ledger_transaction",
    "letter",
    "payment",
    "personal_data_view",
    "plan_version",
    "receipt_split",
    "repayment",
    "sign_in_failure",
    "sign_in_success",
    "stored_file",
    "tap",
)

# In the order in which they are made: each refers to earlier ones only.
TABLES = """
    district document_series fiscal_year_setting meeting outbox_mail person sign_in_failure
    sign_in_success agency committee event held_form one_time_link personal_data_view presence
    recovery_code stored_file station observation plan referral role_assignment venue calendar_rule
    consent_record cost_line follow_up income_line plan_attachment plan_venue plan_version
    section_comment agenda_item grant opening grant_change grant_cancellation grant_line letter
    opening_record payment_request receipt repayment payment receipt_split tap ledger_transaction
    ledger_posting
"""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    day_before = "from_on - 1" if dialect == "postgresql" else "date(from_on, '-1 day')"
    make_table(
        "district",
        integer("number", unique=True),
        text("code", unique=True),
        text("name"),
        text("kana"),
        number("latitude"),
        number("longitude"),
    )
    make_table(
        "document_series",
        integer("fiscal_year"),
        text("series"),
        integer("last_number"),
        unique=[("fiscal_year", "series")],
        checks={"last_number": "last_number >= 0"},
    )
    make_table(
        "fiscal_year_setting",
        integer("fiscal_year", unique=True),
        integer("rate_numerator"),
        integer("rate_denominator"),
        integer("cap_yen", null=True),
        integer("unit_yen"),
        integer("report_days", comment="days after completion"),
        integer("report_latest_month"),
        integer("report_latest_day"),
        integer("refund_days", comment="from the order to its due date"),
        choice("reallocation_rule", ("smaller20", "any20"), "grants_reallocationrule"),
        text("document_prefix", comment="課記号, as in 松地共第12号"),
        integer("retention_years"),
        text("programme_item", comment="重層 item of payments"),
        text("scheme", comment="name of the grant on letters"),
        text("ordinance", comment="what letters rest on"),
        checks={
            "cap": "cap_yen IS NULL OR cap_yen >= 1",
            "rate": "rate_numerator BETWEEN 1 AND rate_denominator",
            "unit": "unit_yen >= 1",
        },
    )
    make_table(
        "meeting",
        integer("fiscal_year"),
        text("title"),
        day("held_on"),
        time("starts_at"),
        text("place"),
        choice("status", ("planned", "open", "closed"), "meetings_meetingstatus"),
        integer("quorum_numerator", comment="more than this share must be present"),
        integer("quorum_denominator"),
        moment("opened_at", null=True),
        moment("closed_at", null=True),
        text("minutes"),
        checks={
            "closed": "(status = 'closed') = (closed_at IS NOT NULL)",
            "opened": "(status = 'planned') = (opened_at IS NULL)",
            "quorum": "quorum_numerator > 0 AND quorum_denominator >= quorum_numerator",
        },
    )
    make_table(
        "outbox_mail",
        text("to_address"),
        text("to_name"),
        text("subject"),
        text("body"),
        moment("queued_at"),
        moment("due_at", index=True),
        moment("sent_at", null=True),
        integer("attempts"),
        text("last_error", null=True),
        checks={"attempts": "attempts >= 0"},
    )
    make_table(
        "person",
        text("login", unique=True, comment="typed at sign-in; lower case"),
        text("name"),
        text("kana", comment="ふりがな"),
        text("email", null=True),
        text("phone", null=True),
        text("language"),
        text("password_hash", null=True, comment="Argon2id; NULL until the invitation is used"),
        text("totp_secret", null=True, comment="encrypted with the secret key; NULL: not enrolled"),
        integer("totp_last_step", null=True, comment="30-second step last accepted: never twice"),
        integer("session_epoch", comment="raised by 'sign out everywhere'"),
        text("ended_sessions", comment="'key:seconds' of sessions signed out while they could still last"),
        moment("disabled_at", null=True),
        moment("created_at"),
        checks={"login": "length(login) >= 3"},
    )
    make_table(
        "sign_in_failure",
        text("key", index=True),
        moment("at"),
    )
    make_table(
        "sign_in_success",
        text("key", index=True),
        moment("at"),
    )
    make_table(
        "agency",
        text("name", unique=True),
        text("kind", comment="地域包括支援センター, 自立相談支援センター …"),
        refers("district_id", "district", null=True),
        text("phone"),
        flag(
            "is_marugoto_desk",
            comment="福祉まるごと相談窓口: the only receiver without consent (支援会議, 社会福祉法106条の6)",
        ),
        day("closed_on", null=True),
    )
    make_table(
        "committee",
        refers("district_id", "district", unique=True),
        text("name", comment="receipts must be addressed to this name"),
        text("phone"),
        text("address"),
        day("established_on", null=True),
    )
    make_table(
        "event",
        moment("at"),
        refers(
            "by_id", "person", null=True, index=True, comment="NULL: done by the system, such as an expiry"
        ),
        text("object_type", comment="table name of the object"),
        integer("object_id"),
        text("act"),
        text("from_status", null=True),
        text("to_status", null=True),
        text("reason", null=True),
        json("detail"),
        indexes={"ix_event_object": ("object_type", "object_id")},
    )
    make_table(
        "held_form",
        refers("person_id", "person", index=True),
        text("path"),
        text("fields", comment="encrypted JSON list of [name, value]"),
        moment("held_at"),
    )
    make_table(
        "one_time_link",
        refers("person_id", "person", index=True),
        choice("kind", ("invitation", "reset"), "people_linkkind"),
        text("token_hash", unique=True),
        refers("issued_by_id", "person", null=True),
        moment("issued_at"),
        moment("expires_at"),
        moment("used_at", null=True),
        moment("voided_at", null=True),
    )
    make_table(
        "personal_data_view",
        moment("at"),
        refers("by_id", "person", index=True),
        text("object_type"),
        integer("object_id", null=True),
        text("purpose", comment="what was shown, as named by the page"),
        text("endpoint"),
        indexes={"ix_personal_data_view_object": ("object_type", "object_id")},
    )
    make_table(
        "presence",
        refers("meeting_id", "meeting"),
        refers("person_id", "person"),
        flag("by_proxy", comment="委任状"),
        moment("recorded_at"),
        unique=[("meeting_id", "person_id")],
    )
    make_table(
        "recovery_code",
        refers("person_id", "person", index=True),
        text("code_hash"),
        moment("used_at", null=True),
    )
    make_table(
        "stored_file",
        text("sha256", index=True, comment="of the content as stored"),
        text("storage_name"),
        text("media_type"),
        integer("size_bytes"),
        text("original_name", comment="as the person's device named it; for display only"),
        moment("stored_at"),
        refers("stored_by_id", "person", null=True),
        checks={"sha256": "length(sha256) = 64", "size": "size_bytes > 0"},
    )
    make_table(
        "station",
        refers("committee_id", "committee", index=True),
        text("name"),
        choice("kind", ("fixed", "roving", "farm", "cafe"), "committees_stationkind"),
        text("summary", comment="what one does there, in a sentence or two"),
        text("audience", comment="who it is for"),
        text("what_to_bring"),
        text("accessibility"),
        text("fee", comment="what a visitor pays, as a sentence"),
        text("phone"),
        day("opened_on", null=True),
        day("closed_on", null=True),
        checks={"period": "closed_on IS NULL OR (opened_on IS NOT NULL AND closed_on >= opened_on)"},
    )
    make_table(
        "observation",
        text("number", unique=True),
        refers("station_id", "station"),
        refers("agency_id", "agency", comment="the receiver"),
        choice(
            "status",
            ("draft", "sent", "acknowledged", "in_progress", "closed", "returned", "withdrawn"),
            "referrals_observationstatus",
        ),
        text("alias", comment="呼び名, if there is one"),
        choice(
            "age_group",
            ("under_18", "age_18_39", "age_40_64", "age_65_74", "age_75_plus", "unknown"),
            "referrals_agegroup",
        ),
        text("facts", comment="what was seen and heard; no guesses"),
        flag("urgent", comment="within days; danger to life is telephoned"),
        day("observed_on"),
        refers("made_by_id", "person"),
        moment("made_at"),
        moment("sent_at", null=True),
        day("acknowledge_by_on", null=True),
        moment("acknowledged_at", null=True),
        text("answer", comment="what the agency tells the station, in a sentence"),
        checks={"sent": "(status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'"},
        indexes={
            "ix_observation_agency_status": ("agency_id", "status"),
            "ix_observation_station": ("station_id",),
        },
    )
    make_table(
        "plan",
        refers("committee_id", "committee"),
        refers("station_id", "station", index=True),
        integer("fiscal_year"),
        integer("number", null=True, comment="受付番号 in the year; given at first submission, kept"),
        integer("revision"),
        choice(
            "status",
            (
                "draft",
                "submitted",
                "received",
                "returned",
                "confirmed",
                "tabled",
                "approved",
                "approved_with_conditions",
                "deferred",
                "rejected",
                "withdrawn",
            ),
            "applications_status",
            index=True,
        ),
        moment("status_since", comment="when the present status began; due dates count from it"),
        text("title"),
        text("purpose", comment="目的"),
        text("activities", comment="内容"),
        text("audience", comment="対象"),
        integer("expected_visits", null=True, comment="expected visitors per opening"),
        text("venues_note", comment="会場についての説明"),
        text("openings_note", comment="開催予定"),
        integer("openings_planned", null=True, comment="how many openings in the year"),
        text("organisation", comment="体制"),
        text("safety", comment="安全管理"),
        refers("drafted_by_id", "person"),
        refers("submitted_by_id", "person", null=True),
        moment("submitted_at", null=True),
        refers("saved_by_id", "person"),
        moment("saved_at"),
        integer("lock_version", comment="raised at each save: two editors are noticed"),
        json("section_saves", comment="section → lock_version at its last save"),
        json("unfinished", comment="section → fields as typed and not yet readable; given back, never lost"),
        unique=[("fiscal_year", "number")],
        checks={
            "submitted": "(status = 'draft') = (submitted_at IS NULL) OR status = 'withdrawn'",
            "revision": "revision >= 1",
        },
        indexes={"ix_plan_committee_year": ("committee_id", "fiscal_year")},
    )
    make_table(
        "referral",
        text("number", unique=True, comment="what lists and mail show instead of a person"),
        refers("agency_id", "agency"),
        refers("station_id", "station"),
        choice(
            "status",
            (
                "draft",
                "sent",
                "accepted",
                "arranging",
                "visited",
                "joined",
                "settled",
                "closed",
                "returned",
                "failed",
                "suspended",
                "withdrawn",
                "expired",
            ),
            "referrals_status",
        ),
        text("alias", comment="呼び名, never the full name"),
        choice(
            "age_group",
            ("under_18", "age_18_39", "age_40_64", "age_65_74", "age_75_plus", "unknown"),
            "referrals_agegroup",
            comment="年代 as a band",
        ),
        text("wishes", comment="希望"),
        text("considerations", comment="配慮事項"),
        flag("accompanied", comment="初回同行"),
        text("contact_name", comment="who at the agency"),
        text("contact_phone"),
        refers("made_by_id", "person"),
        moment("made_at"),
        moment("sent_at", null=True),
        day("acknowledge_by_on", null=True),
        moment("acknowledged_at", null=True),
        day("first_visit_on", null=True),
        checks={"sent": "(status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'"},
        indexes={
            "ix_referral_agency_status": ("agency_id", "status"),
            "ix_referral_station_status": ("station_id", "status"),
        },
    )
    make_table(
        "role_assignment",
        refers("person_id", "person", index=True),
        choice(
            "role",
            (
                "drafter",
                "chair",
                "treasurer",
                "committee_auditor",
                "officer",
                "approver",
                "cashier",
                "administrator",
                "general_member",
                "secretariat",
                "station_leader",
                "volunteer",
                "case_worker",
                "marugoto_desk",
                "external_auditor",
            ),
            "core_role",
        ),
        refers("committee_id", "committee", null=True),
        refers("station_id", "station", null=True, index=True),
        refers("agency_id", "agency", null=True, index=True),
        day("from_on"),
        day("to_on", null=True),
        refers("given_by_id", "person", null=True),
        checks={
            "agency": "(role IN ('case_worker','marugoto_desk')) = (agency_id IS NOT NULL)",
            "committee": "(role IN ('drafter','chair','treasurer','committee_auditor')) = (committee_id IS NOT NULL)",
            "station": "(role IN ('station_leader','volunteer')) = (station_id IS NOT NULL)",
            "term": f"to_on IS NULL OR to_on >= {day_before}",
        },
        indexes={"ix_role_assignment_committee": ("committee_id", "role")},
    )
    make_table(
        "venue",
        refers("station_id", "station", index=True),
        text("name"),
        text("postal_code"),
        text("address"),
        text("directions", comment="how to get there, walking time"),
        text("owner", comment="who lets the place"),
        integer("rent_yen", comment="for one use"),
        number("latitude", null=True),
        number("longitude", null=True),
        day("closed_on", null=True),
        checks={"rent": "rent_yen >= 0"},
    )
    make_table(
        "calendar_rule",
        refers("station_id", "station", index=True),
        refers("venue_id", "venue"),
        json("pattern"),
        time("starts_at"),
        time("ends_at"),
        day("from_on"),
        day("until_on"),
        day(
            "ended_on",
            null=True,
            comment="last day it held, when it was ended early; before from_on: it never held",
        ),
        checks={"hours": "ends_at > starts_at", "period": "until_on >= from_on"},
    )
    make_table(
        "consent_record",
        refers("referral_id", "referral", null=True, index=True),
        refers("observation_id", "observation", null=True, index=True),
        choice("answer", ("given", "not_given", "unconfirmed"), "referrals_consentanswer"),
        json("scope", null=True, comment="values of rules.Recipient: to whom it may be told"),
        choice("method", ("written", "oral"), "referrals_consentmethod", null=True),
        day("given_on", null=True),
        day("expires_on", null=True),
        day("withdrawn_on", null=True),
        refers("recorded_by_id", "person"),
        moment("recorded_at"),
        checks={
            "given": "answer <> 'given' OR (method IS NOT NULL AND given_on IS NOT NULL AND scope IS NOT NULL)",
            "withdrawn": "withdrawn_on IS NULL OR answer = 'given'",
            "subject": "(referral_id IS NULL) <> (observation_id IS NULL)",
        },
    )
    make_table(
        "cost_line",
        refers("plan_id", "plan", ondelete="CASCADE", index=True),
        integer("position"),
        choice(
            "category",
            ("rent", "honorarium", "supplies", "services", "hire", "equipment"),
            "applications_costcategory",
        ),
        text("content"),
        integer("quantity"),
        text("unit", comment="回, 個, 人 …"),
        integer("unit_price_yen"),
        integer("amount_yen"),
        checks={
            "amount": "amount_yen = quantity * unit_price_yen",
            "quantity": "quantity > 0",
            "unit_price": "unit_price_yen > 0",
        },
    )
    make_table(
        "follow_up",
        refers("referral_id", "referral", index=True),
        day("due_on"),
        choice("outcome", ("continuing", "less", "stopped", "moved_on"), "referrals_outcome", null=True),
        text("note"),
        moment("done_at", null=True),
        refers("done_by_id", "person", null=True),
        checks={"done": "(done_at IS NULL) = (outcome IS NULL)"},
    )
    make_table(
        "income_line",
        refers("plan_id", "plan", ondelete="CASCADE", index=True),
        integer("position"),
        choice("kind", ("fees", "donation", "other_grant", "own_funds", "other"), "applications_incomekind"),
        text("content"),
        integer("amount_yen"),
        checks={"amount": "amount_yen > 0"},
    )
    make_table(
        "plan_attachment",
        refers("plan_id", "plan", index=True),
        refers("file_id", "stored_file"),
        text("caption"),
        moment("removed_at", null=True),
    )
    op.create_table(
        "plan_venue",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_venue_plan_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_plan_venue_venue_id")),
        sa.PrimaryKeyConstraint("plan_id", "venue_id", name=op.f("pk_plan_venue")),
        comment="the venues a plan means to use",
    )
    make_table(
        "plan_version",
        refers("plan_id", "plan"),
        integer("revision"),
        json("content", comment="applications.rules.freeze gives its bytes"),
        text("sha256"),
        refers("submitted_by_id", "person"),
        moment("submitted_at"),
        unique=[("plan_id", "revision")],
        checks={"sha256": "length(sha256) = 64"},
    )
    make_table(
        "section_comment",
        refers("plan_id", "plan", index=True),
        integer("revision"),
        choice(
            "section",
            ("purpose", "audience", "venues", "openings", "organisation", "costs", "attachments"),
            "applications_section",
        ),
        text("field", comment="input it is about; empty: the whole section"),
        text("text"),
        refers("by_id", "person"),
        moment("at"),
        moment("resolved_at", null=True, comment="the committee says it is mended"),
    )
    make_table(
        "agenda_item",
        refers("meeting_id", "meeting"),
        refers("plan_id", "plan", index=True),
        refers("version_id", "plan_version"),
        integer("position"),
        choice(
            "resolution",
            ("approved", "approved_with_conditions", "deferred", "rejected"),
            "meetings_resolution",
            null=True,
        ),
        text("reason"),
        text("conditions"),
        integer("votes_for"),
        integer("votes_against"),
        integer("abstentions"),
        moment("resolved_at", null=True),
        refers("resolved_by_id", "person", null=True),
        unique=[("meeting_id", "plan_id")],
        checks={
            "conditions": "resolution IS NULL OR resolution <> 'approved_with_conditions' OR length(conditions) > 0",
            "reason": "resolution IS NULL OR resolution NOT IN ('deferred','rejected') OR length(reason) > 0",
            "resolved": "(resolution IS NULL) = (resolved_at IS NULL)",
            "votes": "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0",
        },
    )
    make_table(
        "grant",
        refers("plan_id", "plan", unique=True),
        refers("version_id", "plan_version", unique=True),
        refers("committee_id", "committee", index=True),
        refers("station_id", "station", index=True),
        integer("fiscal_year"),
        choice(
            "status",
            (
                "applied",
                "reviewing",
                "deciding",
                "awarded",
                "refused",
                "active",
                "change_requested",
                "reported",
                "report_returned",
                "inspected",
                "determining",
                "determined",
                "refund_due",
                "refunded",
                "balance_due",
                "balance_paid",
                "closed",
                "withdrawn",
                "discontinued",
                "cancelled",
            ),
            "grants_status",
        ),
        integer("requested_yen"),
        refers("applied_by_id", "person"),
        moment("applied_at"),
        integer("awarded_yen", null=True, comment="as drafted; binding once approved"),
        text("award_conditions"),
        text("refusal_reason", null=True, comment="set when the drafted decision is a refusal"),
        refers("decision_drafted_by_id", "person", null=True),
        refers("decision_approved_by_id", "person", null=True),
        day("decided_on", null=True),
        text("report_summary", comment="実績報告: what was done and what came of it"),
        text("report_results", comment="成果と課題, told apart"),
        day("completed_on", null=True),
        refers("accounts_audited_by_id", "person", null=True, comment="監査"),
        moment("accounts_audited_at", null=True),
        refers("reported_by_id", "person", null=True),
        moment("reported_at", null=True),
        refers("report_file_id", "stored_file", null=True),
        refers("inspected_by_id", "person", null=True),
        moment("inspected_at", null=True),
        integer("fixed_yen", null=True, comment="額の確定; as drafted until determined"),
        refers("determination_drafted_by_id", "person", null=True),
        refers("determined_by_id", "person", null=True),
        day("determined_on", null=True),
        integer("refund_yen", null=True, comment="返還命令"),
        day("refund_due_on", null=True),
        refers("refund_ordered_by_id", "person", null=True),
        day("closed_on", null=True),
        checks={
            "refused": "status <> 'refused' OR refusal_reason IS NOT NULL",
            "awarded_fact": "status NOT IN ('awarded','active','change_requested','reported','report_returned','inspected','determining','determined','refund_due','refunded','balance_due','balance_paid') OR awarded_yen IS NOT NULL",
            "fixed_fact": "status NOT IN ('determined','balance_due','balance_paid','refunded','refund_due') OR fixed_yen IS NOT NULL",
            "award": "awarded_yen IS NULL OR (awarded_yen > 0 AND awarded_yen <= requested_yen)",
            "four_eyes": "decision_approved_by_id IS NULL OR decision_approved_by_id <> decision_drafted_by_id",
            "four_eyes_determination": "determined_by_id IS NULL OR determined_by_id <> determination_drafted_by_id",
            "fixed": "fixed_yen IS NULL OR (fixed_yen >= 0 AND fixed_yen <= awarded_yen)",
            "requested": "requested_yen > 0",
        },
        indexes={"ix_grant_year_status": ("fiscal_year", "status")},
    )
    make_table(
        "opening",
        refers("station_id", "station"),
        refers("venue_id", "venue"),
        refers("rule_id", "calendar_rule", null=True, comment="NULL: extra date"),
        day("on", index=True),
        time("starts_at"),
        time("ends_at"),
        choice("status", ("planned", "cancelled", "held"), "committees_openingstatus"),
        text("cancelled_reason", null=True),
        unique=[("station_id", "on", "starts_at")],
        checks={
            "cancelled": "(status = 'cancelled') = (cancelled_reason IS NOT NULL)",
            "hours": "ends_at > starts_at",
        },
    )
    make_table(
        "grant_change",
        refers("grant_id", "grant", index=True),
        text("reason"),
        json("budgets", comment="line id → asked budget"),
        json("before", comment="line id → budget before"),
        refers("requested_by_id", "person"),
        moment("requested_at"),
        flag("approved", null=True),
        text("decision_reason"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "decided": "(decided_at IS NULL) = (approved IS NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> requested_by_id",
        },
    )
    make_table(
        "grant_cancellation",
        refers("grant_id", "grant", index=True),
        text("reason"),
        integer("kept_yen", comment="what is left of the award; 0: all is cancelled"),
        refers("drafted_by_id", "person"),
        moment("drafted_at"),
        flag("approved", null=True),
        text("decision_reason", comment="why it was sent back"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "kept": "kept_yen >= 0",
            "decided": "(decided_at IS NULL) = (approved IS NULL)",
            "decided_by": "(decided_at IS NULL) = (decided_by_id IS NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
        },
    )
    make_table(
        "grant_line",
        refers("grant_id", "grant"),
        integer("position"),
        choice(
            "category",
            ("rent", "honorarium", "supplies", "services", "hire", "equipment"),
            "applications_costcategory",
        ),
        text("content"),
        integer("planned_yen", comment="amount in the approved plan"),
        integer("awarded_yen", comment="budget now, after approved changes and 流用"),
        integer("decided_yen", comment="budget by the last decision: base of 流用's 2割"),
        unique=[("grant_id", "position")],
        checks={"awarded": "awarded_yen >= 0", "decided": "decided_yen >= 0", "planned": "planned_yen > 0"},
    )
    make_table(
        "letter",
        refers("grant_id", "grant", index=True),
        text("kind", comment="as in labels.LETTERS: award, change, cancellation …"),
        integer("fiscal_year", comment="of the day of issue: numbers run within it"),
        integer("number"),
        day("issued_on"),
        refers("issued_by_id", "person"),
        refers("file_id", "stored_file"),
        unique=[("fiscal_year", "number")],
    )
    make_table(
        "opening_record",
        refers("opening_id", "opening", unique=True),
        text("weather"),
        text("note"),
        text("incident", comment="ヒヤリハット; facts, nobody's name"),
        flag("late_entry", comment="entered after the day, from paper"),
        moment("begun_at"),
        refers("begun_by_id", "person"),
        moment("closed_at", null=True),
        refers("closed_by_id", "person", null=True),
        checks={"closed": "(closed_at IS NULL) = (closed_by_id IS NULL)"},
    )
    make_table(
        "payment_request",
        refers("grant_id", "grant"),
        integer("instalment"),
        text("kind", comment="advance 概算払, balance 精算払"),
        choice(
            "status",
            ("requested", "ordered", "paid", "returned", "cancelled"),
            "grants_paymentstatus",
            index=True,
        ),
        integer("amount_yen"),
        text("purpose", comment="what the advance is for"),
        integer("fiscal_year", comment="the budget it is paid from"),
        text("programme_item", comment="重層 item, 第2号 for station grants"),
        refers(
            "requested_by_id",
            "person",
            null=True,
            comment="NULL: a balance that follows from the determination",
        ),
        moment("requested_at"),
        refers("ordered_by_id", "person", null=True),
        moment("ordered_at", null=True),
        unique=[("grant_id", "instalment")],
        checks={
            "kind": "kind IN ('advance','balance')",
            "ordered": "status NOT IN ('ordered','paid') OR ordered_by_id IS NOT NULL",
            "amount": "amount_yen > 0",
            "four_eyes": "ordered_by_id IS NULL OR ordered_by_id <> requested_by_id",
        },
    )
    make_table(
        "receipt",
        refers("grant_id", "grant"),
        integer("number"),
        text("kind", comment="receipts.ReceiptKind: receipt or bank_slip"),
        refers("file_id", "stored_file"),
        day("dated_on"),
        day("used_on", null=True, comment="day of use, for a venue paid beforehand"),
        text("payee", comment="who issued it"),
        text("addressee"),
        text("description", comment="但し書き"),
        integer("amount_yen"),
        refers("entered_by_id", "person"),
        moment("entered_at"),
        moment("cancelled_at", null=True),
        text("cancelled_reason", null=True),
        moment("inspected_at", null=True),
        refers("inspected_by_id", "person", null=True),
        text("finding", comment="what the inspector asks to mend; '' when fine"),
        unique=[("grant_id", "number")],
        checks={
            "cancelled": "(cancelled_at IS NULL) = (cancelled_reason IS NULL)",
            "inspected": "(inspected_at IS NULL) = (inspected_by_id IS NULL)",
            "amount": "amount_yen > 0",
        },
    )
    make_table(
        "repayment",
        refers("grant_id", "grant", index=True),
        integer("amount_yen"),
        day("received_on"),
        flag("prior_year_income", comment="過年度収入 instead of 戻入"),
        text("reference"),
        refers("recorded_by_id", "person"),
        moment("recorded_at"),
        checks={"amount": "amount_yen > 0"},
    )
    make_table(
        "payment",
        refers("request_id", "payment_request", unique=True),
        integer("amount_yen"),
        day("paid_on"),
        text("reference", comment="the bank's or the cashier's number"),
        refers("recorded_by_id", "person"),
        moment("recorded_at"),
        checks={"amount": "amount_yen > 0"},
    )
    make_table(
        "receipt_split",
        refers("receipt_id", "receipt"),
        refers("line_id", "grant_line", index=True),
        integer("amount_yen"),
        unique=[("receipt_id", "line_id")],
        checks={"amount": "amount_yen > 0"},
    )
    make_table(
        "tap",
        refers("record_id", "opening_record"),
        text("client_event_id", unique=True),
        choice(
            "counter",
            ("visit", "first_timer", "staff", "volunteer", "consultation", "connected"),
            "attendance_counter",
        ),
        choice(
            "band",
            ("preschool", "elementary", "teen", "age_18_39", "age_40_64", "age_65_plus", "unknown"),
            "attendance_ageband",
            null=True,
        ),
        integer("delta"),
        refers("undoes_id", "tap", null=True, unique=True),
        flag(
            "correction", comment="a typed difference, not a touch of a tile; 「1つ取り消す」 leaves it alone"
        ),
        moment("tapped_at", comment="by the device's clock"),
        moment("received_at"),
        refers("by_id", "person"),
        checks={"band": "(counter = 'visit') = (band IS NOT NULL)", "delta": "delta <> 0"},
        indexes={"ix_tap_record_counter": ("record_id", "counter", "band")},
    )
    make_table(
        "ledger_transaction",
        refers("grant_id", "grant"),
        day("happened_on"),
        text("description"),
        refers("receipt_id", "receipt", null=True),
        refers("payment_id", "payment", null=True, unique=True),
        refers("repayment_id", "repayment", null=True, unique=True),
        refers("reverses_id", "ledger_transaction", null=True, unique=True),
        text("reason", null=True),
        text("client_event_id", null=True, unique=True, comment="one sending of a form"),
        refers("recorded_by_id", "person"),
        moment("recorded_at"),
        checks={"reversal_reason": "(reverses_id IS NULL) = (reason IS NULL)"},
        indexes={"ix_ledger_transaction_grant": ("grant_id", "happened_on")},
    )
    make_table(
        "ledger_posting",
        refers("transaction_id", "ledger_transaction", index=True),
        text("account", comment="bookkeeping.Account"),
        text("category", null=True, comment="CostCategory of an expense"),
        text("income_kind", null=True, comment="IncomeKind of an income"),
        integer("amount_yen"),
        checks={"amount": "amount_yen <> 0"},
    )
    for table in APPEND_ONLY:
        for statement in append_only_triggers(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES.split()):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
