"""The tables of the client files: clients, their visits, the reports of each, and what was said of them."""

from __future__ import annotations

from sqlalchemy import Double, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Tables as they are now; how older ones become these stands in migrations/versions."""


class Client(Base):
    """Somebody by a pseudonym."""

    __tablename__ = "client"
    id: Mapped[int] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(unique=True, index=True)
    visits: Mapped[list[Visit]] = relationship(back_populates="client", cascade="all, delete", order_by="Visit.date")
    notes: Mapped[list[Note]] = relationship(cascade="all, delete", order_by="Note.at")
    consents: Mapped[list[SignedConsent]] = relationship(cascade="all, delete", order_by="SignedConsent.date")
    corrected: Mapped[list[Corrected]] = relationship(cascade="all, delete")


class Visit(Base):
    """One day of one client; ``date`` is ISO, so that text sorts like time. ``answers_json``: the intake.

    ``label`` : what the clinic calls the visit, "after surgery" · ``record`` : pain, function, set-up and more, JSON
    """

    __tablename__ = "visit"
    __table_args__ = (UniqueConstraint("client_id", "date"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    date: Mapped[str]
    answers_json: Mapped[str] = mapped_column("told", Text, default="")
    label: Mapped[str] = mapped_column(default="")
    record: Mapped[str] = mapped_column(Text, default="")
    client: Mapped[Client] = relationship(back_populates="visits")
    reports: Mapped[list[StoredReport]] = relationship(
        back_populates="visit", cascade="all, delete", order_by="StoredReport.id"
    )


class StoredReport(Base):
    """One report, whole, as JSON; a photo is kept once a visit and pose."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("visit_id", "sha256", "pose"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str]
    pose: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    visit: Mapped[Visit] = relationship(back_populates="reports")
    reviews: Mapped[list[Reviewed]] = relationship(cascade="all, delete", order_by="Reviewed.id")
    picture: Mapped[StoredPicture | None] = relationship(cascade="all, delete", passive_deletes=True)


class StoredPicture(Base):
    """The picture of a visit file that was attached: JPEG, its face blurred; at most one a report.

    ``stature_px``, ``ankle_x_px``, ``ankle_y_px``, ``roll_deg`` : where the body stands in it
    ``sha256`` : of the visit file's bytes
    """

    __tablename__ = "picture"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), unique=True, index=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    stature_px: Mapped[float] = mapped_column(Double)
    ankle_x_px: Mapped[float] = mapped_column(Double)
    ankle_y_px: Mapped[float] = mapped_column(Double)
    roll_deg: Mapped[float] = mapped_column(Double)
    sha256: Mapped[str]


class Reviewed(Base):
    """A reviewer's decision beside the machine's report; ``body`` is the report with points moved."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[str]
    finding: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str]
    at: Mapped[str]
    body: Mapped[str] = mapped_column(Text, default="")


class Note(Base):
    """A line about a client."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[str]


class SignedConsent(Base):
    """A form that a client has signed."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    template: Mapped[str]
    version: Mapped[str]
    date: Mapped[str]


class Corrected(Base):
    """A photo that is no longer where a batch says it is: ``pseudonym`` and ``date`` as they were.

    ``client_id`` : whose photo it is now, or was where it was dropped.
    """

    __tablename__ = "corrected"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    pseudonym: Mapped[str]
    date: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)


class Audit(Base):
    """Log of changes: action, time, actor and client; after an erasure a random number stands for the client.

    ``other`` : another client whom it concerns · ``was`` : what stood there before, JSON; empty where nothing did
    """

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(default="")
    other: Mapped[str] = mapped_column(default="")
    was: Mapped[str] = mapped_column(Text, default="")


class Setting(Base):
    """Settings of the whole clinic, JSON by name."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
