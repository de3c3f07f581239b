"""The generator of people: what it says of a body is true of the body."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from validation.people.mesh import DATA

pytestmark = pytest.mark.skipif(
    not (DATA / "3dobjs" / "base.obj").is_file(),
    reason="SKIPPED LOUDLY: no mesh data here (python -m validation.people.fetch); the generator was not tested",
)


@pytest.fixture(scope="module", params=[0.0, 1.0], ids=["woman", "man"])
def vertices(request: pytest.FixtureRequest):
    from validation.people.body import Shape, rest

    return rest(Shape(sex=request.param, age=0.2))


@pytest.mark.parametrize("turn", [-10.0, 0.0, 10.0, 25.0])
def test_a_turn_of_the_pelvis_is_the_change_of_tilt(vertices, turn: float) -> None:
    from validation.people.body import Posture, pose

    neutral, turned = (pose(vertices, Posture(pelvis=p)).truth["tilt"] for p in (0.0, turn))
    assert turned - neutral == pytest.approx(turn, abs=1e-6)
    assert 5 < neutral < 15  # the rest pose stands like people do, about 10 degrees


@pytest.mark.parametrize("name", ["marked", "loose_shirt", "arm_over_back"])
def test_nothing_pokes_through_the_clothes_of_a_ray_traced_person(name: str) -> None:
    from validation.people.outfit import LAYER, dress, fitted, normals
    from validation.people.sets import STORIES

    person = STORIES[name].person()
    worn = dress(person.body().vertices, person.outfit)
    below = worn[0].vertices
    outwards = normals(below, worn[0].faces)
    parts = {part.name: part for part in fitted(worn)}
    for under, over in (("skin", "bottom"), ("skin", "top"), ("bottom", "top")):
        shared = np.intersect1d(np.unique(parts[under].faces), np.unique(parts[over].faces))
        gap = ((parts[over].vertices - parts[under].vertices) * outwards).sum(axis=1)[shared]
        assert gap.min() > 0.9 * LAYER[over], (under, over)


def test_a_top_without_sleeves_has_one_lower_hem() -> None:
    from validation.people.mesh import mesh
    from validation.people.outfit import _neighbours, _region

    vertices = mesh().vertices
    hem = np.flatnonzero(_neighbours(_region("tank"), len(vertices))[1])
    hips = vertices[hem][vertices[hem, 1] < np.median(vertices[hem, 1]) - 0.1]
    assert len(hips) > 20
    assert np.ptp(hips[:, 1]) < 0.08


def test_the_skin_over_the_bones_follows_them(vertices) -> None:
    """To a degree or two from -10 to +25 (docs/science.md, How a generated body is built: about one)."""
    from validation.people.body import Posture, body_vertices, pelvic_marks, pose
    from validation.people.mesh import rig

    marks = pelvic_marks(vertices, rig().heads(vertices))
    skin = body_vertices()
    nearest = {n: skin[np.linalg.norm(vertices[skin] - p, axis=1).argmin()] for n, p in marks.items()}

    def skin_tilt(pelvis: float) -> float:
        moved = pose(vertices, Posture(pelvis=pelvis)).vertices
        asis, psis = (moved[[nearest[f"{n}.L"], nearest[f"{n}.R"]]].mean(axis=0) for n in ("ASIS", "PSIS"))
        return float(np.degrees(np.arctan2(psis[1] - asis[1], asis[2] - psis[2])))

    for turn in (-10.0, 25.0):
        assert skin_tilt(turn) - skin_tilt(0.0) == pytest.approx(turn, abs=2.0)


def test_the_legs_stand_as_they_are_told(vertices) -> None:
    from validation.people.body import Posture, pose

    truth = pose(vertices, Posture(thigh=4.0, shank=7.0)).truth
    assert truth["thigh_incl"] == pytest.approx(4.0, abs=0.01)
    assert truth["shank_incl"] == pytest.approx(7.0, abs=0.01)
    assert truth["knee_flexion"] == pytest.approx(3.0, abs=0.01)


def test_an_upright_thorax_carries_the_shoulders_forward_with_the_pelvis(vertices) -> None:
    """About a third of a degree of trunk lean per degree of tilt (docs/science.md, How a generated body is built)."""
    from validation.people.body import Posture, pose

    leans = [pose(vertices, Posture(pelvis=p)).truth["trunk_incl"] for p in (0.0, 10.0)]
    assert 0.2 < (leans[1] - leans[0]) / 10 < 0.45


@pytest.mark.parametrize(("side", "forward"), [("left", -1), ("right", 1)])
def test_the_camera_sees_the_named_side(vertices, side: str, forward: int) -> None:
    from validation.people.body import Posture, pose
    from validation.people.camera import HEIGHT, Camera, silhouette

    body = pose(vertices, Posture())
    camera = Camera(side=side)
    asis, psis = (camera.project(body.joints[f"{n}.L"][None])[0][0] for n in ("ASIS", "PSIS"))
    assert np.sign(asis[0] - psis[0]) == forward
    near, far = (camera.project(body.joints[f"hip.{s}"][None])[1][0] for s in ("LR" if side == "left" else "RL"))
    assert near < far
    rows = np.flatnonzero(silhouette(body.vertices, camera).any(axis=1))
    assert 0.6 * HEIGHT < np.ptp(rows) < HEIGHT


def test_roll_turns_the_picture() -> None:
    """A camera rolled clockwise sees a plumb line lean to the left at its top, as view.roll_of_plumb_line says."""
    from posture.body.overrides import roll_of_plumb_line
    from validation.people.camera import Camera

    line = np.array([[0.0, 1.6, 0.0], [0.0, 0.2, 0.0]])
    upper, lower = Camera(roll=5.0).project(line)[0]
    assert roll_of_plumb_line(tuple(upper), tuple(lower)) == pytest.approx(5.0, abs=0.05)


@pytest.fixture(scope="module")
def natural():
    from validation.people.person import draw

    return [draw(seed) for seed in range(24)]


class TestPerson:
    def test_a_person_stands_at_the_rotation_that_is_said(self, natural) -> None:
        for person in natural:
            assert person.body().truth["tilt"] == pytest.approx(person.rotation, abs=1e-6)
            assert person.body(5.0).truth["tilt"] == pytest.approx(person.rotation + 5, abs=1e-6)

    def test_one_seed_one_person(self, natural) -> None:
        from validation.people.person import draw

        again, other = draw(3), draw(4)
        assert np.array_equal(again.body().vertices, natural[3].body().vertices)
        assert not np.array_equal(other.vertices, again.vertices)
        assert draw(3, "free").rotation == again.rotation
        assert draw(3, "free").shape == again.shape

    def test_people_stand_as_adults_do(self, natural) -> None:
        """Hip +6.1 ± 4, thigh +3.3 ± 3, displacement 4.2 ± 1 (docs/science.md, Norms); 24 know a mean to SD / 5."""
        truths = [person.body().truth for person in natural]
        for name, mean, sd in (("hip_angle", 6.1, 4), ("thigh_incl", 3.3, 3), ("pelvic_displacement", 4.2, 1)):
            values = np.array([truth[name] for truth in truths])
            assert values.mean() == pytest.approx(mean, abs=0.6 * sd), name
            assert 0.5 * sd < values.std(ddof=1) < 1.6 * sd, name

    def test_the_population_decides_how_far_the_curve_is_personal(self) -> None:
        from validation.people.person import draw

        spread = {c: np.std([draw(seed, c).lumbar_offset for seed in range(12)]) for c in ("tied", "loose", "free")}
        assert spread["tied"] == 0
        assert spread["loose"] < spread["free"]

    def test_another_photo_is_the_same_person_standing_anew(self, natural) -> None:
        person = natural[2]
        again = person.another_photo(1, 17.0)
        assert again.body().truth["tilt"] == pytest.approx(17.0, abs=1e-6)
        assert again.vertices is person.vertices
        assert again.outfit == person.outfit
        assert again.asis_psis - again.rotation == pytest.approx(person.asis_psis - person.rotation)
        assert again.posture.thigh != person.posture.thigh

    def test_those_who_sway_are_beyond_every_limit_of_the_rule_on_average(self) -> None:
        from validation.people.person import draw

        truths = [draw(seed, stance="sway_back").body().truth for seed in range(12)]
        means = {name: np.mean([truth[name] for truth in truths]) for name in truths[0]}
        assert means["pelvic_displacement"] > 6
        assert means["trunk_incl"] < -6
        assert means["hip_angle"] > 12

    @pytest.mark.parametrize(
        ("stance", "lowest"), [("sitting", "foot"), ("half_kneeling", "knee"), ("lying", "back"), ("stepping", "foot")]
    )
    def test_who_does_not_stand_is_posed_so(self, stance: str, lowest: str) -> None:
        from validation.people.person import draw

        joints = draw(5, stance=stance).body().joints
        knee, hip, shoulder = (joints[f"{name}.R"] for name in ("knee", "hip", "shoulder"))
        if lowest == "back":
            assert abs(shoulder[1] - hip[1]) < 0.25 * abs(shoulder[2] - hip[2])
        elif lowest == "knee":
            assert knee[1] < 0.25
        elif stance == "sitting":
            assert knee[2] - hip[2] > 0.3
            assert abs(knee[1] - hip[1]) < 0.15
        else:
            assert abs(joints["ankle.L"][2] - joints["ankle.R"][2]) > 0.3


class TestOutfit:
    def stand_off(self, fit: str, seed: int = 3) -> np.ndarray:
        """Distances of the top's cloth from the skin, m."""
        from validation.people.outfit import dress
        from validation.people.person import draw

        person = draw(seed, fit=fit)
        parts = {part.name: part for part in dress(person.body().vertices, person.outfit)}
        ids = np.unique(parts["top"].faces)
        return np.linalg.norm(parts["top"].vertices[ids] - parts["skin"].vertices[ids], axis=1)

    def test_tight_cloth_lies_on_the_skin_and_loose_cloth_does_not(self) -> None:
        tight, normal, loose = (np.median(self.stand_off(fit)) for fit in ("tight", "normal", "loose"))
        assert tight < 0.007
        assert tight < normal < loose
        assert loose > 0.008

    def test_a_hanging_shirt_fills_the_hollow_of_the_back(self) -> None:
        from dataclasses import replace

        from validation.people.camera import Camera
        from validation.people.outfit import Outfit, dress
        from validation.people.paint import mask
        from validation.people.person import draw

        person = draw(4, spread="wide")
        body = person.body()
        camera = replace(Camera(side="right"), field=person.camera.field)

        def hollow(hang: float) -> float:
            """How far the middle of the back lies in front of the straight line over it, px."""
            shirt = Outfit("loose", "tee", "leggings", 0.01, hang, 0.0)
            edge = mask(dress(body.vertices, shirt), camera).argmax(axis=1).astype(float)
            hip, shoulder = (int(camera.project(body.joints[f"{n}.R"][None])[0][0, 1]) for n in ("hip", "shoulder"))
            rows = np.arange(shoulder, hip)
            ends = np.interp(rows, [rows[0], rows[-1]], [edge[rows[0]], edge[rows[-1]]])
            return float(np.max(edge[rows] - ends))

        assert hollow(0.9) < 0.75 * hollow(0.0)


