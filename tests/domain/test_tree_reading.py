"""A folder tree read back: every name is recognised as what it was made of, and says nothing where nothing was known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.folder_trees import Level, cut_name, fitted, folder_names, safe_name
from pruvan_desk.domain.tree_reading import chosen_by, evidence_type_of, read_folders, stands_for

WORDS = st.text(min_size=1, max_size=120) | st.sampled_from(
    ["AFS::88123", "Trim / Shrubs", "con", "NUL.txt", "a" * 90, "Niño 12", "x."]
)
LEVELS = st.lists(st.sampled_from(list(Level)), unique=True, max_size=6)


@given(LEVELS, st.dictionaries(st.sampled_from(list(Level)), WORDS), st.integers(60, 400))
def test_what_a_tree_was_made_of_is_what_it_stands_for(levels, facts, room):
    names = fitted(folder_names(levels, facts), max(room, 9 * len(levels)))
    read = read_folders(levels, names)
    assert read.misfit == ""
    for level in levels:
        known = safe_name(facts.get(level, ""))
        assert stands_for(read.get(level), facts[level]) if known else read.get(level) == ""


@given(WORDS, st.integers(8, 60))
def test_a_name_that_was_cut_stands_for_the_whole_and_no_other_with_that_beginning(text, room):
    whole = safe_name(text)
    if len(whole) > room:
        assert stands_for(cut_name(whole, room), text)
        assert not stands_for(cut_name(whole, room), f"{whole}, and more")


@pytest.mark.parametrize("name", ["Grass Cut", "GRASS CUT", "grass_cut", "Grass-Cut"])
def test_other_programs_write_the_same_name_otherwise(name):
    assert chosen_by(name, ["Grass Cut", "Lock Change"]) == ["Grass Cut"]


def test_an_exact_name_comes_before_what_only_looks_like_it():
    assert chosen_by("Cut 1", ["Cut-1", "Cut 1"]) == ["Cut 1"]
    assert chosen_by("Cut_1", ["Cut-1", "Cut 1"]) == ["Cut-1", "Cut 1"]
    assert chosen_by("---", ["...", "!!!"]) == []


@pytest.mark.parametrize(
    ("name", "evidence_type"),
    [("Before", "before"), ("CHECK_IN", "check in"), ("Before 2", "before 2"), ("", "")],
)
def test_a_folder_means_an_evidence_type(name, evidence_type):
    assert evidence_type_of(name) == evidence_type


def test_a_path_of_another_depth_says_what_it_can_and_that_it_does_not_fit():
    levels = (Level.PROJECT, Level.TASK)
    read = read_folders(levels, ("AFS-1",))
    assert (read.get(Level.PROJECT), read.get(Level.TASK)) == ("AFS-1", "")
    assert read.misfit == "It lies 1 folder deep, and the tree of this watch folder is Project / Task."
    assert "in no folder" in read_folders(levels, ()).misfit
    assert "3 folders deep" in read_folders(levels, ("a", "b", "c")).misfit
