"""The first tables: clients, visits, reports, overrides, notes, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pseudonym", sa.String, nullable=False),
    )
    op.create_index("ix_client_pseudonym", "client", ["pseudonym"], unique=True)
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id", ondelete="CASCADE"), nullable=False),
        sa.Column("date", sa.String, nullable=False),
        sa.UniqueConstraint("client_id", "date"),
    )
    op.create_index("ix_visit_client_id", "visit", ["client_id"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("visit_id", sa.Integer, sa.ForeignKey("visit.id", ondelete="CASCADE"), nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("pose", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("visit_id", "sha256", "pose"),
    )
    op.create_index("ix_report_visit_id", "report", ["visit_id"])
    op.create_table(
        "override",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report_id", sa.Integer, sa.ForeignKey("report.id", ondelete="CASCADE"), nullable=False),
        sa.Column("finding", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_index("ix_override_report_id", "override", ["report_id"])
    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id", ondelete="CASCADE"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_index("ix_note_client_id", "note", ["client_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
