"""Faces are found, their skin named by its tone, and its error measured."""

import numpy as np
import pytest
from skimage import data

from tintype.color.lab import lab_from_srgb
from tintype.evaluation.faces import (
    TONES,
    Face,
    FaceNumbers,
    by_tone,
    find_faces,
    measure_faces,
    part,
    skin_colored,
    tone_of,
)
from tintype.evaluation.run import Plan, evaluate

ASTRONAUT = np.ascontiguousarray(data.astronaut()[::2, ::2])
LAB = lab_from_srgb(ASTRONAUT)


def test_the_astronaut_has_one_face_and_the_cat_none():
    (face,) = find_faces(ASTRONAUT, LAB)
    assert abs(face.row + face.side / 2 - 55) < 15
    assert abs(face.column + face.side / 2 - 110) < 15
    cat = np.ascontiguousarray(data.chelsea()[::2, ::2])
    assert find_faces(cat, lab_from_srgb(cat)) == []
    assert find_faces(ASTRONAUT[:20, :20], LAB[:20, :20]) == []


SKINS = [(80, 10, "very light"), (70, 20, "light"), (62, 18, "intermediate"), (56, 18, "tan"),
         (45, 18, "brown"), (30, 14, "dark")]  # fmt: skip


@pytest.mark.parametrize(("L", "b", "tone"), SKINS)
def test_tones_are_angles(L, b, tone):
    assert tone_of(np.array([[L, 12, b]] * 3, np.float32)) == tone
    assert [t for t, _ in TONES].count(tone) == 1


def test_skin_is_no_grey_no_sky_no_leaf():
    colors = np.array([[60, 15, 18], [60, 0, 0], [60, -5, -30], [50, -30, 30], [60, 60, 40]], np.float32)
    assert skin_colored(colors).tolist() == [True, False, False, False, False]


def test_the_error_is_that_of_the_part():
    face = Face(30, 80, 50)
    made = LAB.copy()
    part(made, face, (0.3, 0.65, 0.25, 0.75))[..., 1] += 3  # the skin alone
    (numbers,) = measure_faces(LAB, made, [face])
    assert numbers.skin == pytest.approx(3, abs=1e-4)
    assert numbers.lips == numbers.hair == 0
    assert numbers.chroma > 0


def test_means_are_of_groups_and_of_all():
    numbers = [
        FaceNumbers("tan", 4, 1, float("nan"), 0),
        FaceNumbers("tan", 6, 3, 5, 2),
        FaceNumbers("dark", 2, 2, 2, 2),
    ]
    found = by_tone(numbers)
    assert list(found) == ["tan", "dark", "all"]
    assert found["tan"] == {"faces": 2, "skin": 5, "lips": 2, "hair": 5, "chroma": 1}
    assert found["all"]["skin"] == 4


def test_faces_are_in_the_table(tmp_path):
    import pyvips

    from tintype.evaluation.table import markdown

    pyvips.Image.new_from_array(ASTRONAUT).pngsave(str(tmp_path / "a.png"))
    found = evaluate(["grey"], tmp_path, Plan(faces=True, costs=False))
    assert found.results[0].faces["all"]["faces"] == 1
    assert found.results[0].faces["all"]["chroma"] < -10  # grey has none
    assert "| grey | all | 1 |" in markdown(found)
