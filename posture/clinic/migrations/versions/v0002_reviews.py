"""Reviews take the place of overrides; visits keep what was told; settings of the clinic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_index("ix_override_report_id", "override")
    op.rename_table("override", "review")
    op.create_index("ix_review_report_id", "review", ["report_id"])
    with op.batch_alter_table("review") as table:
        table.add_column(sa.Column("verdict", sa.String, nullable=False, server_default="overridden"))
        table.add_column(sa.Column("body", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("told", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "setting",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
