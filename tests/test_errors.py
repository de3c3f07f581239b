"""Every refusal: its code, its words, what to do next, and that it survives the way back from a worker process."""

from __future__ import annotations

import pickle

import pytest

from posture import errors
from posture.errors import PostureError, UnsuitablePhoto

FACTS = {
    "not_an_image": ("the file is empty",),
    "unreadable": ("broken data stream",),
    "too_many_pixels": (120.0, 100.0),
    "no_person": ("no body",),
    "time_limit": (120.0,),
    "several_people": (2,),
    "not_side_view": (42.0, 20.0),
    "lying": (80.0,),
    "not_lying": (80.0,),
    "sitting": (70.0,),
    "squatting": (60.0,),
    "stepping": (20.0, 12.0),
    "cropped": ("ankle, heel",),
    "too_small": (150.0, 500.0),
}
#: The refusal codes of the contract, all of them, and those of the Thomas photo and of a batch.
CODES = set(FACTS) | {"missing_file", "outside_folder", "worker_ended", "facing_unclear", "leg_unclear"}
KINDS = {kind.code: kind for kind in UnsuitablePhoto.__subclasses__()}


def test_the_codes_of_the_contract() -> None:
    assert set(KINDS) == CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_refusal_says_what_was_seen_and_what_to_do(code: str) -> None:
    error = KINDS[code](*FACTS.get(code, ()))
    issue = error.issue()
    assert issue.code == code
    assert "{" not in issue.message
    for fact in FACTS.get(code, ()):
        assert (f"{fact:.0f}" if isinstance(fact, float) else str(fact)) in issue.message
    assert len(issue.retake) > 15
    back = pickle.loads(pickle.dumps(error))
    assert str(back) == str(error)
    assert type(back) is type(error)


def test_everything_that_can_go_wrong_is_one_tree() -> None:
    for thing in vars(errors).values():
        if isinstance(thing, type) and issubclass(thing, Exception):
            assert issubclass(thing, PostureError)
            assert thing.__name__ in (errors.__doc__ or ""), thing
