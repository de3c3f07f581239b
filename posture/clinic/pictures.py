"""Visit files attached to a client's visits: report, answers and picture; no other picture is ever kept."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from posture.clinic.attachment import Attached, Attachment, PictureOutcome
from posture.clinic.keeping import Keeping, Place
from posture.clinic.ledger import check
from posture.clinic.merge import SaveOutcome, photo_key
from posture.clinic.tables import Client, StoredPicture, StoredReport, Visit
from posture.errors import UsageError
from posture.followup.timeline import STANDING
from posture.followup.visit_picture import VisitPicture
from posture.message import Message


class Pictures(Keeping):
    """Store of visit files' pictures; every method is one transaction."""

    def attach(self, pseudonym: str, files: Sequence[Attachment], new: bool = False) -> list[Attached]:
        """Attach visit files to a client's visits, all or none; ``new`` adds a client where nobody has the id.

        The report is kept as by `keep`, under the pose that the photo has at that visit. Of two pictures of one photo
        the later file's stays, unless its report is of an older version. Raises UsageError for a client who is not
        there, and for a photo that is in the client's file under another day.
        """
        check(pseudonym)
        return self._tried_twice(lambda session: [self._attach(session, pseudonym, one, new) for one in files])

    def remove_pictures(self, pseudonym: str, date: str) -> int:
        """Take the pictures of a visit away for good, the numbers stay; how many there were.

        Raises UsageError for a visit without any.
        """
        with self._session() as session:
            client = self._client(session, pseudonym)
            reports = [kept for visit in client.visits if visit.date == date for kept in visit.reports]
            pictures = [kept.picture for kept in reports if kept.picture is not None]
            if not pictures:
                words = "client {name} has no picture of a visit on {date}"
                raise UsageError(Message(words, name=repr(pseudonym), date=date))
            for picture in pictures:
                session.delete(picture)
            self._note_down(session, "picture taken away", pseudonym, was={"date": date})
        self._database.write_anew("the picture is taken away")
        return len(pictures)

    def _attach(self, session: Session, pseudonym: str, file: Attachment, new: bool) -> Attached:
        visit, unread = file.visit, file.sha256[:16]
        photo = photo_key(visit.report, unread)
        if not new or session.scalar(select(Client.id).where(Client.pseudonym == pseudonym)) is not None:
            pose = _pose_there(self._client(session, pseudonym), visit.date, photo)
        else:
            pose = ""
        report = visit.report if pose in STANDING else replace(visit.report, finding=None, plan=None)
        outcome, kept = self._keep(session, Place(pseudonym, visit.date, pose), report, visit.intake, unread)
        session.flush()
        return Attached(visit.date, photo, outcome, self._keep_picture(session, pseudonym, kept, file, outcome))

    def _keep_picture(
        self, session: Session, pseudonym: str, kept: StoredReport, file: Attachment, outcome: SaveOutcome
    ) -> PictureOutcome:
        picture, there = file.visit.picture, kept.picture
        if picture is None:
            return "none"
        if there is not None and (there.sha256 == file.sha256 or outcome == "older"):
            return "known"
        if there is not None:
            session.delete(there)
            session.flush()
        (x, y) = picture.ankle_px
        kept.picture = StoredPicture(
            jpeg=picture.jpeg,
            stature_px=picture.stature_px,
            ankle_x_px=x,
            ankle_y_px=y,
            roll_deg=picture.roll_deg,
            sha256=file.sha256,
        )
        self._note_down(session, "picture attached" if there is None else "picture replaced", pseudonym)
        return "added" if there is None else "replaced"

    def _picture_loaders(self, session: Session, client: Client) -> dict[int, Callable[[], VisitPicture]]:
        """Loaders of the pictures of a client's reports, by the report's number."""
        asked = (
            select(StoredPicture.report_id, StoredPicture.id)
            .join(StoredReport, StoredPicture.report_id == StoredReport.id)
            .join(Visit)
            .where(Visit.client_id == client.id)
        )
        return {report: partial(self._load_picture, picture) for report, picture in session.execute(asked)}

    def _load_picture(self, number: int) -> VisitPicture:
        with self._session() as session:
            kept = session.get(StoredPicture, number)
            if kept is None:
                raise UsageError("this picture was taken away just now: load the page again")
            return VisitPicture(kept.jpeg, kept.stature_px, (kept.ankle_x_px, kept.ankle_y_px), kept.roll_deg)


def exported_picture(kept: StoredReport) -> dict[str, Any] | None:
    """The picture of a report with where the body stands in it, as JSON's own kinds; None where none is kept."""
    picture = kept.picture
    if picture is None:
        return None
    return {
        "jpeg_base64": b64encode(picture.jpeg).decode(),
        "stature_px": picture.stature_px,
        "ankle_px": [picture.ankle_x_px, picture.ankle_y_px],
        "roll_deg": picture.roll_deg,
        "visit_file_sha256": picture.sha256,
    }


def _pose_there(client: Client, date: str, photo: str) -> str:
    """The pose under which a photo stands at a visit; empty where it is not there.

    Raises UsageError where it stands at another visit of the client only.
    """
    found = [(visit.date, kept.pose) for visit in client.visits for kept in visit.reports if kept.sha256 == photo]
    here = [pose for day, pose in found if day == date]
    if found and not here:
        words = "this photo is in the file of {name} already, under {date}: give that day to attach the visit to it"
        raise UsageError(Message(words, name=repr(client.pseudonym), date=found[0][0]))
    return next((pose for pose in here if pose in STANDING), here[0] if here else "")