def test_a_stranger_is_another_body_of_the_same_seed() -> None:
    from validation.people.person import LOCAL, draw
    from validation.people.strangers import STRANGERS, TARGETS
    from validation.people.wider import TARGETS as WIDER

    theirs, ours = ({f"{n}-{way}" for n, *ways in targets for way in ways} for targets in (TARGETS, LOCAL + WIDER))
    assert not theirs & ours
    own, other = draw(7), draw(7, family=STRANGERS)
    moved = np.linalg.norm(own.vertices - other.vertices, axis=1)
    assert 0.003 < np.median(moved) < 0.04
    assert other.body().truth["tilt"] == pytest.approx(own.body().truth["tilt"], abs=1e-6)
    assert np.array_equal(draw(7, family=STRANGERS).vertices, other.vertices)


def test_matched_bodies_vary_as_real_ones_do() -> None:
    """400 bodies hold every row of the statistics of scanned and measured people."""
    from validation.bodies import FIRST, PEOPLE, one
    from validation.people.real_bodies import off

    assert off([one(("matched", FIRST + k)) for k in range(PEOPLE)]) == {}
    assert len(off([one(("own", FIRST + k)) for k in range(40)])) > 5


def test_nothing_that_fits_or_chooses_knows_the_matched_family() -> None:
    from validation.people.cousins import TARGETS as COUSINS
    from validation.people.matched import TARGETS
    from validation.people.person import LOCAL
    from validation.people.sisters import TARGETS as SISTERS
    from validation.people.wider import TARGETS as WIDER

    def named(targets) -> set[str]:
        return {f"{name}-{way}" for name, *ways in targets for way in ways}

    assert not named(TARGETS) & named((*LOCAL, *WIDER, *SISTERS, *COUSINS))
    assert not named(COUSINS) & named((*LOCAL, *WIDER, *SISTERS))
    root = Path(__file__).parent.parent / "validation"
    for name in ("fit", "learners", "vectors", "people/sisters", "people/cousins", "people/trunk"):
        assert "people.matched" not in (root / f"{name}.py").read_text("utf-8"), name


