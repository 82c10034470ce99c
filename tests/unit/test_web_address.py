"""Web addresses: read in one way only, refused where two programs could differ, shown without secrets."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AddressRefused
from bot.sources.public_networks import read_networks, refusal
from bot.sources.web_address import MAX_CHARS, WebAddress, check_address, clean_link, pasted_address, read_address


def code_of(text: str) -> str:
    with pytest.raises(AddressRefused) as caught:
        check_address(text)
    return caught.value.code


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://News.Example.ORG", "http://news.example.org/"),
        ("https://news.example.org:443/a?b=c#d", "https://news.example.org/a?b=c"),
        ("  http://news.example.org:8080/ \n", "http://news.example.org:8080/"),
        ("http://news.example.org./x", "http://news.example.org/x"),
        ("http://news.example.org?x", "http://news.example.org/?x"),
        ("http://news.example.org:/x", "http://news.example.org/x"),
        ("https://straße.example.org/", "https://xn--strae-oqa.example.org/"),
        ("https://news.example.org/ä b?ü=ß", "https://news.example.org/%C3%A4%20b?%C3%BC=%C3%9F"),
        ("https://news.example.org/%C3%A4%zz/../?a=%2F", "https://news.example.org/%C3%A4%zz/../?a=%2F"),
        ("http://[2606:4700:4700:0::1111]/x", "http://[2606:4700:4700::1111]/x"),
        ("http://8.8.8.8:8443/x", "http://8.8.8.8:8443/x"),
        ("http://a_b.example.org/", "http://a_b.example.org/"),
        ("http://news.example.org/a\\b@c", "http://news.example.org/a%5Cb@c"),
    ],
)
def test_an_address_has_one_spelling(written: str, read: str) -> None:
    address = check_address(written)
    assert address.text == read
    assert check_address(read) == address


@pytest.mark.parametrize(
    "text",
    [
        *(
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0X7F.1",
            "017700000001",
            "0177.0.0.1",
            "127.0.0.01",
            "1.2.3.4.5",
        ),
        *("4294967297", "0x", "0x7f.0.0.0x1", "256.1.1.1", "１27.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "news.123"),
    ],
)
def test_numbers_have_one_spelling_too(text: str) -> None:
    assert code_of(f"http://{text}/") == "address-odd-number"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "0.0.0.0"),
        *("[::1]", "[::]", "[::ffff:8.8.8.8]", "[64:ff9b::8.8.8.8]", "[2002:808:808::]", "[2001:0:1::1]", "[fd00::1]"),
        *("[::7f00:1]", "[fec0::1]", "[ff02::1]", "[4000::1]", "[::ffff:0:127.0.0.1]", "[3fff::1]", "127.0.0.1."),
    ],
)
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    assert code_of(f"http://{host}/") == "address-not-public"


@pytest.mark.parametrize(
    "name",
    [
        *("localhost", "LocalHost.", "printer", "nas.local", "a.localhost", "app.internal", "x.corp", "y.home.arpa"),
        *("abc.onion", "1.0.0.127.in-addr.arpa", "router.lan", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "loc\u00adalhost", "a.test"),
    ],
)
def test_names_of_inner_networks_are_refused(name: str) -> None:
    assert code_of(f"http://{name}/") == "address-inner-name"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "address-empty"),
        (" \n", "address-empty"),
        ("http://news.example.org/" + "a" * MAX_CHARS, "address-too-long"),
        ("http://news.example.org/" + "ä" * 2000, "address-too-long"),
        ("ftp://news.example.org/", "address-not-web"),
        ("file:///etc/passwd", "address-not-web"),
        ("javascript:alert(1)", "address-not-web"),
        ("news.example.org", "address-not-web"),
        ("//news.example.org/", "address-not-web"),
        ("http:news.example.org", "address-malformed"),
        ("http:/news.example.org", "address-malformed"),
        ("http:///8.8.8.8/", "address-malformed"),
        ("http:\\\\news.example.org", "address-malformed"),
        ("http://8.8.8.8\\@news.example.org/", "address-malformed"),
        ("http://news.example.org%2f@8.8.8.8/", "address-has-password"),
        ("http://%38.8.8.8/", "address-malformed"),
        ("http://news.example.org／@8.8.8.8/", "address-has-password"),
        ("http://news.example.org／x/", "address-malformed"),
        ("http://℀.example.org/", "address-malformed"),
        ("http://news.example.org：80/", "address-malformed"),
        ("http://news.example.org＃.example/", "address-malformed"),
        ("http://xn--/", "address-inner-name"),
        ("http://news.example.org@8.8.8.8/", "address-has-password"),
        ("http://@news.example.org/", "address-has-password"),
        ("http://user:word@news.example.org/", "address-has-password"),
        ("http://news.example.org:99999/", "address-malformed"),
        ("http://news.example.org:0/", "address-malformed"),
        ("http://news.example.org:８０/", "address-malformed"),
        ("http://news.example.org:80:80/", "address-malformed"),
        ("http://news.example.org:22/", "address-port"),
        ("http://[::1/", "address-malformed"),
        ("http://[::1]x/", "address-malformed"),
        ("http://[fe80::1%25eth0]/", "address-malformed"),
        ("http://2606:4700::1/", "address-malformed"),
        ("http://news..example.org/", "address-malformed"),
        ("http://news example.org/", "address-malformed"),
        ("http://news.example.org/\r\nHost: a", "address-malformed"),
        ("http://news.example.org\r/", "address-malformed"),
        ("http://news.example.org/\0", "address-malformed"),
        ("http://news.example.org/\ud800", "address-malformed"),
        ("http://" + "a" * 64 + ".example.org/", "address-malformed"),
        ("http://" + "a." * 130 + "org/", "address-malformed"),
        ("http://" + "ä" * 10_000 + ".org/", "address-too-long"),
        ("http://" + "ä" * 3000 + ".org/", "address-malformed"),
    ],
)
def test_what_is_no_plain_web_address_is_refused_with_its_reason(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_refusal_says_what_a_person_can_do() -> None:
    with pytest.raises(AddressRefused) as caught:
        check_address("http://news.example.org:9090/feed?token=s3cret")
    assert "fetch_extra_ports" in caught.value.person
    assert "s3cret" not in caught.value.person + caught.value.log


def test_an_admin_may_allow_networks_and_ports_exactly() -> None:
    networks = read_networks("192.168.7.0/24, fd12:3456::/48")
    assert check_address("http://192.168.7.20/feed", networks=networks).host == "192.168.7.20"
    assert check_address("http://nas.local/feed", networks=networks).host == "nas.local"
    assert check_address("http://news.example.org:9090/", ports={9090}).port == 9090
    with pytest.raises(AddressRefused):
        check_address("http://192.168.8.20/feed", networks=networks)
    with pytest.raises(AddressRefused):
        check_address("http://[::ffff:192.168.7.20]/feed", networks=networks)


@given(st.ip_addresses(v=4))
def test_every_way_to_write_a_number_leads_to_the_same_verdict_or_none(ip: ipaddress.IPv4Address) -> None:
    """Whatever the system's resolver would take for this address is refused, unless it is its plain spelling."""
    public = not refusal(ip)
    number = int(ip)
    a, b, c, d = ip.packed
    odd = [str(number), hex(number), f"0{number:o}", f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{number & 0xFFFF}"]
    odd += [
        f"0x{a:x}.{b}.{c}.{d}",
        f"0{a:o}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.0{d:o}",
        f"{a}.{b}.{c}.0x{d:x}",
        f"{ip}".replace(".", "。"),
    ]
    for text in odd:
        if text.isascii() and text != str(ip):
            assert socket.inet_aton(text) == ip.packed
        with pytest.raises(AddressRefused):
            check_address(f"http://{text}/")
    embedded = [f"::ffff:{ip}", f"::{ip}", f"64:ff9b::{ip}", f"2002:{a:02x}{b:02x}:{c:02x}{d:02x}::"]
    for text in embedded:
        with pytest.raises(AddressRefused):
            check_address(f"http://[{text}]/")
    if public:
        assert str(check_address(f"http://{ip}/").ip) == str(ip)
    else:
        assert code_of(f"http://{ip}/") == "address-not-public"


@given(st.text(max_size=60))
def test_whatever_is_read_reads_the_same_again(text: str) -> None:
    for written in (text, f"http://{text}", f"http://example.org/{text}", f"https://{text}.example.org:80/?{text}"):
        try:
            address = read_address(written)
        except AddressRefused:
            continue
        assert isinstance(address, WebAddress)
        assert read_address(address.text) == address
        assert address.text.isascii()
        assert not any(char <= " " or char == "\x7f" for char in address.text)
        assert address.site + address.target == address.text


@given(st.text(alphabet="0123456789abcdefx.:[]%@/\\#?。１", max_size=24))
def test_what_is_read_as_a_name_is_no_number_to_the_system(text: str) -> None:
    try:
        address = check_address(f"http://{text}/")
    except AddressRefused:
        return
    if address.ip is None:
        with pytest.raises(OSError, match=r"illegal"):
            socket.inet_aton(address.host)
    else:
        assert not refusal(address.ip)


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("news.example.org", "https://news.example.org/"),
        ("news.example.org/feed?x=1", "https://news.example.org/feed?x=1"),
        ("<https://news.example.org/a>", "https://news.example.org/a"),
        ("„https://news.example.org/a“", "https://news.example.org/a"),
        ("feed://news.example.org/rss", "http://news.example.org/rss"),
        ("feed:https://news.example.org/rss", "https://news.example.org/rss"),
        ("FEED:HTTPS://news.example.org/rss", "https://news.example.org/rss"),
        ("bücher.example.org", "https://xn--bcher-kva.example.org/"),
        ("news.example.org:8080/feed", "https://news.example.org:8080/feed"),
    ],
)
def test_it_understands_what_people_paste(pasted: str, read: str) -> None:
    assert pasted_address(pasted).text == read


