"""Mail of notices: what is due in one message, at the right time, none lost, and none told twice."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from models import Notice, NoticeMail
from models.jobs import LEASE
from models.notices import MOST_A_WEEK
from service.access.actors import WORKER
from service.access.links import read_unsubscribing, sign_unsubscribing
from service.config import Settings
from service.db import now
from service.i18n import LANGUAGES, say
from service.jobs.mail import make_sender
from service.jobs.notices import mail_notices
from service.jobs.runner import run_next
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations.introductions import ask_introduction
from service.operations.messages import write_message_about_proposal
from service.operations.needs import cancel_need, close_need
from service.operations.notice_reading import read_notices
from service.operations.notice_settings import change_notice_settings
from service.operations.proposals import accept_proposal
from service.operations.proposing import propose_for
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)  # a Wednesday, two in the afternoon in Kyiv
MORNING = datetime(2027, 3, 4, 6, tzinfo=UTC)


class Post:
    """A volunteer, a coordinator, and what the worker sends them as time goes by."""

    def __init__(self, session, sessions, folder, clock):
        self.session, self.clock, self.folder = session, clock, folder
        self.settings = Settings(
            public_url="https://halfway.example.org/",
            mail_from="Halfway <hello@example.org>",
            secret_key="k" * 40,
        )
        self.tools = Tools(sessions, self.settings, make_sender(f"folder:{folder}"))
        session.info["at"] = NOON
        self.organisation = make_organisation(session, name="Riverside")
        self.coordinator = make_coordinator(session, self.organisation)
        self.volunteer = make_volunteer(session)

    @property
    def at(self):
        return now()

    def need(self, **over):
        return make_need(
            self.session, self.organisation, **{"title": "Paint boats", "timezone": "UTC", **over}
        )

    def hold(self, need):
        proposal = make_proposal(self.session, self.volunteer, need)
        accept_proposal(self.session, actor_for(self.session, self.volunteer), proposal.id, at=self.at)

    def choose(self, account_id, **fields):
        change_notice_settings(self.session, WORKER, account_id, fields, at=self.at)

    def run(self, at=None):
        """Let the worker run what is due, and give the messages that it sent."""
        if at is not None:
            self.clock.move_to(at)
        self.session.commit()
        before = set(self.folder.glob("*.eml"))
        while run_next(self.tools, Stop()):
            pass
        self.session.expire_all()
        new = sorted(set(self.folder.glob("*.eml")) - before)
        return [message_from_bytes(path.read_bytes(), policy=default) for path in new]

    def to_volunteer(self, at=None):
        email = self.session.get_one(type(self.coordinator), self.volunteer.account_id).email
        return [one for one in self.run(at) if one["To"] == email]


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def post(session, sessions, tmp_path, clock):
    post = Post(session, sessions, tmp_path / "mail", clock)
    post.choose(post.volunteer.account_id, timezone="Europe/Kyiv")
    return post


def parts(message):
    return [message.get_body([kind]).get_content() for kind in ("plain", "html")]


def test_what_concerns_a_placement_goes_at_once(post):
    need = post.need(starts_at=NOON + timedelta(days=9), ends_at=NOON + timedelta(days=9, hours=3))
    post.hold(need)
    post.run()
    cancel_need(post.session, actor_for(post.session, post.coordinator), need.id, at=post.at)
    (message,) = post.to_volunteer()
    assert message["Subject"] == "“Paint boats” will not take place"
    for text in parts(message):
        assert "Riverside has cancelled it" in text
        assert "12 Mar 2027" in text
        assert "https://halfway.example.org/placements" in text
    assert post.run(NOON + timedelta(days=8)) == []


def test_proposals_are_gathered_for_the_next_morning(post):
    post.need()
    propose_for(post.session, WORKER, post.volunteer.id, at=NOON)
    assert post.run() == []
    assert post.run(MORNING - timedelta(seconds=1)) == []
    (message,) = post.run(MORNING)
    assert message["Subject"] == "1 new proposal for you"
    assert "- Paint boats (Riverside)" in parts(message)[0]


def test_a_week_brings_few_messages_of_proposals_and_the_rest_waits(post):
    sent = []
    for day in range(14):
        post.clock.move_to(NOON + timedelta(days=day))
        post.session.info["at"] = post.at
        make_need(post.session, make_organisation(post.session), title=f"Task {day}")
        propose_for(post.session, WORKER, post.volunteer.id, at=post.at)
        sent += [(post.at, one) for one in post.to_volunteer(MORNING + timedelta(days=day))]
    times = [at for at, _ in sent]
    assert len(times) >= 2 * MOST_A_WEEK - 1
    assert all(
        later - first >= timedelta(days=7) for first, later in zip(times, times[MOST_A_WEEK:], strict=False)
    )
    named = "".join(parts(one)[0] for _, one in sent)
    assert all(f"Task {day} " in named for day in range(7))


def test_proposals_that_are_full_answered_or_gone_are_not_mailed(post):
    full, gone = post.need(places=1), post.need()
    propose_for(post.session, WORKER, post.volunteer.id, at=NOON)
    other = make_volunteer(post.session)
    proposal = make_proposal(post.session, other, full)
    accept_proposal(post.session, actor_for(post.session, other), proposal.id, at=NOON)
    close_need(post.session, actor_for(post.session, post.coordinator), gone.id, at=NOON)
    assert post.to_volunteer(MORNING) == []
    assert [
        one.mail_due_at for one in post.session.scalars(select(Notice)) if one.kind == "new_proposals"
    ] == [None]


def test_what_was_read_on_the_pages_is_not_mailed(post):
    post.need()
    propose_for(post.session, WORKER, post.volunteer.id, at=NOON)
    read_notices(post.session, actor_for(post.session, post.volunteer), at=NOON)
    assert post.run(MORNING) == []


def test_quiet_hours_hold_mail_back_also_where_the_worker_comes_late(post):
    post.choose(post.coordinator.id, timezone="UTC", quiet_from=13 * 60, quiet_until=15 * 60)
    post.hold(post.need())
    # ordered at noon, before the quiet hours; the worker comes within them
    assert [one for one in post.run(NOON + timedelta(hours=2)) if one["To"] == post.coordinator.email] == []
    assert len(post.run(NOON + timedelta(hours=3))) == 1


def test_many_things_are_one_message_and_numbered(post):
    post.choose(
        post.coordinator.id, kinds=[{"kind": "somebody_accepted", "mail": "daily"}], timezone="Europe/Kyiv"
    )
    for title in ("Paint boats", "Read aloud", "Cook soup"):
        post.hold(post.need(title=title))
    assert post.run() == []
    (message,) = post.run(MORNING)
    assert message["Subject"] == "3 pieces of news for you"
    assert "3. A volunteer accepted" in parts(message)[0]


def test_the_subject_of_many_things_is_in_the_readers_language(post):
    post.coordinator.language = "uk"
    post.choose(
        post.coordinator.id, kinds=[{"kind": "somebody_accepted", "mail": "daily"}], timezone="Europe/Kyiv"
    )
    for title in ("Paint boats", "Read aloud"):
        post.hold(post.need(title=title))
    (message,) = post.run(MORNING)
    assert message["Subject"] == "2 новини для вас"


def test_a_rhythm_that_is_slower_does_not_hold_back_what_goes_at_once(post):
    post.choose(post.volunteer.account_id, kinds=[{"kind": "new_proposals", "mail": "weekly"}])
    held = post.need(title="Held")
    post.hold(held)
    post.need(title="Proposed")
    propose_for(post.session, WORKER, post.volunteer.id, at=NOON)
    post.run()
    close_need(post.session, actor_for(post.session, post.coordinator), held.id, at=NOON)
    assert [one["Subject"] for one in post.to_volunteer()] == ["“Held” takes no more volunteers"]
    assert post.run(datetime(2027, 3, 8, 5, 59, tzinfo=UTC)) == []
    assert [one["Subject"] for one in post.run(datetime(2027, 3, 8, 6, tzinfo=UTC))] == [
        "1 new proposal for you"
    ]


# --- what a message looks like


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_speaks_its_readers_language_in_both_parts(post, language):
    post.coordinator.language = language
    post.hold(post.need())
    (message,) = [one for one in post.run() if one["To"] == post.coordinator.email]
    assert message["Subject"] == say(language, "A volunteer accepted “%(need)s”", need="Paint boats")
    plain, html = parts(message)
    for text in (plain, html):
        assert message["Subject"] in text.replace("&#34;", '"')
        assert say(language, "Choose what you are told, and when:") in text
    assert f'<html lang="{language}">' in html


class Reader(HTMLParser):
    """Collects every tag, and every address that a part of a page names."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loads, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "background", "poster", "action"):
                self.loads.append(value)
            if name == "href":
                (self.links if tag == "a" else self.loads).append(value)


