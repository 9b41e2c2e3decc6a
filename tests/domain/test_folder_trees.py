"""The Downloader's names: safe on Windows, never too long, and two things are never one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.folder_trees import (
    DEFAULT_LEVELS,
    FORBIDDEN,
    LONGEST_PATH,
    RESERVED,
    Level,
    file_name,
    fitted,
    folded,
    folder_names,
    free_names,
    length,
    read_levels,
    safe_name,
)

WORDS = st.text(max_size=300) | st.sampled_from(
    [*RESERVED, "CON.txt", "aux .jpg", "..", "a/b\\c", "\u202egpj.exe", "~", "😀" * 90]
)


@given(WORDS)
def test_a_name_is_one_that_windows_takes(text):
    name = safe_name(text)
    assert not set(name) & FORBIDDEN
    assert all(ord(character) >= 32 for character in name)
    assert name == name.rstrip(" .") == name.lstrip(" .")
    assert name.partition(".")[0].rstrip().lower() not in RESERVED
    assert length(name) <= 60
    assert len(name.encode()) <= 240


@given(WORDS)
def test_a_safe_name_stays_as_it_is(text):
    assert safe_name(safe_name(text)) == safe_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Grass Cut", "Grass Cut"),
        ("AFS::88123", "AFS-88123"),
        ("Trim / Shrubs ", "Trim - Shrubs"),
        ("con", "con_"),
        ("NUL.tar.gz", "NUL_.tar.gz"),
        ("console", "console"),
        ("..", ""),
        ("Niño 12", "Niño 12"),
    ],
)
def test_names_stay_readable(text, name):
    assert safe_name(text) == name


def test_long_names_that_begin_alike_stay_two():
    one, other = ("Secure the property against " + "entry " * 20 + end for end in "ab")
    assert safe_name(one) != safe_name(other)
    assert safe_name(one).startswith("Secure the property against entry")


@given(
    st.lists(st.text(alphabet="ab ", min_size=1, max_size=60).map(safe_name).filter(bool), max_size=9),
    st.integers(120, 230),
)
def test_a_deep_tree_is_shortened_until_it_fits(names, room):
    fit = fitted(names, room)
    assert sum(length(name) + 1 for name in fit) <= room
    assert len(fit) == len(names)
    assert all(new == old or "~" in new for new, old in zip(fit, names, strict=True))


def test_long_names_are_cut_alike_so_that_each_stays_readable():
    fit = fitted(["a" * 60, "b" * 60, "Before"], 80)
    assert [length(name) for name in fit] == [36, 35, 6]


def test_a_tree_that_cannot_fit_says_what_to_change():
    with pytest.raises(ItemError, match="too deep") as caught:
        fitted(["x" * 60] * 17, 100)
    assert "Preferences" in caught.value.advice


def test_all_levels_of_the_field_fit_below_a_usual_folder():
    names = folder_names(tuple(Level), {level: f"{level.label} " * 20 for level in Level})
    root = r"C:\Users\Office\Downloader"
    name = file_name("88123", "Grass Cut", "before", "uuid", "jpg")
    assert (
        length("\\".join([root, *fitted(names, LONGEST_PATH - length(root) - 1 - length(name)), name])) <= LONGEST_PATH
    )


def test_folders_are_named_after_the_levels_in_their_order():
    facts = {Level.CITY: "Austin", Level.TASK: "Grass: Cut"}
    assert folder_names((Level.CITY, Level.TASK, Level.SUB_USER), facts) == ["Austin", "Grass- Cut", "No sub-user"]


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_the_name_of_a_file_is_that_of_its_uuid_alone(one, other):
    names = [file_name("88123", "Grass Cut", "before", uuid, "jpg") for uuid in (one, other)]
    assert (names[0] == names[1]) == (one == other)
    assert names[0].startswith("88123_Grass-Cut_before_")
    assert length(names[0]) <= 90


def test_a_foreign_extension_cannot_leave_the_folder():
    assert file_name("1", "", "", "u", "../../exe").rpartition(".")[2] == "exe"
    assert file_name("1", "", "", "u", "").endswith(".bin")


def test_a_name_that_differs_in_case_only_is_taken():
    names = free_names("Front.jpg", {folded("FRONT.JPG"), folded("front (2).jpg")})
    assert next(names) == "Front (3).jpg"


def test_levels_are_read_by_their_names():
    assert read_levels("client, task ,photo_type") == (Level.CLIENT, Level.TASK, Level.PHOTO_TYPE)
    assert read_levels("") == ()
    assert read_levels(",".join(DEFAULT_LEVELS)) == DEFAULT_LEVELS


@pytest.mark.parametrize("text", ["colour", "task,task"])
def test_levels_that_make_no_sense_are_refused(text):
    with pytest.raises(UsageError):
        read_levels(text)
