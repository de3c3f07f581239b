"""Contents of a report for a person, in one language, decided once.

Pages, pictures, tables and files for other programs take it. An emergency stands alone: everything else is empty by
construction. There is one tilt, the finding's; what was estimated behind a better reading is a row of the numbers and
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from posture.errors import Issue
from posture.findings.chance import Cuts
from posture.findings.verdict import Finding, Kind, Tilt
from posture.knowledge.load import Knowledge
from posture.knowledge.records import Norm
from posture.measures.calibrate import compared_with
from posture.measures.measurement import Comparison, Measurement
from posture.plan.advise import Plan
from posture.quantity import Quantity
from posture.report.report import Report
from posture.text.labels import NAMES, SIGNS, TILT, in_people, number, odds, plain_words, sentence
from posture.text.language import ENGLISH, Language

#: Verdicts that speak of less tilt than usual.
BACKWARD: tuple[Kind, ...] = ("less_forward", "posterior_tilt", "possible_flat_back")


@dataclass(frozen=True, slots=True)
class TiltShown:
    """The one tilt in words: "22°", "12 to 32°", "higher than 99 of 100 people", and what it rests on."""

    name: str
    value: str
    interval: str
    place: str
    method: str
    grade: str
    quantity: Quantity

    @property
    def line(self) -> str:
        """Name, value and interval: "Forward tilt of the pelvis: 22° (12 to 32°)"."""
        return f"{self.name}: {self.value} ({self.interval})"


@dataclass(frozen=True, slots=True)
class Scale:
    """The reading on its scale: less – usual – more – clearly more, degrees; ``words`` say what a picture shows.

    zones : name of each zone and where it ends, the lowest first; the last has no end
    zone : index of the zone that the reading lies in, None for one too unsure to lie in any
    most, most_words : where two of three people read, and that in words
    """

    reading: Quantity
    zones: tuple[tuple[str, float | None], ...]
    zone: int | None
    most: tuple[float, float] | None
    most_words: str
    words: str


@dataclass(frozen=True, slots=True)
class Number:
    """One measure as a row of the table of numbers."""

    measure: str
    name: str
    sign: str
    value: str
    interval: str
    place: str
    norm: str
    mdc95: str
    grade: str
    method: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """All that is shown of a report.

    alert : an emergency's message; then everything below is empty
    chances : sentences, the first that of the verdict · caveats : what the reading cannot know, said once
    reasons, issues, notes : why there is no measurement, what made it less sure, what is known beside; message and
        retake in words
    because : what the verdict rests on · steps : what would raise the certainty, best first
    """

    alert: str | None
    headline: str
    tilt: TiltShown | None = None
    scale: Scale | None = None
    chances: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    because: str = ""
    steps: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    issues: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    numbers: tuple[Number, ...] = ()
    plan: Plan | None = None


def present(report: Report, knowledge: Knowledge, language: Language | None = None) -> Presentation:
    """Contents of a report for a person, in English where no language is given."""
    language = language or ENGLISH
    tr = language.text
    if report.emergency and report.plan is not None:
        return Presentation(tr(report.plan.message), tr("Get help now"))
    finding = report.finding
    tilt = None if finding is None or finding.tilt is None else _tilt(finding.tilt, language)
    return Presentation(
        alert=None,
        headline=_headline(report, language),
        tilt=tilt,
        scale=None if finding is None else _scale(finding, knowledge, language),
        chances=() if finding is None else _chances(finding, knowledge, language),
        caveats=() if finding is None or finding.tilt is None else _caveats(finding.tilt, language),
        because="" if finding is None else tr(plain_words(finding.because, knowledge)),
        steps=() if finding is None else tuple(tr(step) for step in finding.next_steps),
        reasons=_issues(report.reasons, language),
        issues=_issues(report.warnings, language),
        notes=tuple((tr(note.message), tr(note.retake)) for note in report.notes),
        numbers=tuple(
            _number(name, measured, knowledge, language) for name, measured in report.measurements.measured().items()
        ),
        plan=report.plan,
    )


def _headline(report: Report, language: Language) -> str:
    if report.status == "refused":
        return language.text("This photo could not be measured")
    if report.finding is None:
        return language.text("Measured")
    return language.text(report.finding.headline)


def _tilt(tilt: Tilt, language: Language) -> TiltShown:
    return TiltShown(
        name=language.text(TILT),
        value=number(tilt.quantity.value, "deg"),
        interval=_interval(tilt.quantity, language),
        place=language.text(in_people(tilt.comparison.of_100)) if tilt.comparison and tilt.comparison.of_100 else "",
        method=language.text(tilt.method),
        grade=tilt.grade,
        quantity=tilt.quantity,
    )


def _interval(quantity: Quantity, language: Language) -> str:
    return language.text("{low} to {high}").format(
        low=number(quantity.low95, ""), high=number(quantity.high95, quantity.unit)
    )


def _scale(finding: Finding, knowledge: Knowledge, language: Language) -> Scale | None:
    if finding.tilt is None or finding.cuts is None:
        return None
    tr, reading = language.text, finding.tilt.quantity
    zones = tuple((tr(name), end) for name, end in zones_of(finding.cuts))
    zone = None if finding.kind == "inconclusive" else zone_of(reading.value, finding.cuts)
    norm = knowledge.norms[finding.tilt.measure]
    most = (norm.mean - norm.sd, norm.mean + norm.sd) if finding.tilt.comparison is not None else None
    words = [f"{tr(TILT)}: {number(reading.value, 'deg')} ({_interval(reading, language)})."]
    if zone is not None:
        words.append(tr("On the scale: {zone}.").format(zone=zones[zone][0]))
    many = "" if most is None else most_people(most, language)
    return Scale(reading, zones, zone, most, many, " ".join([*words, many]).strip())


def zones_of(cuts: Cuts) -> tuple[tuple[str, float | None], ...]:
    """The zones of the scale and where each ends: less, usual, more, clearly more."""
    return ("less", cuts.less), ("usual", cuts.more), ("more", cuts.clearly), ("clearly more", None)


def zone_of(reading: float, cuts: Cuts) -> int:
    """Index of the zone that a reading lies in: 22 with cuts at 3.8, 15.9 and 20.4 gives 3, clearly more."""
    return (reading > cuts.less) + (reading >= cuts.more) + (reading >= cuts.clearly)


def most_people(most: tuple[float, float], language: Language) -> str:
    """Range of two of three people: (5.2, 15.6) gives "Two of three people read 5 to 16°."."""
    low, high = number(most[0], ""), number(most[1], "deg")
    return language.text("Two of three people read {low} to {high}.").format(low=low, high=high)


def _chances(finding: Finding, knowledge: Knowledge, language: Language) -> tuple[str, ...]:
    chance, rules, tr = finding.chance, knowledge.verdict, language.text
    if chance is None or finding.kind == "inconclusive":  # the line's residual is that of surer readings
        return ()
    ordinary = Quantity(rules.prior_mean_deg, rules.prior_sd_deg, "deg")
    sentences = []
    if finding.kind in BACKWARD:
        sentences.append(
            tr(
                "Chance that it tips forward by less than {limit}: {chance}; among people in general {ordinary}."
            ).format(
                limit=number(rules.little_forward_deg, "deg"),
                chance=tr(odds(chance.little_forward)),
                ordinary=tr(odds(ordinary.probability_below(rules.little_forward_deg))),
            )
        )
    sentences.append(
        tr("Chance that it tips forward by more than {limit}: {chance}; among people in general {ordinary}.").format(
            limit=number(rules.forward_deg, "deg"),
            chance=tr(odds(chance.forward)),
            ordinary=tr(odds(chance.ordinary_forward)),
        )
    )
    return tuple(sentences)


def chance_details(finding: Finding | None, language: Language) -> tuple[str, ...]:
    """Details behind the chance: its range, and the chances of the other limits."""
    if finding is None or finding.chance is None or finding.kind == "inconclusive":
        return ()
    tr, chance = language.text, finding.chance
    least, most = (f"{100 * share:.0f}" for share in chance.forward_range)
    parts = [
        tr("How people in general stand is known to about 2°: that alone leaves {least} to {most} of 100.").format(
            least=least, most=most
        )
    ]
    for words, share in (
        ("forward tilt of more than 20°", chance.clearly_forward),
        ("backward tilt", chance.backward),
        ("sway-back stance", finding.p_sway_back),
        ("flat lower back with little tilt", finding.p_flat_back),
    ):
        if share is not None:
            parts.append(f"{sentence(tr(words))}: {tr(odds(share))}.")
    return tuple(parts)


def _caveats(tilt: Tilt, language: Language) -> tuple[str, ...]:
    """Limits of an outline; marked points and typed readings speak of the bones themselves."""
    if tilt.grade != "C":
        return ()
    return (
        language.text(
            "It is read from the outline. A calliper on the hip bones may read up to 7° more or less, since bones "
            "differ. A strong tilt reads low."
        ),
    )


def _issues(issues: tuple[Issue, ...], language: Language) -> tuple[tuple[str, str], ...]:
    return tuple((sentence(language.text(one.message)), language.text(one.retake)) for one in issues)


def _place(place: Comparison, norm: Norm, language: Language) -> str:
    """Higher than so many of 100; the range of two of three people where the norm is of too few to say that."""
    if place.of_100 is not None:
        return language.text("higher than {n} of 100").format(n=place.of_100)
    ends = {"low": number(norm.mean - norm.sd, ""), "high": number(norm.mean + norm.sd, norm.unit)}
    return language.text("two of three people: {low} to {high}").format(**ends)


def _number(name: str, measured: Measurement, knowledge: Knowledge, language: Language) -> Number:
    tr, place = language.text, measured.comparison
    nobody = "the norms are of adults" if name in knowledge.norms else "no norm exists"
    return Number(
        measure=name,
        name=tr(NAMES[name]),
        sign=tr(SIGNS[name]),
        value=number(measured.quantity.value, measured.quantity.unit),
        interval=_interval(measured.quantity, language),
        place=tr(nobody) if place is None else _place(place, compared_with(name, place, knowledge), language),
        norm="" if place is None else tr(plain_words(place.norm, knowledge)),
        mdc95=number(measured.mdc95, measured.quantity.unit),
        grade=measured.grade,
        method=tr(measured.method),
    )
