"""Certificates of a test's own authority: a good one, and those that nobody may trust."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Certificates:
    """TLS contexts of servers, and the one of a client that trusts the authority."""

    trusting: ssl.SSLContext
    good: ssl.SSLContext
    bad: dict[str, ssl.SSLContext]


def make_certificates(folder: Path) -> Certificates:
    """Makes them all anew."""
    authority, key = _certificate("Test authority", (), authority=True)
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    signer = (authority, key)
    return Certificates(
        trusting=ssl.create_default_context(cafile=str(folder / "authority.pem")),
        good=_server(folder, "good", _certificate("here", HERE, signer)),
        bad={
            "expired": _server(folder, "expired", _certificate("here", HERE, signer, age=3 * DAY)),
            "self-signed": _server(folder, "self-signed", _certificate("here", HERE)),
            "wrong host": _server(folder, "wrong-host", _certificate("there", ("elsewhere.example",), signer)),
        },
    )


Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _certificate(
    name: str,
    hosts: tuple[str, ...],
    signer: Signed | None = None,
    age: datetime.timedelta = DAY,
    *,
    authority: bool = False,
) -> Signed:
    """One that was made ``age`` ago and is good for two days."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = datetime.datetime.now(datetime.UTC) - age
    issuer, signing = (signer[0].subject, signer[1]) if signer else (subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made)
        .not_valid_after(made + 2 * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        names: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host) for host in hosts
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signing, hashes.SHA256()), key


def _server(folder: Path, name: str, signed: Signed) -> ssl.SSLContext:
    certificate, key = signed
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
