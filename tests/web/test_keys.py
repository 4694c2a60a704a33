"""Codes open once and not for long; keys hold as long as the daemon."""

from bridge.web.keys import CODE_SECONDS, MOST_KEYS, PageKeys


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_code_is_good_once() -> None:
    keys = PageKeys()
    code = keys.new_code()
    key = keys.redeem(code)
    assert key is not None and keys.holds(key)
    assert keys.redeem(code) is None
    assert keys.holds(key)


def test_a_code_grows_old() -> None:
    clock = Clock()
    keys = PageKeys(clock)
    late, early = keys.new_code(), keys.new_code()
    clock.now += CODE_SECONDS - 0.1
    assert keys.redeem(early) is not None
    clock.now += 0.1
    assert keys.redeem(late) is None


def test_what_was_never_given_opens_nothing() -> None:
    keys = PageKeys()
    code = keys.new_code()
    for wrong in ("", "x", code + "x", code[:-1], "\ud800"):
        assert keys.redeem(wrong) is None
        assert not keys.holds(wrong)
    assert not keys.holds(code)


def test_the_page_that_was_opened_first_gives_way() -> None:
    keys = PageKeys()
    held = [keys.redeem(keys.new_code()) for _ in range(MOST_KEYS + 1)]
    assert [keys.holds(key or "") for key in (held[0], held[1], held[-1])] == [False, True, True]