def test_the_sets_share_no_seed_but_where_only_the_wall_differs() -> None:
    from validation.people.sets import CHOSEN_ON, FITTED_ON, JUDGED_ON, SETS

    seeds = {name: {recipe.seed for recipe in recipes} for name, recipes in SETS.items()}
    same_people = {"tight", "door", "picture", "near_door", "near_picture", "busy"}
    for a in seeds:
        for b in seeds:
            if a < b and not {a, b} <= same_people:
                assert not seeds[a] & seeds[b], (a, b)
    assert {recipe.family for name in FITTED_ON for recipe in SETS[name]} == {"own", "wider", "sisters"}
    assert {recipe.family for name in CHOSEN_ON for recipe in SETS[name]} == {"strangers", "cousins"}
    assert {recipe.family for name in JUDGED_ON for recipe in SETS[name]} == {"own", "strangers", "matched"}
    assert not {*FITTED_ON, *CHOSEN_ON} & {*JUDGED_ON}


def test_painting_goes_on_where_it_was_killed(tmp_path) -> None:
    """Archives of these very people are kept; others, and what was being written, are made anew."""
    from validation.observed import Seen, save
    from validation.people.sets import PER_FILE, SETS, _kept, make, name_of

    def archive(seeds) -> list[Seen]:
        return [Seen({"seed": seed, "name": name_of("arms", k)}, None, "model") for k, seed in enumerate(seeds)]

    seeds = [recipe.seed for recipe in SETS["arms"]]
    assert len(seeds) == PER_FILE
    file, whole = tmp_path / "arms_0.npz", range(len(seeds))
    assert _kept(file, "arms", whole) is None
    save(archive(seeds[1:] + seeds[:1]), file)
    assert _kept(file, "arms", whole) is None
    save(archive(seeds[:7]), file)
    assert _kept(file, "arms", whole) is None
    save(archive(seeds), file)
    before = file.stat().st_mtime_ns
    assert len(make("arms", tmp_path, resume=True)) == len(seeds)
    assert file.stat().st_mtime_ns == before


