"""What a run makes of a photo that has keywords and captions already."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import MetadataRefused
from bridge.metadata import PhotoState, Plan, PlanOptions, Role, make_plan
from bridge.values import Dropped, Format, Proposal, SidecarRule, Written
from tests.metadata.model import DC, IPTC, LR, TAGS, applied, document, photo, run, sidecar, words

RAW: dict[str, Any] = {"format": Format.RAW, "path": "/p/IMG.CR2"}
CAPTION = "XMP-dc:Description"
IPTC_CAPTION = "IPTC:Caption-Abstract"


def take_away(state: PhotoState, name: str, *tags: str) -> PhotoState:
    """As a person does in a program that knows only some of the lists."""
    own = state.embedded
    lists = {tag: tuple(v for v in values if tag not in tags or v != name) for tag, values in own.lists.items()}
    left = {tag: values for tag, values in lists.items() if values}
    return photo(left, dict(own.texts), *state.sidecars, format=state.format)


class TestLists:
    def test_a_photo_without_keywords_gets_them_in_every_list(self) -> None:
        after, plan = run(photo(), words("Sea", "Animals|Cat"))
        assert after.embedded.lists == {
            TAGS: ("Sea", "Animals/Cat"),
            LR: ("Sea", "Animals|Cat"),
            DC: ("Sea", "Cat"),
            IPTC: ("Sea", "Cat"),
        }
        assert plan.added == (("Sea",), ("Animals", "Cat"))

    def test_flat_keywords_are_copied_into_the_hierarchical_lists_before_these_are_made(self) -> None:
        after, _ = run(photo({DC: ["lighthouse", "sea"]}), words("sunset"))
        assert all(set(values) == {"lighthouse", "sea", "sunset"} for values in after.embedded.lists.values())
        assert set(after.embedded.lists) == {TAGS, LR, DC, IPTC}

    def test_keywords_in_one_list_only_end_in_all_although_nothing_new_is_said(self) -> None:
        after, plan = run(photo({IPTC: ["Sea"]}), words("sea"))
        assert plan.added == ()
        assert plan.kept == (("Sea",),)
        assert after.embedded.lists == dict.fromkeys((TAGS, LR, DC, IPTC), ("Sea",))

    def test_a_leaf_or_an_ancestor_is_not_copied_to_the_root(self) -> None:
        after, _ = run(photo({DC: ["Animals", "Cat"], LR: ["Animals|Cat"]}), words("Sky"))
        assert after.embedded.lists[TAGS] == ("Animals/Cat", "Sky")
        assert after.embedded.lists[LR] == ("Animals|Cat", "Sky")
        assert set(after.embedded.lists[IPTC]) == {"Animals", "Cat", "Sky"}

    def test_what_lightroom_saved_flat_stays_flat(self) -> None:
        state = photo({DC: ["Animals", "Dog", "hound"], LR: ["Animals|Dog"]})
        after, plan = run(state, words("hound", "Sky"), options=PlanOptions(flat_stays=True))
        assert after.embedded.lists[LR] == ("Animals|Dog", "Sky")
        assert "hound" in after.embedded.lists[DC]
        assert plan.added == (("Sky",),)

    def test_the_users_spelling_wins(self) -> None:
        state = photo({LR: ["Tiere|Katze"], DC: ["Katze", "strand"]})
        after, plan = run(state, words("STRAND", "tiere|Hund"))
        assert plan.kept == (("strand",),)
        assert plan.added == (("Tiere", "Hund"),)
        assert "Tiere/Hund" in after.embedded.lists[TAGS]

    def test_composed_and_decomposed_letters_are_the_same_word(self) -> None:
        plan = make_plan(photo({DC: ["Cafe\u0301"]}), words("CAFÉ"))
        assert plan.added == ()

    def test_other_lists_are_kept_in_step_where_they_are_present(self) -> None:
        tree = '<Categories><Category Assigned="1">Sea</Category></Categories>'
        state = photo(
            {"XMP-microsoft:LastKeywordXMP": ["Sea"], "XMP-mediapro:CatalogSets": ["Sea"]},
            {"XMP-acdsee:Categories": tree, "IFD0:XPKeywords": "Sea"},
        )
        after, _ = run(state, words("Animals|Cat"))
        assert after.embedded.lists["XMP-microsoft:LastKeywordXMP"] == ("Sea", "Animals/Cat")
        assert after.embedded.lists["XMP-mediapro:CatalogSets"] == ("Sea", "Animals|Cat")
        assert after.embedded.acdsee == (("Sea",), ("Animals", "Cat"))
        assert after.embedded.texts["IFD0:XPKeywords"] == "Sea;Cat"

    def test_words_that_only_windows_or_acdsee_knows_count(self) -> None:
        state = photo({}, {"IFD0:XPKeywords": "Sea; Sky ;"})
        after, plan = run(state, words("sea"))
        assert plan.kept == (("Sea",),)
        assert after.embedded.lists[TAGS] == ("Sea", "Sky")

    @pytest.mark.parametrize("format", [Format.WEBP, Format.HEIC, Format.AVIF, Format.PNG])
    def test_iptc_is_not_made_where_programs_do_not_read_it(self, format: Format) -> None:
        after, _ = run(photo(format=format), words("Sea", caption="A sea."))
        assert set(after.embedded.lists) == {TAGS, LR, DC}
        assert set(after.embedded.texts) == {CAPTION}

    def test_iptc_in_a_png_is_kept_in_step(self) -> None:
        after, _ = run(photo({IPTC: ["Sky"]}, format=Format.PNG), words("Sea"))
        assert after.embedded.lists[IPTC] == ("Sky", "Sea")

    def test_nothing_proposed_writes_nothing(self) -> None:
        plan = make_plan(photo({DC: ["sea"]}), Proposal())
        assert plan.empty

    def test_programs_marks_for_themselves_are_no_keywords(self) -> None:
        dark = sidecar("/p/IMG.jpg.xmp", {LR: ["darktable|format|jpg", "Sea"]}, role=Role.DARKTABLE)
        after, _ = run(photo({}, {}, dark), words("Sky"))
        assert after.embedded.lists[TAGS] == ("Sea", "Sky")


class TestRejection:
    def test_a_word_that_is_gone_does_not_come_back(self) -> None:
        state, first = run(photo({DC: ["sea"]}), words("boat", "sky"))
        state = take_away(state, "boat", *state.embedded.lists)
        state, second = run(state, words("boat", "sky"), first.written)
        assert second.empty
        assert second.dropped == (Dropped("boat", "rejected"),)
        _, third = run(state, words("Boat"), second.written)
        assert third.dropped == (Dropped("Boat", "rejected"),)

    @pytest.mark.parametrize("tag", [DC, LR, TAGS, IPTC])
    def test_gone_from_one_list_is_gone(self, tag: str) -> None:
        state, first = run(photo({DC: ["sea"]}), words("Vehicles|boat"))
        name = {LR: "Vehicles|boat", TAGS: "Vehicles/boat"}.get(tag, "boat")
        after, second = run(take_away(state, name, tag), words("Vehicles|boat"), first.written)
        assert second.removed == (("Vehicles", "boat"),)
        assert all(set(values) == {"sea"} for values in after.embedded.lists.values())
        assert second.written.rejected == (("Vehicles", "boat"),)

    def test_a_host_that_drops_its_empty_lists_took_the_last_word_away(self) -> None:
        # Lightroom does not know TagsList and leaves it; its own lists vanish with their last word.
        state, first = run(photo(), words("boat"))
        after, second = run(take_away(state, "boat", DC, LR, IPTC), words("boat", "sky"), first.written)
        assert second.removed == (("boat",),)
        assert all(values == ("sky",) for values in after.embedded.lists.values())

    def test_a_program_that_keeps_dc_only_took_no_word_away(self) -> None:
        state, first = run(photo({DC: ["sea"]}), words("boat"))
        state = photo({DC: state.embedded.lists[DC]})
        after, second = run(state, words("boat"), first.written)
        assert second.kept == (("boat",),)
        assert after.embedded.lists[TAGS] == ("sea", "boat")

    def test_an_empty_answer_leaves_the_lists_and_does_not_forget(self) -> None:
        state, first = run(photo(), words("boat"))
        state = take_away(state, "boat", DC)
        state, second = run(state, words(), first.written)
        assert second.empty
        _, third = run(state, words("boat", "sky"), second.written)
        assert third.removed == (("boat",),)

    def test_without_a_word_on_where_it_was_the_lists_that_are_there_tell(self) -> None:
        state = photo({DC: ["sea"], TAGS: ["sea", "boat"]})
        plan = make_plan(state, words("boat"), Written(keywords=(("boat",),)))
        assert plan.removed == (("boat",),)

    def test_without_a_word_on_where_it_was_a_persons_word_goes_to_all_lists(self) -> None:
        state = photo({DC: ["sea"], TAGS: ["sea", "own"]})
        after, plan = run(state, words("sea"), Written(others=(("sea",), ("own",))))
        assert plan.written.withheld == ()
        assert all(set(values) == {"sea", "own"} for values in after.embedded.lists.values())

    def test_a_run_that_only_reads_the_photo_takes_no_word_of_one_list_for_one_taken_away(self) -> None:
        state, first = run(photo(), words("sea", "boat"))
        state = photo(dict(state.embedded.lists) | {LR: ("sea", "boat", "owl")})
        _, beside = run(state, words("sea"), first.written, PlanOptions(read_only=True))
        assert beside.empty and ("owl",) in beside.written.others
        after, again = run(state, words("sea"), beside.written)
        assert again.written.withheld == () and again.written.rejected == ()
        assert all("owl" in values for values in after.embedded.lists.values())

    def test_gone_is_gone_although_a_run_that_only_reads_the_photo_came_between(self) -> None:
        state, first = run(photo(), words("sea", "boat"))
        _, beside = run(state, words("sea"), first.written, PlanOptions(read_only=True))
        assert beside.empty
        after, again = run(take_away(state, "boat", DC), words("boat"), beside.written)
        assert again.removed == (("boat",),)
        assert all(values == ("sea",) for values in after.embedded.lists.values())

    def test_a_person_who_types_a_rejected_word_has_it(self) -> None:
        base = Written(rejected=(("boat",),))
        after, plan = run(photo({DC: ["Boat"]}), words("boat"), base)
        assert plan.kept == (("Boat",),)
        assert after.embedded.lists[TAGS] == ("Boat",)
        assert plan.written.rejected == (("boat",),)
        assert plan.written.keywords == ()

    def test_a_sidecar_that_another_program_made_since_says_nothing_about_our_words(self) -> None:
        state, first = run(photo(), words("boat"))
        state = photo(dict(state.embedded.lists), {}, sidecar(lists={}))
        after, second = run(state, words("boat"), first.written)
        assert second.removed == ()
        assert after.sidecars[0].lists[TAGS] == ("boat",)

    def test_a_word_that_a_person_moved_is_theirs_and_leaves_the_root(self) -> None:
        state, first = run(photo(), words("cat"))
        lists = dict(state.embedded.lists) | {LR: ("Animals|cat",), DC: ("cat",)}
        after, second = run(photo(lists), words("cat"), first.written)
        assert second.kept == (("Animals", "cat"),)
        assert after.embedded.lists[TAGS] == ("Animals/cat",)
        assert after.embedded.lists[DC] == ("cat",)
        assert second.written.keywords == ()
        assert second.written.rejected == ()

    def test_a_persons_word_that_they_took_away_in_one_program_is_not_put_back_there(self) -> None:
        state, first = run(photo({DC: ["sea", "sky"]}), words("boat"))
        state = take_away(state, "sea", DC, LR, IPTC)
        after, second = run(state, words("boat", "sand"), first.written)
        assert "sea" not in after.embedded.lists[DC] + after.embedded.lists[LR]
        assert "sea" in after.embedded.lists[TAGS]
        assert make_plan(after, words("boat", "sand"), second.written).empty

    def test_a_persons_word_that_they_took_away_everywhere_is_not_proposed_again(self) -> None:
        state, first = run(photo({DC: ["sea", "sky"]}), words("boat", "sea"))
        state = take_away(state, "sea", *state.embedded.lists)
        assert make_plan(state, words("sea"), first.written).dropped == (Dropped("sea", "rejected"),)

    def test_a_leaf_of_ours_that_goes_leaves_the_persons_word_of_that_name(self) -> None:
        state, first = run(photo({DC: ["cat"]}), words("AI|cat"))
        assert state.embedded.lists[LR] == ("cat", "AI|cat")
        state, second = run(take_away(state, "AI|cat", LR), words("AI|cat"), first.written)
        assert second.removed == (("AI", "cat"),)
        assert all(values == ("cat",) for values in state.embedded.lists.values())
        state, third = run(state, words("AI|cat"), second.written)
        assert third.empty


class TestReplace:
    REPLACE = PlanOptions(replace=True)

    def test_words_of_ours_that_are_not_proposed_any_more_go_and_the_persons_stay(self) -> None:
        state, first = run(photo({DC: ["sea"]}), words("boat", "sky"))
        after, second = run(state, words("sky", "sand"), first.written, self.REPLACE)
        assert second.removed == (("boat",),)
        assert set(after.embedded.lists[TAGS]) == {"sea", "sky", "sand"}
        assert second.written.rejected == ()

    def test_an_empty_answer_erases_nothing(self) -> None:
        state, first = run(photo(), words("boat", caption="A boat."))
        assert make_plan(state, words(), first.written, self.REPLACE).empty

    def test_a_persons_caption_gives_way_in_every_field_that_held_it(self) -> None:
        texts = {CAPTION: "Mine", "IFD0:ImageDescription": "Mine", "ExifIFD:UserComment": "Other", CAPTION + "-de": "X"}
        after, plan = run(photo({}, texts), words(caption="Theirs"), None, self.REPLACE)
        assert after.embedded.texts == {
            CAPTION: "Theirs",
            IPTC_CAPTION: "Theirs",
            "IFD0:ImageDescription": "Theirs",
            "ExifIFD:UserComment": "Other",
            CAPTION + "-de": "X",
        }
        assert plan.written.caption == "Theirs"

    def test_a_shared_sidecar_keeps_the_words_of_the_other_photo(self) -> None:
        lists = {TAGS: ["boat"], LR: ["boat"], DC: ["boat"]}
        state = photo({}, {}, sidecar(lists=lists), format=Format.RAW, path="/p/IMG.CR2", shared_with=["/p/IMG.JPG"])
        base = Written(keywords=(("boat",),), lists=tuple(f".xmp {tag}" for tag in lists))
        assert make_plan(state, words("sky"), base, self.REPLACE).removed == ()


class TestTexts:
    def test_a_caption_is_written_where_there_is_none(self) -> None:
        after, plan = run(photo(), words(caption=" A boat\r\nat sea. ", title="A  boat\n"))
        assert after.embedded.texts == {
            CAPTION: "A boat\nat sea.",
            IPTC_CAPTION: "A boat\nat sea.",
            "XMP-dc:Title": "A boat",
            "IPTC:ObjectName": "A boat",
        }
        assert plan.caption == plan.written.caption == "A boat\nat sea."

    @pytest.mark.parametrize(
        "tag",
        [CAPTION, CAPTION + "-de", IPTC_CAPTION, "IFD0:ImageDescription", "ExifIFD:UserComment", "XMP-acdsee:Notes"],
    )
    def test_a_persons_caption_stays_wherever_it_stands(self, tag: str) -> None:
        plan = make_plan(photo({}, {tag: "Grandmother, 1961"}), words(caption="A woman."))
        assert plan.empty
        assert plan.caption is None
        assert plan.written.caption is None

    @pytest.mark.parametrize("default", ["", "  ", "OLYMPUS DIGITAL CAMERA", "null", "SONY DSC", "\0\0"])
    def test_what_a_camera_wrote_is_no_caption(self, default: str) -> None:
        after, _ = run(photo({}, {"IFD0:ImageDescription": default}), words(caption="A boat."))
        assert after.embedded.texts[CAPTION] == "A boat."
        assert after.embedded.texts.get("IFD0:ImageDescription", "") == default

    def test_our_caption_is_replaced_by_a_newer_one_while_nobody_changed_it(self) -> None:
        state, first = run(photo(), words(caption="A boat."))
        after, second = run(state, words(caption="Two boats."), first.written)
        assert after.embedded.texts[CAPTION] == after.embedded.texts[IPTC_CAPTION] == "Two boats."
        assert second.written.caption == "Two boats."

    def test_our_caption_that_a_person_edited_is_theirs(self) -> None:
        state, first = run(photo(), words(caption="A boat."))
        edited = photo({}, dict(state.embedded.texts) | {CAPTION: "My boat."})
        plan = make_plan(edited, words(caption="Two boats."), first.written)
        assert plan.empty
        assert plan.written.caption is None

    def test_our_caption_that_a_person_took_away_does_not_come_back(self) -> None:
        _, first = run(photo(), words(caption="A boat."))
        plan = make_plan(photo(), words(caption="A boat."), first.written)
        assert plan.empty
        assert plan.written.caption == "A boat."
        assert make_plan(photo(), words(caption="Two boats."), plan.written).caption == "Two boats."

    def test_alt_text_is_a_text_of_its_own(self) -> None:
        after, _ = run(photo({}, {CAPTION: "Mine"}), Proposal(alt_text="A boat at sea."))
        assert after.embedded.texts == {CAPTION: "Mine", "XMP-iptcCore:AltTextAccessibility": "A boat at sea."}


class TestLimits:
    def test_a_long_caption_is_whole_in_xmp_and_cut_in_iptc(self) -> None:
        text = "é" * 1500
        after, plan = run(photo(), words(caption=text))
        assert after.embedded.texts[CAPTION] == text
        assert after.embedded.texts[IPTC_CAPTION] == "é" * 1000
        assert any("2000 bytes" in warning for warning in plan.warnings)
        assert make_plan(after, words(caption=text), plan.written).empty

    def test_a_long_keyword_is_cut_in_iptc_and_known_again(self) -> None:
        name = "Ein sehr langes Wort " * 5
        after, plan = run(photo(), words(name))
        assert len(after.embedded.lists[IPTC][0].encode()) <= 64
        assert any("64 bytes" in warning for warning in plan.warnings)
        assert make_plan(after, words(name, "sky"), plan.written).kept == ((name.strip(),),)

    def test_a_bar_in_a_name_is_refused_with_a_hint(self) -> None:
        plan = make_plan(photo(), words(("A|B",), ("sky",)))
        assert plan.dropped == (Dropped("A|B", "separator"),)
        assert plan.added == (("sky",),)
        assert any("|" in warning for warning in plan.warnings)

    def test_a_slash_in_a_name_is_another_sign_in_digikams_tags_and_reported(self) -> None:
        after, plan = run(photo(), words("Sea/Lake"))
        assert after.embedded.lists[TAGS] == ("Sea\u2215Lake",)
        assert after.embedded.lists[DC] == ("Sea/Lake",)
        assert any("Sea/Lake" in warning for warning in plan.warnings)
        assert make_plan(after, words("Sea/Lake"), plan.written).empty

    def test_control_signs_and_empty_names_do_not_reach_a_file(self) -> None:
        plan = make_plan(photo(), words("a\x00b\nc", "", " \t"))
        assert plan.added == (("ab c",),)
        assert [drop.reason for drop in plan.dropped] == ["empty", "empty"]

    def test_five_thousand_keywords(self) -> None:
        names = [f"word {n}" for n in range(5000)]
        state = photo({DC: names, TAGS: [f"All/{name}" for name in names]})
        base = Written(keywords=tuple(("All", name) for name in names[:2500]))
        after, plan = run(state, words(*names, *(f"New|{name}" for name in names)), base)
        assert len(plan.added) == 5000
        assert {len(after.embedded.lists[tag]) for tag in (LR, TAGS)} == {10_000}
        assert make_plan(after, words(*names), plan.written).empty


class TestTargets:
    def paths(self, state: PhotoState, options: PlanOptions | None = None) -> list[str]:
        return [str(target.path) for target in make_plan(state, words("sea"), None, options).targets]

    def test_a_raw_gets_a_sidecar_by_digikams_rule_or_by_adobes(self) -> None:
        assert self.paths(photo(**RAW)) == ["/p/IMG.CR2.xmp"]
        assert self.paths(photo(**RAW), PlanOptions(sidecar=SidecarRule.EMBED)) == ["/p/IMG.CR2.xmp"]
        assert self.paths(photo(**RAW), PlanOptions(sidecar=SidecarRule.ADOBE)) == ["/p/IMG.xmp"]

    def test_a_file_with_the_name_of_a_raw_gets_a_sidecar_whatever_it_holds(self) -> None:
        assert self.paths(photo(format=Format.JPEG, path="/p/IMG.NEF")) == ["/p/IMG.NEF.xmp"]

    def test_an_adobe_sidecar_is_used_where_it_is(self) -> None:
        assert self.paths(photo({}, {}, sidecar("/p/IMG.XMP"), **RAW)) == ["/p/IMG.XMP"]

    def test_every_sidecar_is_written_that_is_not_darktables(self) -> None:
        both = [sidecar("/p/IMG.xmp"), sidecar("/p/IMG.CR2.xmp")]
        assert self.paths(photo({}, {}, *both, **RAW)) == ["/p/IMG.xmp", "/p/IMG.CR2.xmp"]
        only_own = photo({}, {}, both[1], **RAW)
        assert self.paths(only_own, PlanOptions(sidecar=SidecarRule.ADOBE)) == ["/p/IMG.CR2.xmp", "/p/IMG.xmp"]

    def test_a_name_that_darktable_has_is_left_to_it(self) -> None:
        dark = sidecar("/p/IMG.CR2.xmp", role=Role.DARKTABLE)
        plan = make_plan(photo({}, {}, dark, **RAW), words("sea"))
        assert [str(target.path) for target in plan.targets] == ["/p/IMG.xmp"]
        assert any("darktable" in warning for warning in plan.warnings)

    def test_a_jpeg_and_its_sidecar_are_written_together(self) -> None:
        assert self.paths(photo({}, {}, sidecar())) == ["/p/IMG.jpg", "/p/IMG.xmp"]

    @pytest.mark.parametrize("format", [Format.JPEG, Format.HEIC, Format.DNG])
    def test_originals_that_are_only_read_get_a_sidecar(self, format: Format) -> None:
        assert self.paths(photo(format=format), PlanOptions(read_only=True)) == ["/p/IMG.jpg.xmp"]

    def test_a_new_sidecar_has_everything_the_photo_says(self) -> None:
        state = photo({IPTC: ["Sea"], DC: ["sea", "Rock"]}, {"IFD0:ImageDescription": "Mine"}, **RAW)
        after, plan = run(state, words("boat", caption="A boat."))
        made = after.sidecars[0]
        assert made.lists == dict.fromkeys((DC, LR, TAGS), ("sea", "Rock", "boat"))
        assert made.texts == {CAPTION: "Mine"}
        assert plan.caption is None
        assert make_plan(after, words("boat", caption="A boat."), plan.written).empty

    def test_a_sidecar_is_not_made_where_we_have_nothing_to_say(self) -> None:
        state = photo({DC: ["sea"]}, **RAW)
        assert make_plan(state, words("sea")).empty

    def test_two_files_that_share_a_sidecar_are_told(self) -> None:
        shared = sidecar(lists={DC: ["from the RAW"]}, texts={CAPTION: "The first"})
        state = photo({DC: ["mine"]}, {}, shared, shared_with=["/p/IMG.CR2"])
        after, plan = run(state, words("sea", caption="The second"))
        assert set(after.sidecars[0].lists[TAGS]) == {"from the RAW", "mine", "sea"}
        assert set(after.embedded.lists[TAGS]) == {"from the RAW", "mine", "sea"}
        assert after.sidecars[0].texts == {CAPTION: "The first"}
        assert any("IMG.CR2" in warning for warning in plan.warnings)

    def test_a_sidecar_with_another_date_is_told(self) -> None:
        old = sidecar(marks={"XMP-exif:DateTimeOriginal": "2009-01-01T10:00:00"})
        state = photo({}, {}, old)
        own = document("/p/IMG.jpg", marks={"ExifIFD:DateTimeOriginal": "2021:06:05 10:00:00"})
        state = type(state)(state.photo, state.format, (own, old))
        assert any("date" in warning for warning in make_plan(state, words("sea")).warnings)

    @pytest.mark.parametrize("format", [Format.VIDEO, Format.UNKNOWN])
    def test_what_holds_no_metadata_of_ours_is_refused(self, format: Format) -> None:
        with pytest.raises(MetadataRefused):
            make_plan(photo(format=format), words("sea"))

    def test_every_file_that_was_read_is_in_the_plan(self) -> None:
        dark = sidecar("/p/IMG.jpg.xmp", role=Role.DARKTABLE)
        plan = make_plan(photo({}, {}, dark), words("sea"))
        assert [str(path) for path, _ in plan.fingerprints] == ["/p/IMG.jpg", "/p/IMG.jpg.xmp"]


def test_a_plan_survives_being_stored() -> None:
    state = photo({DC: ["sea"]}, {}, sidecar(), path="/p/IMG\udcff.jpg")
    plan = make_plan(state, words("Animals|cat", "A|B", caption="A cat."), Written(keywords=(("dog",),)))
    assert Plan.from_json(plan.to_json()) == plan
    assert applied(state, plan)


class TestRespelled:
    """Ours in another spelling: a person typed it, and it is theirs."""

    def written(self) -> tuple[PhotoState, Written]:
        state, plan = run(photo(), words("sea", "Animals|Cat", "a/b"))
        return state, plan.written

    def edited(self, state: PhotoState, **lists: list[str]) -> PhotoState:
        return photo({**state.embedded.lists, **{{"dc": DC, "lr": LR}[name]: words for name, words in lists.items()}})

    def test_it_stays_although_another_program_has_not_got_it(self) -> None:
        state, base = self.written()
        state = self.edited(state, dc=["Sea", "Cat", "a/b"], lr=["Animals|Cat", "a/b"])
        after, plan = run(state, words("boat"), base)
        assert "Sea" in after.embedded.lists[DC] and "boat" in after.embedded.lists[DC]
        assert ("sea",) not in plan.written.rejected and ("sea",) not in plan.written.keywords

    @pytest.mark.parametrize("typed", [["Sea", "Cat", "a/b"], ["sea", "SEA", "Cat", "a/b"]])
    def test_it_stays_where_ours_are_replaced(self, typed: list[str]) -> None:
        state, base = self.written()
        after, plan = run(self.edited(state, dc=typed), words("boat"), base, PlanOptions(replace=True))
        assert {"Sea", "SEA"} & set(after.embedded.lists[DC])
        assert set(plan.removed) == {("Animals", "Cat"), ("a/b",)}

    def test_a_spelling_that_programs_change_by_themselves_is_none(self) -> None:
        state, plan = run(photo(), words("caf\u00e9 au lait", "Animals|a/b"))
        lists = {
            tag: [value.replace("\u00e9", "e\u0301") + " " for value in v] for tag, v in state.embedded.lists.items()
        }
        after, second = run(photo(lists), words("boat"), plan.written, PlanOptions(replace=True))
        assert set(second.removed) == set(plan.written.keywords)
        assert after.embedded.lists[DC] == ("boat",)
