"""Secure connections: certificates are checked against the name, and the name is what the server is told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.sources.fetcher import Fetcher
from tests.protocol.conftest import Clock, Names, fetcher_for
from tests.protocol.web_server import WebServer, answer

GOOD, EXPIRED = "good.example", "expired.example"


@dataclass
class SecureDesk:
    server: WebServer
    names: Names
    trusting: ssl.SSLContext
    told: list[str | None] = field(default_factory=list)  # the names that clients gave

    def fetcher(self, **rules: Any) -> Fetcher:
        return fetcher_for(self.server, self.names, Clock(), **{"ssl_context": self.trusting, **rules})

    async def code(self, host: str, **rules: Any) -> str:
        fetcher = self.fetcher(**rules)
        try:
            return (await fetcher.fetch(self.server.at("/", host))).code
        finally:
            await fetcher.close()


def written(path: Path, host: str, *, days: int) -> ssl.SSLContext:
    """A server's side with its own certificate for a host, written to `path`.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.with_suffix(".pem").write_bytes(pem)
    path.with_suffix(".key").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path.with_suffix(".pem"), path.with_suffix(".key"))
    return context


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[SecureDesk]:
    good = written(tmp_path / "good", GOOD, days=30)
    expired = written(tmp_path / "expired", EXPIRED, days=-1)
    trusting = ssl.create_default_context()
    for name in ("good", "expired"):
        trusting.load_verify_locations(tmp_path / f"{name}.pem")
    names = Names()
    names.here(GOOD, EXPIRED, "wrong.example")
    async with WebServer({"/": answer(b"here")}, tls=good) as server:
        desk = SecureDesk(server, names, trusting)

        def choose(held: ssl.SSLObject, host: str | None, _context: ssl.SSLContext) -> None:
            desk.told.append(host)
            if host == EXPIRED:
                held.context = expired

        good.sni_callback = choose
        yield desk


async def test_a_site_that_proves_its_name_is_read(secure: SecureDesk) -> None:
    assert await secure.code(GOOD) == "ok"
    assert secure.told == [GOOD]
    assert secure.server.seen[0].host == f"{GOOD}:{secure.server.port}"


@pytest.mark.parametrize("host", [EXPIRED, "wrong.example", "127.0.0.1"])
async def test_a_site_that_cannot_prove_its_name_is_not_read(secure: SecureDesk, host: str) -> None:
    fetcher = secure.fetcher()
    fetched = await fetcher.fetch(secure.server.at("/?token=s3cret", host))
    await fetcher.close()
    assert (fetched.outcome, fetched.code) == ("failed", "tls-certificate")
    assert host in fetched.person
    assert "s3cret" not in fetched.log + fetched.person
    assert secure.server.seen == []


async def test_nobody_is_trusted_but_those_whom_browsers_trust(secure: SecureDesk) -> None:
    assert await secure.code(GOOD, ssl_context=None) == "tls-certificate"


async def test_a_server_without_tls_is_a_value(secure: SecureDesk) -> None:
    async with WebServer(greeting=b"220 mail.example ESMTP\r\n") as plain:
        fetcher = fetcher_for(plain, secure.names, Clock(), ssl_context=secure.trusting)
        fetched = await fetcher.fetch(f"https://{GOOD}:{plain.port}/")
        await fetcher.close()
    assert (fetched.outcome, fetched.code) == ("failed", "tls-failed")


async def test_a_redirect_may_lead_to_a_secure_site(secure: SecureDesk) -> None:
    async with WebServer({"/": answer(b"", "301 X", Location=secure.server.at("/", GOOD))}) as plain:
        ports = frozenset({plain.port, secure.server.port})
        fetcher = fetcher_for(plain, secure.names, Clock(), ssl_context=secure.trusting, allowed_ports=ports)
        fetched = await fetcher.fetch(plain.at("/", GOOD))
        await fetcher.close()
    assert (fetched.code, fetched.body, fetched.moved_to) == ("ok", b"here", secure.server.at("/", GOOD))