def test_html_asks_nobody_for_anything_and_escapes_what_was_typed(post):
    post.hold(post.need(title='<img src="https://spy.example/x"> & "more"'))
    (message,) = post.run()
    html = parts(message)[1]
    reader = Reader(html)
    assert not {"img", "script", "link", "iframe", "form", "object"} & set(reader.tags)
    assert reader.loads == []
    assert all(one.startswith("https://halfway.example.org/") for one in reader.links)
    assert "url(" not in html
    assert "@import" not in html
    assert "&lt;img src=" in html
    assert {"main", "h1", "article"} <= set(reader.tags)


@pytest.mark.parametrize(
    "title",
    ["Boats\r\nBcc: spy@example.org", "Boats\nX-Mine: 1", "Boats\u2028Bcc: a@b.c", "Б" * 300, "a" * 300],
)
def test_no_title_can_slip_a_header_in(post, title):
    post.hold(post.need(title=title))
    post.run()
    (path,) = post.folder.glob("*.eml")
    raw = path.read_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"^(Bcc|X-Mine):", head, re.MULTILINE | re.IGNORECASE)
    message = message_from_bytes(raw, policy=default)
    assert len(message["Subject"]) <= 150
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_a_mail_program_can_unsubscribe_its_reader_with_one_click(post):
    post.hold(post.need())
    (message,) = post.run()
    raw = next(iter(post.folder.glob("*.eml"))).read_bytes()
    # in one piece: mail programs read no encoded or folded address
    assert re.search(
        rb"^List-Unsubscribe: <https://halfway\.example\.org/unsubscribe\?key=[\w.-]+>\r$", raw, re.MULTILINE
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    key = parse_qs(urlsplit(message["List-Unsubscribe"].strip("<>")).query)["key"][0]
    asked = read_unsubscribing(post.settings, key)
    assert (asked.account_id, asked.kinds) == (post.coordinator.id, ("somebody_accepted",))


def test_a_key_that_was_not_signed_by_us_opens_nothing(post):
    key = sign_unsubscribing(post.settings, post.coordinator.id, ["somebody_accepted"])
    strangers = Settings(secret_key="j" * 40)
    assert read_unsubscribing(strangers, key) is None
    for broken in (
        "",
        key[:-1],
        key[1:],
        "e30.abc",
        "\0",
        "ключ",
        sign_unsubscribing(strangers, post.coordinator.id, []),
    ):
        assert read_unsubscribing(post.settings, broken) is None


# --- never lost, and never doubled while its worker lives


class Broken:
    """A way out that leads nowhere."""

    def send(self, message):
        raise OSError("the server is away")


def test_what_could_not_be_sent_is_sent_later_and_once(post):
    post.hold(post.need())
    post.session.commit()
    broken = Tools(post.tools.sessions, post.settings, Broken())
    assert run_next(broken, Stop())
    post.session.expire_all()
    (mail,) = post.session.scalars(select(NoticeMail))
    assert (mail.begun_at, mail.sent_at) == (None, None)
    (message,) = post.run(NOON + timedelta(minutes=1))
    assert str(mail.id) in message["Message-ID"]
    assert post.run(NOON + timedelta(days=1)) == []


def test_while_a_worker_sends_another_one_does_not_and_comes_back_in_time(post):
    """The first has begun and stands still: the second leaves it alone, and sends when it is surely dead."""
    post.hold(post.need())
    post.session.commit()
    payload = {"account_id": str(post.coordinator.id)}

    class Stopped:
        def send(self, message):
            assert mail_notices(post.tools, payload) is False
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_next(Tools(post.tools.sessions, post.settings, Stopped()), Stop())
    assert post.run(NOON + timedelta(seconds=30)) == []
    (message,) = post.run(NOON + 2 * LEASE)
    assert message["To"] == post.coordinator.email
    assert post.run(NOON + timedelta(days=1)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_and_questions_are_gathered_wait_for_quiet_hours_and_name_nobody(post, language):
    daily = [{"kind": one, "mail": "daily"} for one in ("message_received", "question_asked")]
    post.choose(post.coordinator.id, kinds=daily, timezone="Europe/Kyiv", quiet_from=420, quiet_until=540)
    post.coordinator.language, post.volunteer.name = language, "Zephyrine Quillfeather"
    actor = actor_for(post.session, post.volunteer)
    proposal = make_proposal(post.session, post.volunteer, post.need())
    for text in ("When do we begin?", "And where?"):
        write_message_about_proposal(post.session, actor, proposal.id, text, at=post.at)
    question = {"kind": "question", "text": "Is there a bus?"}
    ask_introduction(post.session, actor, proposal.id, question, at=post.at)
    assert post.run(MORNING) == [], "it is eight, and quiet until nine"
    (message,) = post.run(MORNING + timedelta(hours=1))
    assert message["To"] == post.coordinator.email
    for text in parts(message):
        assert text.count(say(language, "A volunteer has written to you")) == 1
        assert say(language, "A volunteer asks you about “%(need)s”", need="Paint boats") in text
        assert "https://halfway.example.org/messages/" in text
        for trace in ("Zephyrine", "Quillfeather", "begin", "bus", str(proposal.id), str(post.volunteer.id)):
            assert trace not in text, trace
