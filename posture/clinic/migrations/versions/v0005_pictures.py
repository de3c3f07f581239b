"""Reports have a picture where a visit file was attached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report_id", sa.Integer, sa.ForeignKey("report.id", ondelete="CASCADE"), nullable=False),
        sa.Column("jpeg", sa.LargeBinary, nullable=False),
        sa.Column("stature_px", sa.Double, nullable=False),
        sa.Column("ankle_x_px", sa.Double, nullable=False),
        sa.Column("ankle_y_px", sa.Double, nullable=False),
        sa.Column("roll_deg", sa.Double, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
    )
    op.create_index("ix_picture_report_id", "picture", ["report_id"], unique=True)