def test_the_wider_family_is_wider_and_stands_as_it_is_told() -> None:
    from validation.people.body import body_vertices
    from validation.people.family import OWN
    from validation.people.person import draw
    from validation.people.wider import WIDER

    own, wider = ([draw(seed, family=family) for seed in range(800, 812)] for family in (OWN, WIDER))
    for person in wider:
        assert person.body().truth["tilt"] == pytest.approx(person.rotation, abs=1e-6)

    def differ(people) -> float:
        """How differently the middle of the back runs from the loins to the shoulder blades, statures."""
        runs = []
        for person in people:
            skin = person.vertices[body_vertices()] / person.stature
            middle = skin[(np.abs(skin[:, 0]) < 0.03) & (skin[:, 2] < 0)]
            heights = np.linspace(0.02, 0.22, 9)
            back = np.array([middle[np.abs(middle[:, 1] - y) < 0.02, 2].min() for y in heights])
            runs.append(back - np.polyval(np.polyfit(heights, back, 1), heights))
        return float(np.std(runs, axis=0).mean())

    assert differ(wider) > 1.2 * differ(own)
    assert len({person.outfit.even for person in wider}) == 2
    assert np.std([person.skin.fade for person in wider]) > 0.01
    assert len({person.skin for person in own}) == 1


