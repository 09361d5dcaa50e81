"""A configuration that is read without a parser of YAML means what the parser says."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from confsync.errors import ConfigError
from confsync.mirror import config_file as config
from confsync.mirror import config_yaml
from confsync.model.config import Config, SpaceConfig

TEXT = "url: {}\nspaces:\n- key: {}\n  path: {}\nflavor: cloud\n"
URL = "https://acme.example/wiki"
# What means something else than its letters to YAML, or to us.
SPECIAL = [
    *("yes", "No", "ON", "off", "True", "FALSE", "null", "Null", "y", "N", "nan", "inf", "~"),
    *("ENG", "eng", "E1", "1E3", "12e3", "0x1", "~ana", "a b", "a: b", "a #b", "'a'", "- a", ".a"),
    *("", "&a", "*a", "!a", "[a]", "{a}", "ENG/docs", "ENG\n", "moving", "con", "é"),
]
words = (
    st.from_regex("[A-Za-z]{3,5}", fullmatch=True)
    | st.text("yesYESnullNULLofoftrue", min_size=3, max_size=5)
    | st.sampled_from(SPECIAL)
)
urls = st.sampled_from(
    [
        *(URL, f"{URL}/", "http://127.0.0.1:8080/wiki", "https://acme.example", "https://a:b"),
        *("http://acme.example/wiki", "https://me@acme.example", "https://a/?b", "https://a/#b"),
        *("https://a /b", "https://a #b", "https:", "ftp://a", "https://", "https://a:"),
    ]
)


@given(urls, words, words)
@example(URL, "ENG", "ENG")
@example(URL, "Yes", "ENG")
@example(URL, "ENG", "NULL")
def test_what_is_read_without_a_parser_means_what_the_parser_says(
    url: str, key: str, path: str
) -> None:
    text = TEXT.format(url, key, path)
    plain = config._as_dumped(text)
    assert plain is None or plain == config_yaml.parse(text)


@given(st.from_regex(r"[A-Z]{3,9}", fullmatch=True))
@example("YES")
@example("ENG")
def test_what_is_written_of_a_space_needs_no_parser(key: str) -> None:
    made = Config(URL, (SpaceConfig(key, key),), flavor="cloud")
    text = config.dump(made)
    assert config.parse(text) == made
    assert (config._as_dumped(text) is None) == (key in ("YES", "OFF", "TRUE", "NULL", "FALSE"))


def test_what_is_wrong_is_told_with_its_line_however_plain_it_is() -> None:
    text = TEXT.format("http://acme.example/wiki", "ENG", "ENG")
    assert config._as_dumped(text) is None
    try:
        config.parse(text)
    except ConfigError as error:
        assert "unencrypted" in error.message and ":1:" in error.message
    else:
        raise AssertionError("credentials would be sent unencrypted")
