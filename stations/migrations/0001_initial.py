"""Every table of the first year: people, committees, plans, meetings, grants, attendance, referrals.

Revision ID: 0001_initial
Revises:
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers

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


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("code", name=op.f("uq_district_code")),
        sa.UniqueConstraint("number", name=op.f("uq_district_number")),
    )
    op.create_table(
        "document_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_document_series_last_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_series")),
        sa.UniqueConstraint("fiscal_year", "series", name=op.f("uq_document_series_fiscal_year_series")),
    )
    op.create_table(
        "fiscal_year_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("rate_numerator", sa.Integer(), nullable=False),
        sa.Column("rate_denominator", sa.Integer(), nullable=False),
        sa.Column("cap_yen", sa.Integer(), nullable=True),
        sa.Column("unit_yen", sa.Integer(), nullable=False),
        sa.Column("report_days", sa.Integer(), nullable=False, comment="days after completion"),
        sa.Column("report_latest_month", sa.Integer(), nullable=False),
        sa.Column("report_latest_day", sa.Integer(), nullable=False),
        sa.Column("refund_days", sa.Integer(), nullable=False, comment="from the order to its due date"),
        sa.Column(
            "reallocation_rule",
            sa.Enum(
                "smaller20",
                "any20",
                name="grants_reallocationrule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("document_prefix", sa.Text(), nullable=False, comment="課記号, as in 松地共第12号"),
        sa.Column("retention_years", sa.Integer(), nullable=False),
        sa.Column("programme_item", sa.Text(), nullable=False, comment="重層 item of payments"),
        sa.Column("scheme", sa.Text(), nullable=False, comment="name of the grant on letters"),
        sa.Column("ordinance", sa.Text(), nullable=False, comment="what letters rest on"),
        sa.CheckConstraint("cap_yen IS NULL OR cap_yen >= 1", name=op.f("ck_fiscal_year_setting_cap")),
        sa.CheckConstraint(
            "rate_numerator BETWEEN 1 AND rate_denominator", name=op.f("ck_fiscal_year_setting_rate")
        ),
        sa.CheckConstraint("unit_yen >= 1", name=op.f("ck_fiscal_year_setting_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_year_setting")),
        sa.UniqueConstraint("fiscal_year", name=op.f("uq_fiscal_year_setting_fiscal_year")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "open",
                "closed",
                name="meetings_meetingstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "quorum_numerator", sa.Integer(), nullable=False, comment="more than this share must be present"
        ),
        sa.Column("quorum_denominator", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_meeting_closed")),
        sa.CheckConstraint("(status = 'planned') = (opened_at IS NULL)", name=op.f("ck_meeting_opened")),
        sa.CheckConstraint(
            "quorum_numerator > 0 AND quorum_denominator >= quorum_numerator", name=op.f("ck_meeting_quorum")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_mail_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    op.create_index(op.f("ix_outbox_mail_due_at"), "outbox_mail", ["due_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, comment="typed at sign-in; lower case"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False, comment="ふりがな"),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "password_hash", sa.Text(), nullable=True, comment="Argon2id; NULL until the invitation is used"
        ),
        sa.Column(
            "totp_secret",
            sa.Text(),
            nullable=True,
            comment="encrypted with the secret key; NULL: not enrolled",
        ),
        sa.Column(
            "totp_last_step", sa.Integer(), nullable=True, comment="30-second step last accepted: never twice"
        ),
        sa.Column("session_epoch", sa.Integer(), nullable=False, comment="raised by 'sign out everywhere'"),
        sa.Column(
            "ended_sessions",
            sa.Text(),
            nullable=False,
            comment="'key:seconds' of sessions signed out while they could still last",
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(login) >= 3", name=op.f("ck_person_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_key"), "sign_in_failure", ["key"], unique=False)
    op.create_table(
        "sign_in_success",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_success")),
    )
    op.create_index(op.f("ix_sign_in_success_key"), "sign_in_success", ["key"], unique=False)
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="地域包括支援センター, 自立相談支援センター …"),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column(
            "is_marugoto_desk",
            sa.Boolean(),
            nullable=False,
            comment="福祉まるごと相談窓口: the only receiver without consent (支援会議, 社会福祉法106条の6)",
        ),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_agency_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
    )
    op.create_table(
        "committee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="receipts must be addressed to this name"),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_committee_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee")),
        sa.UniqueConstraint("district_id", name=op.f("uq_committee_district_id")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "by_id", sa.Integer(), nullable=True, comment="NULL: done by the system, such as an expiry"
        ),
        sa.Column("object_type", sa.Text(), nullable=False, comment="table name of the object"),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_by_id"), "event", ["by_id"], unique=False)
    op.create_index("ix_event_object", "event", ["object_type", "object_id"], unique=False)
    op.create_table(
        "held_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False, comment="encrypted JSON list of [name, value]"),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_held_form_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_form")),
    )
    op.create_index(op.f("ix_held_form_person_id"), "held_form", ["person_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "reset",
                name="people_linkkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issued_by_id"], ["person.id"], name=op.f("fk_one_time_link_issued_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(op.f("ix_one_time_link_person_id"), "one_time_link", ["person_id"], unique=False)
    op.create_table(
        "personal_data_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False, comment="what was shown, as named by the page"),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_personal_data_view_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_data_view")),
    )
    op.create_index(op.f("ix_personal_data_view_by_id"), "personal_data_view", ["by_id"], unique=False)
    op.create_index(
        "ix_personal_data_view_object", "personal_data_view", ["object_type", "object_id"], unique=False
    )
    op.create_table(
        "presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_proxy", sa.Boolean(), nullable=False, comment="委任状"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_presence_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_presence_meeting_id_person_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the content as stored"),
        sa.Column("storage_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "original_name",
            sa.Text(),
            nullable=False,
            comment="as the person's device named it; for display only",
        ),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_stored_file_size")),
        sa.ForeignKeyConstraint(["stored_by_id"], ["person.id"], name=op.f("fk_stored_file_stored_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fixed",
                "roving",
                "farm",
                "cafe",
                name="committees_stationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("summary", sa.Text(), nullable=False, comment="what one does there, in a sentence or two"),
        sa.Column("audience", sa.Text(), nullable=False, comment="who it is for"),
        sa.Column("what_to_bring", sa.Text(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("fee", sa.Text(), nullable=False, comment="what a visitor pays, as a sentence"),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "closed_on IS NULL OR (opened_on IS NOT NULL AND closed_on >= opened_on)",
            name=op.f("ck_station_period"),
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_station_committee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_index(op.f("ix_station_committee_id"), "station", ["committee_id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False, comment="the receiver"),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "sent",
                "acknowledged",
                "in_progress",
                "closed",
                "returned",
                "withdrawn",
                name="referrals_observationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("alias", sa.Text(), nullable=False, comment="呼び名, if there is one"),
        sa.Column(
            "age_group",
            sa.Enum(
                "under_18",
                "age_18_39",
                "age_40_64",
                "age_65_74",
                "age_75_plus",
                "unknown",
                name="referrals_agegroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("facts", sa.Text(), nullable=False, comment="what was seen and heard; no guesses"),
        sa.Column(
            "urgent", sa.Boolean(), nullable=False, comment="within days; danger to life is telephoned"
        ),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledge_by_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answer", sa.Text(), nullable=False, comment="what the agency tells the station, in a sentence"
        ),
        sa.CheckConstraint(
            "(status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'", name=op.f("ck_observation_sent")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_observation_agency_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_observation_made_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_observation_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint("number", name=op.f("uq_observation_number")),
    )
    op.create_index("ix_observation_agency_status", "observation", ["agency_id", "status"], unique=False)
    op.create_index("ix_observation_station", "observation", ["station_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=True,
            comment="受付番号 in the year; given at first submission, kept",
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
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
                name="applications_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status_since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the present status began; due dates count from it",
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="目的"),
        sa.Column("activities", sa.Text(), nullable=False, comment="内容"),
        sa.Column("audience", sa.Text(), nullable=False, comment="対象"),
        sa.Column("expected_visits", sa.Integer(), nullable=True, comment="expected visitors per opening"),
        sa.Column("venues_note", sa.Text(), nullable=False, comment="会場についての説明"),
        sa.Column("openings_note", sa.Text(), nullable=False, comment="開催予定"),
        sa.Column("openings_planned", sa.Integer(), nullable=True, comment="how many openings in the year"),
        sa.Column("organisation", sa.Text(), nullable=False, comment="体制"),
        sa.Column("safety", sa.Text(), nullable=False, comment="安全管理"),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "lock_version",
            sa.Integer(),
            nullable=False,
            comment="raised at each save: two editors are noticed",
        ),
        sa.Column(
            "section_saves", sa.JSON(), nullable=False, comment="section → lock_version at its last save"
        ),
        sa.Column(
            "unfinished",
            sa.JSON(),
            nullable=False,
            comment="section → fields as typed and not yet readable; given back, never lost",
        ),
        sa.CheckConstraint(
            "(status = 'draft') = (submitted_at IS NULL) OR status = 'withdrawn'",
            name=op.f("ck_plan_submitted"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_plan_revision")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_plan_committee_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["person.id"], name=op.f("fk_plan_drafted_by_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_plan_saved_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_plan_station_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_plan_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_plan_fiscal_year_number")),
    )
    op.create_index("ix_plan_committee_year", "plan", ["committee_id", "fiscal_year"], unique=False)
    op.create_index(op.f("ix_plan_station_id"), "plan", ["station_id"], unique=False)
    op.create_index("ix_plan_status", "plan", ["status"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "number", sa.Text(), nullable=False, comment="what lists and mail show instead of a person"
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
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
                name="referrals_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("alias", sa.Text(), nullable=False, comment="呼び名, never the full name"),
        sa.Column(
            "age_group",
            sa.Enum(
                "under_18",
                "age_18_39",
                "age_40_64",
                "age_65_74",
                "age_75_plus",
                "unknown",
                name="referrals_agegroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="年代 as a band",
        ),
        sa.Column("wishes", sa.Text(), nullable=False, comment="希望"),
        sa.Column("considerations", sa.Text(), nullable=False, comment="配慮事項"),
        sa.Column("accompanied", sa.Boolean(), nullable=False, comment="初回同行"),
        sa.Column("contact_name", sa.Text(), nullable=False, comment="who at the agency"),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledge_by_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_visit_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'", name=op.f("ck_referral_sent")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_referral_agency_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_referral_made_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_referral_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    op.create_index("ix_referral_agency_status", "referral", ["agency_id", "status"], unique=False)
    op.create_index("ix_referral_station_status", "referral", ["station_id", "status"], unique=False)
    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
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
                name="core_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("committee_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role IN ('case_worker','marugoto_desk')) = (agency_id IS NOT NULL)",
            name=op.f("ck_role_assignment_agency"),
        ),
        sa.CheckConstraint(
            "(role IN ('drafter','chair','treasurer','committee_auditor')) = (committee_id IS NOT NULL)",
            name=op.f("ck_role_assignment_committee"),
        ),
        sa.CheckConstraint(
            "(role IN ('station_leader','volunteer')) = (station_id IS NOT NULL)",
            name=op.f("ck_role_assignment_station"),
        ),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on >= from_on - 1", name=op.f("ck_role_assignment_term")
        ).ddl_if(dialect="postgresql"),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on >= date(from_on, '-1 day')", name=op.f("ck_role_assignment_term")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_role_assignment_agency_id")),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_role_assignment_committee_id")
        ),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_role_assignment_given_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_assignment_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_role_assignment_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
    )
    op.create_index(op.f("ix_role_assignment_agency_id"), "role_assignment", ["agency_id"], unique=False)
    op.create_index("ix_role_assignment_committee", "role_assignment", ["committee_id", "role"], unique=False)
    op.create_index(op.f("ix_role_assignment_person_id"), "role_assignment", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_assignment_station_id"), "role_assignment", ["station_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("directions", sa.Text(), nullable=False, comment="how to get there, walking time"),
        sa.Column("owner", sa.Text(), nullable=False, comment="who lets the place"),
        sa.Column("rent_yen", sa.Integer(), nullable=False, comment="for one use"),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("rent_yen >= 0", name=op.f("ck_venue_rent")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_venue_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
    )
    op.create_index(op.f("ix_venue_station_id"), "venue", ["station_id"], unique=False)
    op.create_table(
        "calendar_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "ended_on",
            sa.Date(),
            nullable=True,
            comment="last day it held, when it was ended early; before from_on: it never held",
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_calendar_rule_hours")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_calendar_rule_period")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_calendar_rule_station_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_calendar_rule_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_rule")),
    )
    op.create_index(op.f("ix_calendar_rule_station_id"), "calendar_rule", ["station_id"], unique=False)
    op.create_table(
        "consent_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("observation_id", sa.Integer(), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "given",
                "not_given",
                "unconfirmed",
                name="referrals_consentanswer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="values of rules.Recipient: to whom it may be told",
        ),
        sa.Column(
            "method",
            sa.Enum(
                "written",
                "oral",
                name="referrals_consentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer <> 'given' OR (method IS NOT NULL AND given_on IS NOT NULL AND scope IS NOT NULL)",
            name=op.f("ck_consent_record_given"),
        ),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR answer = 'given'", name=op.f("ck_consent_record_withdrawn")
        ),
        sa.CheckConstraint(
            "(referral_id IS NULL) <> (observation_id IS NULL)", name=op.f("ck_consent_record_subject")
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name=op.f("fk_consent_record_observation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_consent_record_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_consent_record_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record")),
    )
    op.create_index(
        op.f("ix_consent_record_observation_id"), "consent_record", ["observation_id"], unique=False
    )
    op.create_index(op.f("ix_consent_record_referral_id"), "consent_record", ["referral_id"], unique=False)
    op.create_table(
        "cost_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "rent",
                "honorarium",
                "supplies",
                "services",
                "hire",
                "equipment",
                name="applications_costcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False, comment="回, 個, 人 …"),
        sa.Column("unit_price_yen", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen = quantity * unit_price_yen", name=op.f("ck_cost_line_amount")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cost_line_quantity")),
        sa.CheckConstraint("unit_price_yen > 0", name=op.f("ck_cost_line_unit_price")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_cost_line_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_line")),
    )
    op.create_index(op.f("ix_cost_line_plan_id"), "cost_line", ["plan_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "continuing",
                "less",
                "stopped",
                "moved_on",
                name="referrals_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name=op.f("ck_follow_up_done")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_follow_up_done_by_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_follow_up_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_referral_id"), "follow_up", ["referral_id"], unique=False)
    op.create_table(
        "income_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fees",
                "donation",
                "other_grant",
                "own_funds",
                "other",
                name="applications_incomekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_income_line_amount")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_income_line_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_income_line")),
    )
    op.create_index(op.f("ix_income_line_plan_id"), "income_line", ["plan_id"], unique=False)
    op.create_table(
        "plan_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_plan_attachment_file_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_attachment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_attachment")),
    )
    op.create_index(op.f("ix_plan_attachment_plan_id"), "plan_attachment", ["plan_id"], unique=False)
    op.create_table(
        "plan_venue",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_venue_plan_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_plan_venue_venue_id")),
        sa.PrimaryKeyConstraint("plan_id", "venue_id", name=op.f("pk_plan_venue")),
        comment="the venues a plan means to use",
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False, comment="applications.rules.freeze gives its bytes"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_plan_version_sha256")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_plan_version_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "revision", name=op.f("uq_plan_version_plan_id_revision")),
    )
    op.create_table(
        "section_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "purpose",
                "audience",
                "venues",
                "openings",
                "organisation",
                "costs",
                "attachments",
                name="applications_section",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("field", sa.Text(), nullable=False, comment="input it is about; empty: the whole section"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "resolved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the committee says it is mended",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_section_comment_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_section_comment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_comment")),
    )
    op.create_index(op.f("ix_section_comment_plan_id"), "section_comment", ["plan_id"], unique=False)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "resolution",
            sa.Enum(
                "approved",
                "approved_with_conditions",
                "deferred",
                "rejected",
                name="meetings_resolution",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstentions", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "resolution IS NULL OR resolution <> 'approved_with_conditions' OR length(conditions) > 0",
            name=op.f("ck_agenda_item_conditions"),
        ),
        sa.CheckConstraint(
            "resolution IS NULL OR resolution NOT IN ('deferred','rejected') OR length(reason) > 0",
            name=op.f("ck_agenda_item_reason"),
        ),
        sa.CheckConstraint(
            "(resolution IS NULL) = (resolved_at IS NULL)", name=op.f("ck_agenda_item_resolved")
        ),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0", name=op.f("ck_agenda_item_votes")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_agenda_item_plan_id")),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["person.id"], name=op.f("fk_agenda_item_resolved_by_id")
        ),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name=op.f("fk_agenda_item_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "plan_id", name=op.f("uq_agenda_item_meeting_id_plan_id")),
    )
    op.create_index(op.f("ix_agenda_item_plan_id"), "agenda_item", ["plan_id"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
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
                name="grants_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_yen", sa.Integer(), nullable=False),
        sa.Column("applied_by_id", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_yen", sa.Integer(), nullable=True, comment="as drafted; binding once approved"),
        sa.Column("award_conditions", sa.Text(), nullable=False),
        sa.Column(
            "refusal_reason", sa.Text(), nullable=True, comment="set when the drafted decision is a refusal"
        ),
        sa.Column("decision_drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_approved_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column(
            "report_summary", sa.Text(), nullable=False, comment="実績報告: what was done and what came of it"
        ),
        sa.Column("report_results", sa.Text(), nullable=False, comment="成果と課題, told apart"),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("accounts_audited_by_id", sa.Integer(), nullable=True, comment="監査"),
        sa.Column("accounts_audited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_file_id", sa.Integer(), nullable=True),
        sa.Column("inspected_by_id", sa.Integer(), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fixed_yen", sa.Integer(), nullable=True, comment="額の確定; as drafted until determined"),
        sa.Column("determination_drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("determined_by_id", sa.Integer(), nullable=True),
        sa.Column("determined_on", sa.Date(), nullable=True),
        sa.Column("refund_yen", sa.Integer(), nullable=True, comment="返還命令"),
        sa.Column("refund_due_on", sa.Date(), nullable=True),
        sa.Column("refund_ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status <> 'refused' OR refusal_reason IS NOT NULL", name=op.f("ck_grant_refused")
        ),
        sa.CheckConstraint(
            "status NOT IN ('awarded','active','change_requested','reported','report_returned','inspected','determining','determined','refund_due','refunded','balance_due','balance_paid') OR awarded_yen IS NOT NULL",
            name=op.f("ck_grant_awarded_fact"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('determined','balance_due','balance_paid','refunded','refund_due') OR fixed_yen IS NOT NULL",
            name=op.f("ck_grant_fixed_fact"),
        ),
        sa.CheckConstraint(
            "awarded_yen IS NULL OR (awarded_yen > 0 AND awarded_yen <= requested_yen)",
            name=op.f("ck_grant_award"),
        ),
        sa.CheckConstraint(
            "decision_approved_by_id IS NULL OR decision_approved_by_id <> decision_drafted_by_id",
            name=op.f("ck_grant_four_eyes"),
        ),
        sa.CheckConstraint(
            "determined_by_id IS NULL OR determined_by_id <> determination_drafted_by_id",
            name=op.f("ck_grant_four_eyes_determination"),
        ),
        sa.CheckConstraint(
            "fixed_yen IS NULL OR (fixed_yen >= 0 AND fixed_yen <= awarded_yen)", name=op.f("ck_grant_fixed")
        ),
        sa.CheckConstraint("requested_yen > 0", name=op.f("ck_grant_requested")),
        sa.ForeignKeyConstraint(
            ["accounts_audited_by_id"], ["person.id"], name=op.f("fk_grant_accounts_audited_by_id")
        ),
        sa.ForeignKeyConstraint(["applied_by_id"], ["person.id"], name=op.f("fk_grant_applied_by_id")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_grant_committee_id")),
        sa.ForeignKeyConstraint(
            ["decision_approved_by_id"], ["person.id"], name=op.f("fk_grant_decision_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_drafted_by_id"], ["person.id"], name=op.f("fk_grant_decision_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["determination_drafted_by_id"], ["person.id"], name=op.f("fk_grant_determination_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(["determined_by_id"], ["person.id"], name=op.f("fk_grant_determined_by_id")),
        sa.ForeignKeyConstraint(["inspected_by_id"], ["person.id"], name=op.f("fk_grant_inspected_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_grant_plan_id")),
        sa.ForeignKeyConstraint(
            ["refund_ordered_by_id"], ["person.id"], name=op.f("fk_grant_refund_ordered_by_id")
        ),
        sa.ForeignKeyConstraint(["report_file_id"], ["stored_file.id"], name=op.f("fk_grant_report_file_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["person.id"], name=op.f("fk_grant_reported_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_grant_station_id")),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name=op.f("fk_grant_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_grant_plan_id")),
        sa.UniqueConstraint("version_id", name=op.f("uq_grant_version_id")),
    )
    op.create_index(op.f("ix_grant_committee_id"), "grant", ["committee_id"], unique=False)
    op.create_index(op.f("ix_grant_station_id"), "grant", ["station_id"], unique=False)
    op.create_index("ix_grant_year_status", "grant", ["fiscal_year", "status"], unique=False)
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True, comment="NULL: extra date"),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "cancelled",
                "held",
                name="committees_openingstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name=op.f("ck_opening_cancelled")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_opening_hours")),
        sa.ForeignKeyConstraint(["rule_id"], ["calendar_rule.id"], name=op.f("fk_opening_rule_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_opening_station_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_opening_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("station_id", "on", "starts_at", name=op.f("uq_opening_station_id_on_starts_at")),
    )
    op.create_index("ix_opening_on", "opening", ["on"], unique=False)
    op.create_table(
        "grant_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("budgets", sa.JSON(), nullable=False, comment="line id → asked budget"),
        sa.Column("before", sa.JSON(), nullable=False, comment="line id → budget before"),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name=op.f("ck_grant_change_decided")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_grant_change_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_grant_change_decided_by_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_change_grant_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_grant_change_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_change")),
    )
    op.create_index(op.f("ix_grant_change_grant_id"), "grant_change", ["grant_id"], unique=False)
    op.create_table(
        "grant_cancellation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "kept_yen", sa.Integer(), nullable=False, comment="what is left of the award; 0: all is cancelled"
        ),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False, comment="why it was sent back"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kept_yen >= 0", name=op.f("ck_grant_cancellation_kept")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (approved IS NULL)", name=op.f("ck_grant_cancellation_decided")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_grant_cancellation_decided_by")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
            name=op.f("ck_grant_cancellation_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_grant_cancellation_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_grant_cancellation_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_cancellation_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_cancellation")),
    )
    op.create_index(op.f("ix_grant_cancellation_grant_id"), "grant_cancellation", ["grant_id"], unique=False)
    op.create_table(
        "grant_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "rent",
                "honorarium",
                "supplies",
                "services",
                "hire",
                "equipment",
                name="applications_costcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("planned_yen", sa.Integer(), nullable=False, comment="amount in the approved plan"),
        sa.Column(
            "awarded_yen", sa.Integer(), nullable=False, comment="budget now, after approved changes and 流用"
        ),
        sa.Column(
            "decided_yen",
            sa.Integer(),
            nullable=False,
            comment="budget by the last decision: base of 流用's 2割",
        ),
        sa.CheckConstraint("awarded_yen >= 0", name=op.f("ck_grant_line_awarded")),
        sa.CheckConstraint("decided_yen >= 0", name=op.f("ck_grant_line_decided")),
        sa.CheckConstraint("planned_yen > 0", name=op.f("ck_grant_line_planned")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_line_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_line")),
        sa.UniqueConstraint("grant_id", "position", name=op.f("uq_grant_line_grant_id_position")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="as in labels.LETTERS: award, change, cancellation …"
        ),
        sa.Column(
            "fiscal_year", sa.Integer(), nullable=False, comment="of the day of issue: numbers run within it"
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_letter_file_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_letter_grant_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["person.id"], name=op.f("fk_letter_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_letter_fiscal_year_number")),
    )
    op.create_index(op.f("ix_letter_grant_id"), "letter", ["grant_id"], unique=False)
    op.create_table(
        "opening_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("weather", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False, comment="ヒヤリハット; facts, nobody's name"),
        sa.Column("late_entry", sa.Boolean(), nullable=False, comment="entered after the day, from paper"),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_opening_record_closed")
        ),
        sa.ForeignKeyConstraint(["begun_by_id"], ["person.id"], name=op.f("fk_opening_record_begun_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_opening_record_closed_by_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_opening_record_opening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_record")),
        sa.UniqueConstraint("opening_id", name=op.f("uq_opening_record_opening_id")),
    )
    op.create_table(
        "payment_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("instalment", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="advance 概算払, balance 精算払"),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "ordered",
                "paid",
                "returned",
                "cancelled",
                name="grants_paymentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="what the advance is for"),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, comment="the budget it is paid from"),
        sa.Column("programme_item", sa.Text(), nullable=False, comment="重層 item, 第2号 for station grants"),
        sa.Column(
            "requested_by_id",
            sa.Integer(),
            nullable=True,
            comment="NULL: a balance that follows from the determination",
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('advance','balance')", name=op.f("ck_payment_request_kind")),
        sa.CheckConstraint(
            "status NOT IN ('ordered','paid') OR ordered_by_id IS NOT NULL",
            name=op.f("ck_payment_request_ordered"),
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_payment_request_amount")),
        sa.CheckConstraint(
            "ordered_by_id IS NULL OR ordered_by_id <> requested_by_id",
            name=op.f("ck_payment_request_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_payment_request_grant_id")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["person.id"], name=op.f("fk_payment_request_ordered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_payment_request_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_request")),
        sa.UniqueConstraint("grant_id", "instalment", name=op.f("uq_payment_request_grant_id_instalment")),
    )
    op.create_index("ix_payment_request_status", "payment_request", ["status"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="receipts.ReceiptKind: receipt or bank_slip"),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True, comment="day of use, for a venue paid beforehand"),
        sa.Column("payee", sa.Text(), nullable=False, comment="who issued it"),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False, comment="但し書き"),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "finding", sa.Text(), nullable=False, comment="what the inspector asks to mend; '' when fine"
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_reason IS NULL)", name=op.f("ck_receipt_cancelled")
        ),
        sa.CheckConstraint(
            "(inspected_at IS NULL) = (inspected_by_id IS NULL)", name=op.f("ck_receipt_inspected")
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_receipt_amount")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_receipt_entered_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_receipt_file_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_receipt_grant_id")),
        sa.ForeignKeyConstraint(["inspected_by_id"], ["person.id"], name=op.f("fk_receipt_inspected_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("grant_id", "number", name=op.f("uq_receipt_grant_id_number")),
    )
    op.create_table(
        "repayment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("prior_year_income", sa.Boolean(), nullable=False, comment="過年度収入 instead of 戻入"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_repayment_amount")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_repayment_grant_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_repayment_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment")),
    )
    op.create_index(op.f("ix_repayment_grant_id"), "repayment", ["grant_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="the bank's or the cashier's number"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_payment_recorded_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["payment_request.id"], name=op.f("fk_payment_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("request_id", name=op.f("uq_payment_request_id")),
    )
    op.create_table(
        "receipt_split",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_receipt_split_amount")),
        sa.ForeignKeyConstraint(["line_id"], ["grant_line.id"], name=op.f("fk_receipt_split_line_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_split_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_split")),
        sa.UniqueConstraint("receipt_id", "line_id", name=op.f("uq_receipt_split_receipt_id_line_id")),
    )
    op.create_index(op.f("ix_receipt_split_line_id"), "receipt_split", ["line_id"], unique=False)
    op.create_table(
        "tap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("client_event_id", sa.Text(), nullable=False),
        sa.Column(
            "counter",
            sa.Enum(
                "visit",
                "first_timer",
                "staff",
                "volunteer",
                "consultation",
                "connected",
                name="attendance_counter",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "band",
            sa.Enum(
                "preschool",
                "elementary",
                "teen",
                "age_18_39",
                "age_40_64",
                "age_65_plus",
                "unknown",
                name="attendance_ageband",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column(
            "correction",
            sa.Boolean(),
            nullable=False,
            comment="a typed difference, not a touch of a tile; 「1つ取り消す」 leaves it alone",
        ),
        sa.Column("tapped_at", sa.DateTime(timezone=True), nullable=False, comment="by the device's clock"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(counter = 'visit') = (band IS NOT NULL)", name=op.f("ck_tap_band")),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_tap_delta")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_tap_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["opening_record.id"], name=op.f("fk_tap_record_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["tap.id"], name=op.f("fk_tap_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tap")),
        sa.UniqueConstraint("client_event_id", name=op.f("uq_tap_client_event_id")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_tap_undoes_id")),
    )
    op.create_index("ix_tap_record_counter", "tap", ["record_id", "counter", "band"], unique=False)
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("repayment_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("client_event_id", sa.Text(), nullable=True, comment="one sending of a form"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (reason IS NULL)", name=op.f("ck_ledger_transaction_reversal_reason")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_ledger_transaction_grant_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_ledger_transaction_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_ledger_transaction_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_ledger_transaction_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["repayment.id"], name=op.f("fk_ledger_transaction_repayment_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_transaction_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("client_event_id", name=op.f("uq_ledger_transaction_client_event_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_ledger_transaction_payment_id")),
        sa.UniqueConstraint("repayment_id", name=op.f("uq_ledger_transaction_repayment_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_transaction_reverses_id")),
    )
    op.create_index(
        "ix_ledger_transaction_grant", "ledger_transaction", ["grant_id", "happened_on"], unique=False
    )
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False, comment="bookkeeping.Account"),
        sa.Column("category", sa.Text(), nullable=True, comment="CostCategory of an expense"),
        sa.Column("income_kind", sa.Text(), nullable=True, comment="IncomeKind of an income"),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen <> 0", name=op.f("ck_ledger_posting_amount")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_posting_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
    )
    op.create_index(
        op.f("ix_ledger_posting_transaction_id"), "ledger_posting", ["transaction_id"], unique=False
    )
    for table in APPEND_ONLY:
        for statement in append_only_triggers(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_ledger_posting_transaction_id"), table_name="ledger_posting")
    op.drop_table("ledger_posting")
    op.drop_index("ix_ledger_transaction_grant", table_name="ledger_transaction")
    op.drop_table("ledger_transaction")
    op.drop_index("ix_tap_record_counter", table_name="tap")
    op.drop_table("tap")
    op.drop_index(op.f("ix_receipt_split_line_id"), table_name="receipt_split")
    op.drop_table("receipt_split")
    op.drop_table("payment")
    op.drop_index(op.f("ix_repayment_grant_id"), table_name="repayment")
    op.drop_table("repayment")
    op.drop_table("receipt")
    op.drop_index("ix_payment_request_status", table_name="payment_request")
    op.drop_table("payment_request")
    op.drop_table("opening_record")
    op.drop_index(op.f("ix_letter_grant_id"), table_name="letter")
    op.drop_table("letter")
    op.drop_table("grant_line")
    op.drop_index(op.f("ix_grant_cancellation_grant_id"), table_name="grant_cancellation")
    op.drop_table("grant_cancellation")
    op.drop_index(op.f("ix_grant_change_grant_id"), table_name="grant_change")
    op.drop_table("grant_change")
    op.drop_index("ix_opening_on", table_name="opening")
    op.drop_table("opening")
    op.drop_index("ix_grant_year_status", table_name="grant")
    op.drop_index(op.f("ix_grant_station_id"), table_name="grant")
    op.drop_index(op.f("ix_grant_committee_id"), table_name="grant")
    op.drop_table("grant")
    op.drop_index(op.f("ix_agenda_item_plan_id"), table_name="agenda_item")
    op.drop_table("agenda_item")
    op.drop_index(op.f("ix_section_comment_plan_id"), table_name="section_comment")
    op.drop_table("section_comment")
    op.drop_table("plan_version")
    op.drop_table("plan_venue")
    op.drop_index(op.f("ix_plan_attachment_plan_id"), table_name="plan_attachment")
    op.drop_table("plan_attachment")
    op.drop_index(op.f("ix_income_line_plan_id"), table_name="income_line")
    op.drop_table("income_line")
    op.drop_index(op.f("ix_follow_up_referral_id"), table_name="follow_up")
    op.drop_table("follow_up")
    op.drop_index(op.f("ix_cost_line_plan_id"), table_name="cost_line")
    op.drop_table("cost_line")
    op.drop_index(op.f("ix_consent_record_referral_id"), table_name="consent_record")
    op.drop_index(op.f("ix_consent_record_observation_id"), table_name="consent_record")
    op.drop_table("consent_record")
    op.drop_index(op.f("ix_calendar_rule_station_id"), table_name="calendar_rule")
    op.drop_table("calendar_rule")
    op.drop_index(op.f("ix_venue_station_id"), table_name="venue")
    op.drop_table("venue")
    op.drop_index(op.f("ix_role_assignment_station_id"), table_name="role_assignment")
    op.drop_index(op.f("ix_role_assignment_person_id"), table_name="role_assignment")
    op.drop_index("ix_role_assignment_committee", table_name="role_assignment")
    op.drop_index(op.f("ix_role_assignment_agency_id"), table_name="role_assignment")
    op.drop_table("role_assignment")
    op.drop_index("ix_referral_station_status", table_name="referral")
    op.drop_index("ix_referral_agency_status", table_name="referral")
    op.drop_table("referral")
    op.drop_index("ix_plan_status", table_name="plan")
    op.drop_index(op.f("ix_plan_station_id"), table_name="plan")
    op.drop_index("ix_plan_committee_year", table_name="plan")
    op.drop_table("plan")
    op.drop_index("ix_observation_station", table_name="observation")
    op.drop_index("ix_observation_agency_status", table_name="observation")
    op.drop_table("observation")
    op.drop_index(op.f("ix_station_committee_id"), table_name="station")
    op.drop_table("station")
    op.drop_index(op.f("ix_stored_file_sha256"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index(op.f("ix_recovery_code_person_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("presence")
    op.drop_index("ix_personal_data_view_object", table_name="personal_data_view")
    op.drop_index(op.f("ix_personal_data_view_by_id"), table_name="personal_data_view")
    op.drop_table("personal_data_view")
    op.drop_index(op.f("ix_one_time_link_person_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_index(op.f("ix_held_form_person_id"), table_name="held_form")
    op.drop_table("held_form")
    op.drop_index("ix_event_object", table_name="event")
    op.drop_index(op.f("ix_event_by_id"), table_name="event")
    op.drop_table("event")
    op.drop_table("committee")
    op.drop_table("agency")
    op.drop_index(op.f("ix_sign_in_success_key"), table_name="sign_in_success")
    op.drop_table("sign_in_success")
    op.drop_index(op.f("ix_sign_in_failure_key"), table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("person")
    op.drop_index(op.f("ix_outbox_mail_due_at"), table_name="outbox_mail")
    op.drop_table("outbox_mail")
    op.drop_table("meeting")
    op.drop_table("fiscal_year_setting")
    op.drop_table("document_series")
    op.drop_table("district")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
