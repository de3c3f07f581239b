"""Visits have a record: pain, function, exercise, inclinometer, set-up; clients have consents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("record", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id", ondelete="CASCADE"), nullable=False),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("date", sa.String, nullable=False),
    )
    op.create_index("ix_consent_client_id", "consent", ["client_id"])
