"""Which changes of a program make two builds refuse each other."""

from __future__ import annotations

from textwrap import dedent

import pytest
from motetc.backend.fingerprint import channel_forms

MODEL = dedent(
    '''\
    """What travels between the locations of model.py."""
    from motet.codec import decode_int, encode_int

    @dataclass(frozen=True)
    class Quote:
        """A price."""
        cents: int  # in euro cents

    def encode_quote(value: Quote) -> object:
        return (encode_int(value.cents),)

    def decode_quote(data: object) -> Quote:
        return Quote(decode_int(data[0]))
    '''
)
SHOP = dedent(
    """\
    from motet.wire import Channel
    from motet.codec import decode_str, encode_str
    from generated.wire.model import decode_quote, encode_quote

    BUY_WANTED: Final[Channel[Buyer, Seller, str]] = Channel("wanted", encode_str, decode_str)
    BUY_QUOTE: Final[Channel[Seller, Buyer, Quote]] = Channel("quote", encode_quote, decode_quote)
    """
)


def forms(model: str = MODEL, shop: str = SHOP) -> dict[str, str]:
    return {
        channel: form
        for (_, channel), form in channel_forms({"model": model, "shop": shop}).items()
    }


def test_channels_are_found_wherever_they_are_made():
    inside = 'class PayAtPayer(Net):\n    def __init__(self):\n        self.sum = Outbox(site, Channel("sum", f, g))\n'
    assert set(channel_forms({"pay": inside})) == {("pay", "sum")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# in euro cents", "# in cents"),
        ('"""A price."""', '"""A price,\n    in cents."""'),
        ("\n\ndef decode", "\n\n\n\ndef decode"),
        ('"""What travels', '"""What goes'),
    ],
)
def test_words_for_people_make_no_difference(old: str, new: str):
    assert old in MODEL
    assert forms(MODEL.replace(old, new)) == forms()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cents: int", "cents: float"),
        ("(encode_int(value.cents),)", "encode_int(value.cents)"),
        ("data[0]", "data[1]"),
    ],
)
def test_a_change_of_the_form_changes_the_channels_that_use_it(old: str, new: str):
    changed = forms(MODEL.replace(old, new))
    assert changed["quote"] != forms()["quote"]
    assert changed["wanted"] == forms()["wanted"]


def test_where_a_codec_comes_from_counts():
    assert forms(MODEL.replace("motet.codec", "motet.other"))["quote"] != forms()["quote"]


SAID = """\
from motet.codec import decode_list, encode_list
{imported}

def _encode_{stem}(value: {told}) -> object:
    return encode_list(value, encode_quote)

def _decode_{stem}(data: object) -> {told}:
    items: list[
        {told}
    ] = decode_list(data, decode_quote)
    return items

ALL: Final[Channel[Seller, Buyer, list[Quote]]] = Channel("all", _encode_{stem}, _decode_{stem})
"""


def test_what_functions_of_ours_are_called_and_how_they_say_a_type_makes_no_difference():
    plain, said = (
        channel_forms({"shop": SAID.format(stem=stem, told=told, imported=imported)})
        for stem, told, imported in (
            ("buy_all", "list[Quote]", ""),
            ("quotes", "Quotes", "from model import Quotes"),
        )
    )
    assert plain == said


def test_recursive_types_come_to_an_end():
    tree = "def encode_tree(x):\n    return [encode_tree(y) for y in x]\nT = Channel('t', encode_tree, encode_tree)\n"
    assert len(channel_forms({"tree": tree})["tree", "t"]) == 16


CALLS = """\
from motet.codec import {codec}

class MainAtAnn(Net):
    @property
    def move(self) -> MoveAtAnn[{type}]:
        return MoveAtAnn(self.site.call("move"), ben=self.ben, encode_t={codec}, decode_t=f)

    @property
    def other(self) -> OtherAtAnn:
        return OtherAtAnn(self.site.call("other"), ben=self.ben)
"""


def test_the_codecs_that_a_call_brings_count():
    number, text = (
        channel_forms({"town": CALLS.format(codec=f"encode_{kind}", type=kind)})
        for kind in ("int", "str")
    )
    assert set(number) == {("town", "move")}
    assert number != text
