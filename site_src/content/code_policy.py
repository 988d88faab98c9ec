"""``[code]`` of campaign.toml: how an access code looks, and that it is neither weak nor easily misread."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from site_src.language.say import say, say_list
from site_src.settings import CodePolicy

if TYPE_CHECKING:
    from site_src.content.toml_table import TomlTable

# The least that an access code may have: whoever steals the password file can guess offline.
CODE_BITS_MIN = 75
CODE_SYMBOLS_MIN = 16

# The letter shows a code on one line; bcrypt reads no more than 72 bytes either.
CODE_LENGTH_MAX = 30

# Each text holds symbols that people take for one another, in Latin or beside Greek letters.
LOOK_ALIKES = ("0OoQ", "0OoD", "1Il", "2Zz", "5Ss", "6Gb", "8B", "UVuv", "CcG", "9gq", "WwVv", "Jj")
GREEK_TWINS = "ABEHIKMNOPTXYZabehikmnoptuvwxyzc"


def read_code_policy(table: TomlTable) -> CodePolicy:
    """The policy as the table has it; one that is too weak or misleading is a problem at its key."""
    usual = CodePolicy()
    policy = CodePolicy(
        groups=table.whole("groups", usual.groups, least=1),
        group_length=table.whole("group_length", usual.group_length, least=1),
        alphabet=table.text("alphabet", usual.alphabet),
    )
    table.finish()
    _check_alphabet(policy, table)
    symbols = policy.groups * policy.group_length
    length = symbols + policy.groups - 1
    if length > CODE_LENGTH_MAX:
        message = say(
            "such a code is {length} characters long: expected {most} or fewer, hyphens included",
            length=length,
            most=CODE_LENGTH_MAX,
        )
        table.error("groups", message, say("ask for fewer groups, or leave [code] out"), policy.groups)
        return usual
    bits = symbols * math.log2(max(len(set(policy.alphabet)), 1))
    if symbols < CODE_SYMBOLS_MIN or bits < CODE_BITS_MIN:
        message = say(
            "such a code has {symbols} symbols and {bits} bits: expected {least_symbols} symbols and {least_bits} bits "
            "or more",
            symbols=symbols,
            bits=round(bits),
            least_symbols=CODE_SYMBOLS_MIN,
            least_bits=CODE_BITS_MIN,
        )
        table.error("groups", message, say("ask for more groups, or leave [code] out"), policy.groups)
    return policy


def _check_alphabet(policy: CodePolicy, table: TomlTable) -> None:
    alphabet = policy.alphabet
    hint = say("leave the key out to use the built-in alphabet")
    if len(set(alphabet)) != len(alphabet) or not (alphabet.isascii() and alphabet.isalnum()):
        table.error("alphabet", say("expected different ASCII letters and digits"), hint, alphabet)
    for alike in LOOK_ALIKES:
        twins = [symbol for symbol in alphabet if symbol in alike]
        if len(twins) > 1:
            message = say("people take {symbols} for one another", symbols=say_list(twins))
            table.error("alphabet", message, hint, alphabet)
    greek = [symbol for symbol in alphabet if symbol in GREEK_TWINS]
    if greek:
        message = say("these look like Greek letters: {symbols}", symbols=" ".join(greek))
        table.error("alphabet", message, hint, alphabet)