def test_even_cloth_keeps_one_distance() -> None:
    from dataclasses import replace

    from validation.people.outfit import dress
    from validation.people.person import draw

    person = draw(3, fit="normal")
    bare = person.body().vertices

    def apart(even: bool) -> np.ndarray:
        top = next(p for p in dress(bare, replace(person.outfit, even=even, folds=0.0, hang=0.0)) if p.name == "top")
        ids = np.unique(top.faces)
        return np.linalg.norm(top.vertices[ids] - bare[ids], axis=1)

    assert np.subtract(*np.percentile(apart(True), [90, 10])) < 0.3 * np.subtract(
        *np.percentile(apart(False), [90, 10])
    )


def test_the_painter_paints_what_the_mask_says() -> None:
    from validation.people.outfit import dress
    from validation.people.paint import Room, mask, paint
    from validation.people.person import draw

    person = draw(9)
    parts = dress(person.body().vertices, person.outfit)
    picture = paint(parts, person.camera, Room("plain", 4, 1)).astype(float)
    inside = mask(parts, person.camera) > 0
    assert picture.shape == (1280, 720, 3)
    assert abs(picture[inside].mean() - picture[~inside].mean()) > 30
    assert np.array_equal(paint(parts, person.camera, Room("plain", 4, 1)), picture.astype(np.uint8))


def test_an_arm_over_the_back_is_known() -> None:
    from validation.people.person import draw
    from validation.people.sets import arm_over_back

    clear, covered = draw(11, arms="crossed"), draw(11, arms="over_back")
    assert arm_over_back(clear, clear.body()) < 0.3
    assert arm_over_back(covered, covered.body()) > 2


