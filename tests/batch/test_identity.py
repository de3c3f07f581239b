"""Whose photos may be mixed up: each sign by itself, on the photo that is the odd one out."""

from __future__ import annotations

import pytest

from posture.batch.identity import RULES, Claim, alike, identity_doubts
from posture.knowledge.load import Knowledge
from posture.text.language import load_language


def doubted(*claims: Claim) -> dict[int, list[str]]:
    return {number: [one.code for one in found] for number, found in identity_doubts(claims).items()}


def test_photos_of_one_client_that_agree_raise_none() -> None:
    claims = [
        Claim(k, "p1", f"p1/2026-0{k}-01.jpg", f"{k}" * 64, "f", 168.0 + k / 2, 40.0) for k in range(1, 4)
    ]  # shoes and the hour
    assert doubted(*claims, Claim(9, "", "p2/x.jpg")) == {}


def test_the_same_photo_under_two_clients() -> None:
    assert doubted(
        Claim(0, "p1", sha256="a" * 64), Claim(1, "p1", sha256="a" * 64), Claim(2, "p2", sha256="a" * 64),
        Claim(3, "p1"), Claim(4, "p2"), Claim(5, "", sha256="a" * 64),
    ) == {2: ["same_photo_other_client"]}  # fmt: skip


def test_the_same_photo_on_two_days_of_one_client() -> None:
    days = ("2026-03-01", "2026-03-01", "2026-05-01", "")
    assert doubted(*(Claim(k, "p1", sha256="a" * 64, day=day) for k, day in enumerate(days))) == {
        2: ["same_photo_other_day"]
    }


@pytest.mark.parametrize("other", ["P1", "p1 ", "P 1"])
def test_names_that_differ_by_case_or_blanks_only(other: str) -> None:
    claims = [Claim(0, other), Claim(1, "p1"), Claim(2, "p1"), Claim(3, "p11")]
    assert doubted(*claims) == {0: ["client_spelling"]}
    assert alike(claim.client for claim in claims) == [sorted([other, "p1"])]


@pytest.mark.parametrize(
    ("file", "is_doubted"),
    [
        ("p2/2026-03-01.jpg", True),
        ("north/2026-03-01_P2 relaxed.jpg", True),
        ("p2/p1_2026-03-01.jpg", False),
        ("p1/a.jpg", False),
        ("IMG_0001.jpg", False),
        ("p22/a.jpg", False),
        ("", False),
    ],
)
def test_a_path_that_speaks_of_another_client(file: str, is_doubted: bool) -> None:
    assert ("other_client_in_name" in doubted(Claim(0, "p1", file), Claim(1, "p2")).get(0, [])) == is_doubted


def test_the_stature_that_differs() -> None:
    statures = [168.0, 169.0, 181.0, None]
    assert doubted(*(Claim(k, "p1", stature_cm=cm) for k, cm in enumerate(statures))) == {2: ["stature_differs"]}
    assert doubted(Claim(0, "p1", stature_cm=160.0), Claim(1, "p1", stature_cm=170.0)).keys() == {0, 1}


def test_children_grow() -> None:
    assert doubted(*(Claim(k, "p1", stature_cm=cm, age_years=10.0 + k) for k, cm in enumerate((140.0, 150.0)))) == {}


def test_the_sex_that_differs() -> None:
    assert doubted(*(Claim(k, "p1", sex=sex) for k, sex in enumerate("ffm"))) == {2: ["sex_differs"]}
    assert doubted(*(Claim(k, "p1", sex=sex) for k, sex in enumerate("fm"))).keys() == {0, 1}


def test_every_doubt_has_its_german() -> None:
    german = load_language("de", Knowledge.load())
    claims = [
        Claim(0, "Ann Lee", "p2/a.jpg", "a" * 64, "f", 160.0),
        Claim(1, "Ann Lee", "b.jpg", "b" * 64, "f", 161.0),
        Claim(2, "p2", "c.jpg", "a" * 64),
        Claim(3, "ann lee", "d.jpg", "d" * 64),
        Claim(4, "Ann Lee", "e.jpg", "e" * 64, "m", 180.0, day="2026-03-01"),
        Claim(5, "Ann Lee", "f.jpg", "e" * 64, day="2026-04-01"),
    ]
    found = [one for issues in identity_doubts(claims).values() for one in issues]
    assert {one.code for one in found} == {*RULES}
    for one in found:
        said = german.text(one.message)
        assert not {"client", "photo", "file's", "cm are"} & {*said.split()}, said
        assert ("'Ann Lee'" in said) == ("'Ann Lee'" in one.message)
        assert german.text(one.retake) != one.retake
