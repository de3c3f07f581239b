"""Visits have a label; the log says who, about whom else and what was before; photos that were put right are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("label", sa.String, nullable=False, server_default=""))
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("actor", sa.String, nullable=False, server_default=""))
        table.add_column(sa.Column("other", sa.String, nullable=False, server_default=""))
        table.add_column(sa.Column("was", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "corrected",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id", ondelete="CASCADE"), nullable=False),
        sa.Column("pseudonym", sa.String, nullable=False),
        sa.Column("date", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
    )
    op.create_index("ix_corrected_client_id", "corrected", ["client_id"])
    op.create_index("ix_corrected_sha256", "corrected", ["sha256"])