def test_the_true_edge_of_the_back_moves_out_where_an_arm_covers_it() -> None:
    from validation.outline import true_edge
    from validation.people.sets import STORIES

    person = STORIES["arm_over_back"].person()
    body = person.body()
    side = "left" if person.camera.side == "right" else "right"  # facing right, the back is the left edge
    outwards = -1.0 if side == "left" else 1.0
    true, armless = (true_edge(person, body, side, 640, arms) for arms in (True, False))
    out = outwards * (true - armless)
    assert true.shape == (640,)
    assert np.nanmin(out) >= 0
    assert 100 * np.nanmax(out) / np.isfinite(true).sum() > 2  # percent of the body's height
    mildly = STORIES["mild"].person()
    body = mildly.body()
    side = "left" if mildly.camera.side == "right" else "right"
    true, armless = (true_edge(mildly, body, side, 640, arms) for arms in (True, False))
    rows = np.flatnonzero(np.isfinite(true))
    upper = rows[len(rows) // 5 : len(rows) // 2]  # from the neck to the seat
    assert np.abs(true - armless)[upper].max() < 1


def test_arms_cover_the_back_as_they_are_named() -> None:
    from validation.people.sets import SETS, arm_over_back

    reach: dict[str, list[float]] = {}
    for recipe in SETS["traced_arms"][:10]:
        person = recipe.person()
        reach.setdefault(person.arms, []).append(arm_over_back(person, person.body()))
    assert set(reach) == {"hanging", "elbows_back", "on_hips"}
    assert min(reach["elbows_back"]) > 0.6
    assert max(reach["hanging"]) > 0.6


class TestCovers:
    """What hangs behind the back."""

    @pytest.fixture
    def worn_over(self, vertices):
        """How far a cover reaches out behind the back of a plain body seen from afar, m."""
        from dataclasses import replace

        from validation.people.body import Posture, body_vertices, pose
        from validation.people.camera import Camera
        from validation.people.covers import Cover, over_back, worn

        body = pose(vertices, Posture(arm_forward=30.0))
        tall = float(np.ptp(body.vertices[body_vertices(), 1]))
        afar = Camera(distance=60.0, height=tall / 2, sight=tall / 2, field=float(np.degrees(2 * np.arctan(1.0 / 60))))
        hair = Cover("hair", top=1.0, end=0.1, off=0.03, half=0.1, sway=0.0, hang=0.0, beside=0, colour=(0, 0, 0))

        def over(**how) -> float:
            parts = worn(replace(hair, **how), body.vertices, body.joints, np.zeros(3))
            return over_back(parts, body.vertices, body.joints, afar) / 100 * tall

        return over

    @pytest.mark.parametrize("thick", [0.01, 0.03, 0.05])
    def test_hair_that_lies_on_the_back_covers_it_by_its_thickness(self, worn_over, thick: float) -> None:
        from validation.people.covers import LYING

        # it is laid over the most backward skin within 2.5 cm, which on a slope of 30 degrees is 1.4 cm behind
        assert thick + LYING - 0.001 <= worn_over(off=thick) <= thick + LYING + 0.015

    def test_what_hangs_free_stands_off_in_the_hollow(self, worn_over) -> None:
        lying, free = (worn_over(off=0.01, hang=hang) for hang in (0.0, 1.0))
        assert free > lying + 0.005

    def test_hair_that_ends_above_the_rows_covers_nothing(self, worn_over) -> None:
        assert worn_over(end=0.9) == 0

    @pytest.mark.parametrize(("behind", "least"), [(0.05, 0.05), (-0.3, 0.0)])
    def test_a_bag_at_the_side_reaches_behind_the_most_backward_point(self, worn_over, behind, least) -> None:
        over = worn_over(kind="bag", top=0.4, end=-0.1, off=behind, half=0.06, beside=1)
        assert over >= least
        assert (over > 0) == (least > 0)

    def test_a_hem_stands_off_further_the_more_it_hangs(self, worn_over) -> None:
        hems = [worn_over(kind="jacket", top=0.95, end=-0.1, off=off, half=0.015, hang=1.0) for off in (0.02, 0.05)]
        assert hems[1] > hems[0] + 0.01

    def test_faces_look_outwards(self) -> None:
        """Or the painter, who leaves out what looks away, would show the inside."""
        from validation.people.covers import _tube
        from validation.people.outfit import normals

        y = np.linspace(1.0, 0.5, 20)
        faces, points = _tube(y, np.full(20, -0.2), np.full(20, -0.1), np.full(20, 0.1))
        outwards = normals(points, faces)[faces[40]].mean(axis=0)
        assert outwards @ (points[faces[40]].mean(axis=0) - [0.0, 0.75, -0.15]) > 0

    def test_only_those_who_wear_something_have_a_truth_of_it(self) -> None:
        from validation.people.sets import SETS, truth

        for name, wears in (("tight", False), ("covers", True)):
            recipe = SETS[name][0]
            person = recipe.person()
            known = truth(recipe, person, person.body(), "x")
            assert ("cover_over_back" in known) == wears
