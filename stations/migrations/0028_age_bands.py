"""Age bands are data of a fiscal year. Years that were counted, or whose terms are set, keep those that there were.

A tap's band is held by its count, whose year has such a band: so no row of a tap need be written again.

Revision ID: 0028_age_bands
Revises: 0027_asked_keys
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers
from stations.core.migrations import without_foreign_keys
from stations.core.schema import choice, integer, json, make_table, moment, refers, text, unique_where

revision = "0028_age_bands"
down_revision = "0027_asked_keys"

BANDS = (
    ("preschool", "未就学", "Preschool"),
    ("elementary", "小学生", "Primary school"),
    ("teen", "中高生", "Secondary school"),
    ("age_18_39", "18–39歳", "18–39"),
    ("age_40_64", "40–64歳", "40–64"),
    ("age_65_plus", "65歳以上", "65 and over"),
    ("unknown", "年代不明", "Age not known"),
)
STATES = ("waiting", "approved", "returned", "replaced")
CODES = ", ".join(f"'{code}'" for code, *_names in BANDS)
WAITING = sa.text("status = 'waiting'")


def upgrade() -> None:
    bands = _make_tables()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    month_of_year = (
        "CAST(strftime('%Y', month, '-3 months') AS INTEGER)"
        if on_sqlite
        else "CAST(EXTRACT(YEAR FROM month - INTERVAL '3 months') AS INTEGER)"
    )
    with op.batch_alter_table("opening_count") as count:
        count.add_column(
            sa.Column(
                "fiscal_year",
                sa.Integer(),
                nullable=True,
                comment="of the opening's day, whose age bands are counted",
            )
        )
    op.execute(sa.text(f"UPDATE opening_count SET fiscal_year = {month_of_year}"))  # noqa: S608  (our own words)
    years = op.get_bind().scalars(
        sa.text("SELECT fiscal_year FROM opening_count UNION SELECT fiscal_year FROM fiscal_year_setting")
    )
    rows = [
        {
            "fiscal_year": year,
            "code": code,
            "label": label,
            "label_en": label_en,
            "position": place,
            "colour": place,
        }
        for year in sorted(years)
        for place, (code, label, label_en) in enumerate(BANDS, start=1)
    ]
    if rows:
        op.bulk_insert(bands, rows)
    with op.batch_alter_table("opening_count") as count:
        count.drop_constraint(op.f("ck_opening_count_attendance_ageband"), type_="check")
        count.alter_column("fiscal_year", existing_type=sa.Integer(), nullable=False)
        count.create_foreign_key(
            op.f("fk_opening_count_fiscal_year"), "age_band", ["fiscal_year", "band"], ["fiscal_year", "code"]
        )
    _hold_tap(to_the_old_bands=False)


def downgrade() -> None:
    """What an older version could not read is not thrown away."""
    other = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM tap WHERE band NOT IN ({CODES})"))  # noqa: S608  (our own words)
    if other:
        raise RuntimeError(f"taps in age bands that an older version does not know: {other}")
    _hold_tap(to_the_old_bands=True)
    with op.batch_alter_table("opening_count") as count:
        count.drop_constraint(op.f("fk_opening_count_fiscal_year"), type_="foreignkey")
        count.drop_column("fiscal_year")
        count.create_check_constraint(op.f("ck_opening_count_attendance_ageband"), f"band IN ({CODES})")
    op.drop_table("age_band_draft")
    op.drop_table("age_band")


def _hold_tap(*, to_the_old_bands: bool) -> None:
    """SQLite builds the table again for another CHECK, and its triggers with it."""
    name, comment = (
        op.f("ck_tap_attendance_ageband"),
        "code of an age band; its count is held to those of the fiscal year",
    )
    with without_foreign_keys():
        with op.batch_alter_table("tap") as tap:
            if to_the_old_bands:
                tap.create_check_constraint(name, f"band IN ({CODES})")
            else:
                tap.drop_constraint(name, type_="check")
            tap.alter_column(
                "band",
                existing_type=sa.String(40),
                existing_nullable=True,
                comment=None if to_the_old_bands else comment,
                existing_comment=comment if to_the_old_bands else None,
            )
        if op.get_bind().dialect.name == "sqlite":
            for statement in append_only_triggers("tap", "sqlite"):
                op.execute(statement)


def _make_tables() -> sa.Table:
    bands = make_table(
        "age_band",
        integer("fiscal_year"),
        sa.Column(
            "code", sa.String(40), nullable=False, comment="the same in every year that calls it the same"
        ),
        text("label"),
        text("label_en"),
        integer("position", comment="from 1, as the tiles stand"),
        integer("colour", comment="place in the palette"),
        unique=[("fiscal_year", "code"), ("fiscal_year", "position"), ("fiscal_year", "colour")],
        checks={
            "label": "length(label) BETWEEN 1 AND 12",
            "label_en": "length(label_en) BETWEEN 1 AND 24",
            "position": "position BETWEEN 1 AND 7",
            "colour": "colour BETWEEN 1 AND 7",
            "unknown_last": "(code = 'unknown') = (position = 7)",
            "unknown_grey": "(code = 'unknown') = (colour = 7)",
        },
        sqlite_autoincrement=True,
    )
    make_table(
        "age_band_draft",
        integer("fiscal_year"),
        json("bands", comment="label, label_en and colour of each, in their order; without 年代不明"),
        choice("status", ("waiting", "approved", "returned", "replaced"), "attendance_banddraftstatus"),
        refers("drafted_by_id", "person"),
        moment("drafted_at"),
        text("decision_reason", comment="why it was returned"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "decided": "(status = 'waiting') = (decided_at IS NULL)",
            "decided_by": "(status IN ('approved', 'returned')) = (decided_by_id IS NOT NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
        },
    )
    unique_where("uq_age_band_draft_waiting", "age_band_draft", ["fiscal_year"], WAITING)
    return bands
