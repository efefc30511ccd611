"""Deliveries go to public addresses over https and to nothing else, however an address is written."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.service.webhooks.targets import (
    ALLOW_HTTP_VARIABLE,
    ALLOW_NETWORKS_VARIABLE,
    ALLOW_PORTS_VARIABLE,
    TargetRefusedError,
    TargetRules,
    judge,
    read_target,
)

STRICT = TargetRules()

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - judged, not listened on
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_are_refused(address: str) -> None:
    with pytest.raises(TargetRefusedError):
        judge([address], STRICT)
    with pytest.raises(TargetRefusedError):
        judge(["8.8.8.8", address], STRICT)


def test_public_addresses_are_permitted() -> None:
    assert judge(["8.8.8.8", "2606:4700::1111", "8.8.8.8"], STRICT) == (
        "8.8.8.8",
        "2606:4700::1111",
    )
    with pytest.raises(TargetRefusedError):
        judge([], STRICT)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_is_permitted_is_global_by_the_registries(address: IPv4Address | IPv6Address) -> None:
    if STRICT.permits(address):
        assert address.is_global
        assert not any(
            (
                address.is_private,
                address.is_multicast,
                address.is_reserved,
                address.is_loopback,
                address.is_link_local,
                address.is_unspecified,
            )
        )


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_ipv6_is_never_a_way_round(address: IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "::", "64:ff9b::"):
        wrapped = IPv6Address(int(ip_address(prefix)) | int(address))
        assert not STRICT.permits(wrapped)
    six_to_four = IPv6Address((0x2002 << 112) | (int(address) << 80))
    assert not STRICT.permits(six_to_four)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com\\@10.0.0.1/",
        "https://example.com:22/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Evil: 1",
        "https://exam\tple.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://" + "a" * 300 + ".com/",
    ],
)
def test_unfit_addresses_are_refused(url: str) -> None:
    with pytest.raises(TargetRefusedError):
        read_target(url, STRICT)


def test_addresses_are_taken_apart_as_they_will_be_called() -> None:
    target = read_target("HTTPS://Example.COM:8443/a b?q=ж&r=1%20".replace(" b", "b"), STRICT)
    assert (target.scheme, target.host, target.port) == ("https", "example.com", 8443)
    assert target.authority == "example.com:8443"
    assert target.path == "/ab?q=%D0%B6&r=1%20"
    assert read_target("https://пример.рф", STRICT).url == "https://xn--e1afmkfd.xn--p1ai/"


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_the_request_line(text: str) -> None:
    try:
        target = read_target(f"https://example.com/{text}", STRICT)
    except TargetRefusedError:
        return
    assert target.path.isascii()
    assert not set(target.path) & set(" \r\n\t")
    assert read_target(target.url, STRICT) == target, "reading it again changes nothing"


def test_environment_allows_a_self_hosted_service_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TargetRules.from_environment() == STRICT
    monkeypatch.setenv(ALLOW_NETWORKS_VARIABLE, "10.0.0.0/8, ::1/128")
    monkeypatch.setenv(ALLOW_HTTP_VARIABLE, "1")
    monkeypatch.setenv(ALLOW_PORTS_VARIABLE, "any")
    rules = TargetRules.from_environment()
    assert rules.allowed_networks == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert read_target("http://10.0.0.1:8000/x", rules).port == 8000
    with pytest.raises(TargetRefusedError):
        read_target("http://192.168.0.1/", rules)
    monkeypatch.setenv(ALLOW_PORTS_VARIABLE, "9000")
    assert TargetRules.from_environment().ports == frozenset({9000})
