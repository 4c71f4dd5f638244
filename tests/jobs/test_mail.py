"""How mail leaves: whole files in a folder, real words with a server, nothing slipped into a header."""

import shutil
import smtplib
import ssl
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from models.jobs import LEASE
from service.config import SettingWrong
from service.jobs.mail import SMTP_SECONDS, make_sender, write_message
from tests.jobs.mail_server import mail_server

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
WORDS = "Дякуємо, що ви з нами.\n\nЗустрінемось на півдорозі.\n"


def write(to="oksana@example.org", subject="Підтвердьте адресу", text=WORDS):
    return write_message("halfway@example.org", to, subject, text, at=AT)


def read(raw):
    return message_from_bytes(raw, policy=default)


def test_the_folder_holds_one_whole_private_file_for_each_message(tmp_path):
    folder = tmp_path / "mail" / "out"
    sender = make_sender(f"folder:{folder}")
    sender.send(write())
    sender.send(write())
    files = list(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    message = read(files[0].read_bytes())
    assert message["To"] == "oksana@example.org"
    assert message["Subject"] == "Підтвердьте адресу"
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.org>")
    assert message.get_content().replace("\r\n", "\n") == WORDS


@pytest.mark.parametrize("words", ["Open this page:", "Відкрийте цю сторінку:"])
def test_a_long_link_stands_whole_in_the_file(tmp_path, words):
    link = f"https://halfway.example.org/confirm?code={'x' * 100}"
    make_sender(f"folder:{tmp_path}").send(write(text=f"{words}\n\n{link}\n"))
    (file,) = tmp_path.iterdir()
    assert f"{words}\r\n\r\n{link}\r\n".encode() in file.read_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "oksana@example.org\nBcc: everyone@example.org",
        "oksana@example.org\r\n\r\nNew body",
        "oksana@example.org, everyone@example.org",
        "oksana@example.org\r\nSubject: other",
        "nobody",
    ],
)
def test_an_address_that_is_more_than_an_address_is_refused(address):
    with pytest.raises((ValueError, IndexError)):
        write(to=address)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_subject_with_a_line_break_is_refused(end):
    with pytest.raises(ValueError, match="linefeed"):
        write(subject=f"Hello{end}Bcc: everyone@example.org")


@pytest.mark.parametrize("url", ["", "halfway-mail", "http://example.org", "smtp://", "smtps:25"])
def test_a_mail_url_that_leads_nowhere_is_refused(url):
    with pytest.raises(SettingWrong, match="HALFWAY_MAIL_URL"):
        make_sender(url)


def test_a_server_is_handed_the_message():
    with mail_server() as server:
        make_sender(f"smtp://localhost:{server.server_address[1]}").send(write())
    message = read(server.received[0])
    assert (message["To"], message["Subject"]) == ("oksana@example.org", "Підтвердьте адресу")
    assert message.get_content().replace("\r\n", "\n") == WORDS
    assert not {"STARTTLS", "AUTH"} & set(server.words)


def test_no_password_is_sent_to_a_server_without_tls():
    with mail_server() as server, pytest.raises(smtplib.SMTPNotSupportedError, match="without TLS"):
        make_sender(f"smtp://me:secret@localhost:{server.server_address[1]}").send(write())
    assert "AUTH" not in server.words
    assert server.received == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificate, is not here")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    named = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run(["openssl", "req", *made, *named], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_name(f"{path.name}.crt").read_text())
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_where_tls_is_offered_the_password_goes_over_it(tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(tls) as server:
        make_sender(f"smtp://me:sec%2Fret@localhost:{server.server_address[1]}").send(write())
    assert server.words.index("STARTTLS") < server.words.index("AUTH") < server.words.index("DATA")
    assert len(server.received) == 1


def test_a_server_that_cannot_prove_its_name_gets_nothing(tls):
    with mail_server(tls) as server, pytest.raises(ssl.SSLCertVerificationError):
        make_sender(f"smtp://me:secret@localhost:{server.server_address[1]}").send(write())
    assert "AUTH" not in server.words
    assert server.received == []


def test_a_silent_server_is_given_up_long_before_the_lease_ends():
    assert LEASE.total_seconds() / 2 > SMTP_SECONDS