@pytest.mark.parametrize(
    "pasted", ["hello", "hello world", "user@example.org", "mailto:user@example.org", "C:\\x.txt", "127.1"]
)
def test_it_does_not_make_an_address_of_anything(pasted: str) -> None:
    with pytest.raises(AddressRefused):
        pasted_address(pasted)


@pytest.mark.parametrize(
    ("link", "base", "kept"),
    [
        ("https://news.example.org/a?utm_source=rss&id=7&fbclid=x#c", "", "https://news.example.org/a?id=7"),
        ("https://news.example.org/a?utm_medium=rss", "", "https://news.example.org/a"),
        ("/a/b?wt_zmc=1", "https://news.example.org/feed", "https://news.example.org/a/b?wt_zmc=1"),
        ("//cdn.example.org/x", "https://news.example.org/", "https://cdn.example.org/x"),
        ("https://news.example.org/story.php?12345", "", "https://news.example.org/story.php?12345"),
        ("https://news.example.org/?gallery=5&b=&a=1", "", "https://news.example.org/?gallery=5&b=&a=1"),
        ("https://news.example.org/view?cid=123&ref=rss", "", "https://news.example.org/view?cid=123"),
        ("https://news.example.org/a//b/", "", "https://news.example.org/a//b/"),
        ("http://192.168.1.5/a", "", "http://192.168.1.5/a"),
        ("javascript:alert(1)", "https://news.example.org/", ""),
        ("http://user:word@news.example.org/", "", ""),
        ("http://[", "https://news.example.org/", ""),
        ("", "", ""),
        ("/a", "", ""),
    ],
)
def test_links_are_kept_without_trackers_and_nothing_else_of_them_changes(link: str, base: str, kept: str) -> None:
    assert clean_link(link, base) == kept


@given(st.text(max_size=60), st.sampled_from(["", "https://news.example.org/a/b"]))
def test_cleaning_a_link_twice_changes_nothing_more(text: str, base: str) -> None:
    once = clean_link(text, base)
    assert clean_link(once) == once
    query = clean_link(f"https://news.example.org/x?{text}")
    assert clean_link(query) == query


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example.org/feed?token=abc&n=5", "https://a.example.org/feed?token=…&n=…"),
        ("https://a.example.org/feed?0f1e2d3c4b5a69788796a5b4c3d2e1f0", "https://a.example.org/feed?…"),
        ("https://a.example.org/private/9aF3kd93jfLs02kfmw93/feed.xml", "https://a.example.org/private/…/feed.xml"),
        (
            "https://a.example.org/2031/05/a-long-headline-with-many-words-2031",
            "https://a.example.org/2031/05/a-long-headline-with-many-words-2031",
        ),
    ],
)
def test_logs_show_an_address_without_what_may_be_a_secret(address: str, shown: str) -> None:
    assert read_address(address).shown == shown
