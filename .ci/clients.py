#!/usr/bin/env python3
"""Real mail clients against `./postrider try`: what one of them does, the others see.

Needs curl, swaks, mbsync (isync), fetchmail and mutt, which .ci/run installs, and Python's own imaplib, poplib, smtplib.
Everything talks to loopback; the server is started here and stopped at the end.
"""
import email.message
import email.policy
import imaplib
import os
import poplib
import pathlib
import re
import select
import shutil
import smtplib
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OFFSET = int(os.environ.get("POSTRIDER_TEST_PORT_OFFSET", "300"))
HOST = "127.0.0.1"
SMTP, SUBMISSION, SMTPS, POP3, POP3S, IMAP, IMAPS = (p + OFFSET for p in (2525, 2587, 2465, 2110, 2995, 2143, 2993))
ALICE, BOB, PASSWORD = "alice@example.org", "bob@example.org", "postrider"
TLS = ssl._create_unverified_context()
LIMIT = 30  # seconds that anything may take

work = pathlib.Path(tempfile.mkdtemp(prefix="postrider-clients-"))


def run(*command, input=None, env=None, ok=(0,)):
    """A client's output; fails when the client does."""
    done = subprocess.run([str(c) for c in command], input=input, capture_output=True, text=True, timeout=LIMIT,
                          env={**os.environ, **(env or {})})
    if done.returncode not in ok:
        raise AssertionError(f"{command[0]} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def until(what, look):
    """The first true value of look, asked again and again."""
    deadline = time.monotonic() + LIMIT
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not in time: " + what)
        select.select([], [], [], 0.1)


def imap(user=BOB, password=PASSWORD):
    client = imaplib.IMAP4_SSL(HOST, IMAPS, ssl_context=TLS)
    client.login(user, password)
    return client


def good(answer):
    assert answer[0] == "OK", answer
    return answer[1]


class Idle:
    """IDLE by hand: imaplib learned it only lately."""

    def __init__(self, client):
        self.client, self.rest, self.heard = client, b"", []
        client.send(b"I1 IDLE\r\n")
        assert client.readline().startswith(b"+")

    def lines(self):
        """What has come by now; read here and not by imaplib, whose buffer select can't see."""
        while self.client.sock.pending() or select.select([self.client.sock], [], [], 0.2)[0]:
            data = self.client.sock.recv(65536)
            assert data, "the server closed the connection"
            self.rest += data
        *lines, self.rest = self.rest.split(b"\r\n")
        return lines

    def hear(self, pattern):
        """The first line that matches; those before it are dropped, those after it are kept."""
        def look():
            self.heard += self.lines()
            for i, line in enumerate(self.heard):
                if re.search(pattern, line):
                    del self.heard[: i + 1]
                    return line
            return None
        try:
            return until(f"IDLE hears {pattern}", look)
        except AssertionError as e:
            raise AssertionError(f"{e}; it heard {self.heard}") from e

    def done(self):
        self.client.send(b"DONE\r\n")
        self.hear(rb"^I1 OK")


def mbsync_config():
    mail = work / "maildir"
    mail.mkdir(exist_ok=True)
    config = work / "mbsyncrc"
    config.write_text(f"""
IMAPAccount p
Host {HOST}
Port {IMAPS}
User {BOB}
Pass {PASSWORD}
SSLType IMAPS
CertificateFile {work}/data/certificate.pem
AuthMechs *

IMAPStore remote
Account p

MaildirStore local
Path {mail}/
Inbox {mail}/INBOX
SubFolders Verbatim

Channel all
Far :remote:
Near :local:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
""")
    return config, mail


def mbsync():
    config, mail = mbsync_config()
    run("mbsync", "-c", config, "-a")
    return mail


def maildir_files(folder):
    return [f for d in ("cur", "new") for f in (folder / d).iterdir()]


# ---- what is tried, in this order; each finds what those before it left ----

def swaks_sends_curl_and_mbsync_fetch():
    run("swaks", "--server", HOST, "--port", SMTP, "--from", "carol@elsewhere.example", "--to", BOB,
        "--header", "Subject: by swaks", "--body", "swaks says hello\n.dots too\n")
    text = run("curl", "-sS", "-k", "--user", f"{BOB}:{PASSWORD}", f"imaps://{HOST}:{IMAPS}/INBOX;MAILINDEX=*")
    assert "swaks says hello" in text and "\n.dots too" in text, text
    mail = mbsync()
    assert any("swaks says hello" in f.read_text() for f in maildir_files(mail / "INBOX"))


def swaks_with_tls_and_each_login():
    for mechanism in ("PLAIN", "LOGIN"):
        run("swaks", "--server", HOST, "--port", SUBMISSION, "--tls", "--auth", mechanism, "--auth-user", ALICE,
            "--auth-password", PASSWORD, "--from", ALICE, "--to", BOB, "--header", f"Subject: {mechanism}")
    run("swaks", "--server", HOST, "--port", SMTPS, "--tls-on-connect", "--auth", "PLAIN", "--auth-user", ALICE,
        "--auth-password", PASSWORD, "--from", ALICE, "--to", BOB)
    refused = subprocess.run(["swaks", "--server", HOST, "--port", str(SMTP), "--from", ALICE, "--to", "x@elsewhere.example"],
                             capture_output=True, text=True, timeout=LIMIT)
    assert refused.returncode == 24 and "550 5.7.1" in refused.stdout, refused.stdout


def flags_and_folders_show_in_the_other_client_while_it_idles():
    watcher = imap()
    count = int(good(watcher.select("INBOX"))[0])
    idle = Idle(watcher)
    run("swaks", "--server", HOST, "--port", SMTP, "--from", "carol@elsewhere.example", "--to", BOB)
    idle.hear(rb"\* %d EXISTS" % (count + 1))
    other = imap()
    good(other.select("INBOX"))
    good(other.store("1", "+FLAGS", r"(\Flagged $Work)"))
    heard = idle.hear(rb"\* 1 FETCH")
    assert b"\\Flagged" in heard and b"$Work" in heard, heard
    # and mbsync marks one as read by the name of its file
    mail = mbsync()
    unread = next(f for f in maildir_files(mail / "INBOX") if "S" not in f.name.partition(":2,")[2])
    base, _, flags = unread.name.partition(":2,")
    unread.rename(mail / "INBOX" / "cur" / (base + ":2," + "".join(sorted(flags + "S"))))
    mbsync()
    idle.hear(rb"FETCH .*\\Seen")
    good(other.create("Projects/Postrider"))
    good(other.copy("1", "Projects/Postrider"))
    mail = mbsync()
    assert len(maildir_files(mail / "Projects/Postrider")) == 1
    good(other.store("2", "+FLAGS", r"(\Deleted)"))
    good(other.expunge())
    idle.hear(rb"\* 2 EXPUNGE")
    idle.done()
    watcher.logout()
    other.logout()
    before = len(maildir_files(mail / "INBOX"))
    assert len(maildir_files(mbsync() / "INBOX")) == before - 1


def mbsync_brings_a_message_up():
    mail = mbsync()
    (mail / "Drafts" / "new" / "1.local").write_text("From: bob@example.org\nSubject: local draft\n\nfrom the maildir\n")
    mbsync()
    client = imap()
    good(client.select("Drafts"))
    assert good(client.search(None, "SUBJECT", '"local draft"'))[0], "mbsync's message is not there"
    client.logout()


def curl_speaks_all_three():
    letter = work / "letter"
    letter.write_bytes(b"From: alice@example.org\r\nTo: bob@example.org\r\nSubject: by curl\r\n\r\ncurl was here\r\n")
    run("curl", "-sS", "-k", "--ssl-reqd", "--user", f"{ALICE}:{PASSWORD}", f"smtp://{HOST}:{SUBMISSION}",
        "--mail-from", ALICE, "--mail-rcpt", BOB, "-T", letter)
    listing = run("curl", "-sS", "-k", "--user", f"{BOB}:{PASSWORD}", f"pop3s://{HOST}:{POP3S}/")
    last = listing.split()[-2]
    assert "curl was here" in run("curl", "-sS", "-k", "--user", f"{BOB}:{PASSWORD}", f"pop3s://{HOST}:{POP3S}/{last}")
    run("curl", "-sS", "-k", "--user", f"{BOB}:{PASSWORD}", f"imaps://{HOST}:{IMAPS}/Archive", "-T", letter)
    found = run("curl", "-sS", "-k", "--user", f"{BOB}:{PASSWORD}", f"imaps://{HOST}:{IMAPS}/Archive?SUBJECT%20curl")
    assert re.search(r"\* SEARCH \d", found), found
    for mechanism in ("PLAIN", "LOGIN", "SCRAM-SHA-256"):
        folders = run("curl", "-sS", "-k", "--login-options", f"AUTH={mechanism}", "--user", f"{BOB}:{PASSWORD}",
                      f"imaps://{HOST}:{IMAPS}/", ok=(0, 67) if mechanism == "SCRAM-SHA-256" else (0,))
        assert mechanism == "SCRAM-SHA-256" or r"\Drafts" in folders, folders


def fetchmail_takes_a_maildrop():
    config = work / "fetchmailrc"
    config.write_text(f'poll {HOST} service {POP3S} protocol pop3 user "{BOB}" password "{PASSWORD}" '
                      f'ssl no sslcertck keep mda "cat >> {work}/fetched"\n')
    config.chmod(0o600)
    run("fetchmail", "-f", config, "--nodetach", "--nosyslog", "-v", env={"HOME": str(work)})
    assert "Subject: PLAIN" in (work / "fetched").read_text()


def mutt_sends_and_keeps_a_copy():
    config = work / "muttrc"
    config.write_text(f"""
set smtp_url="smtps://{ALICE.replace('@', '%40')}@{HOST}:{SMTPS}" smtp_pass="{PASSWORD}" smtp_authenticators="plain"
set imap_user="{ALICE}" imap_pass="{PASSWORD}" folder="imaps://{HOST}:{IMAPS}/" record="+Sent" copy=yes
set from="{ALICE}" use_from=yes ssl_verify_host=no ssl_verify_dates=no ssl_force_tls=yes certificate_file="{work}/data/certificate.pem"
set hostname="example.org" ssl_usesystemcerts=no sendmail="/bin/false"
""")
    run("mutt", "-n", "-F", config, "-s", "by mutt", BOB, input="mutt was here\n", env={"HOME": str(work), "TERM": "dumb"})
    for user, folder in ((BOB, "INBOX"), (ALICE, "Sent")):
        client = imap(user)
        good(client.select(folder))
        assert good(client.search(None, "SUBJECT", '"by mutt"'))[0], f"mutt's message is not in {folder} of {user}"
        client.logout()


def python_smtplib():
    client = smtplib.SMTP(HOST, SUBMISSION, timeout=LIMIT)
    client.starttls(context=TLS)
    client.login(ALICE, PASSWORD)
    letter = email.message.EmailMessage(policy=email.policy.SMTPUTF8)
    letter["From"], letter["To"], letter["Subject"] = ALICE, BOB, "Grüße aus Köln"
    letter.set_content("Straße\n" * 2000)
    letter.add_attachment(os.urandom(200_000), maintype="application", subtype="octet-stream", filename="zufällig.bin")
    client.send_message(letter)
    try:
        client.sendmail("somebody@else.example", [BOB], b"Subject: x\r\n\r\ny\r\n")
        raise AssertionError("a sender that is not the user's was taken")
    except smtplib.SMTPSenderRefused as e:
        assert e.smtp_code == 553, e
    client.sendmail(ALICE, ["somebody@elsewhere.example"], b"Subject: x\r\n\r\ny\r\n")
    client.quit()


def python_imaplib():
    client = imap()
    good(client.select("INBOX"))
    # a literal in UTF-8, since the subject is not ASCII
    client.literal = "Grüße".encode()
    number = good(client.uid("SEARCH", "CHARSET", "UTF-8", "SUBJECT"))[0].split()[-1]
    structure = b"".join(x if isinstance(x, bytes) else x[0] + x[1] for x in good(client.uid("FETCH", number, "(BODYSTRUCTURE)")))
    assert b"octet-stream" in structure.lower() and b"mixed" in structure.lower(), structure
    whole = good(client.uid("FETCH", number, "(BODY.PEEK[])"))[0][1]
    parsed = email.message_from_bytes(whole, policy=email.policy.SMTPUTF8)
    attachment = next(parsed.iter_attachments())
    assert attachment.get_filename() == "zufällig.bin" and len(attachment.get_content()) == 200_000
    assert parsed["Subject"] == "Grüße aus Köln", parsed["Subject"]
    pieces = b"".join(good(client.uid("FETCH", number, f"(BODY.PEEK[]<{at}.65536>)"))[0][1] for at in range(0, len(whole), 65536))
    assert pieces == whole
    good(client.uid("MOVE", number, "Archive"))
    assert not good(client.uid("SEARCH", "UID", number))[0]
    good(client.create("Entw&APw-rfe"))
    assert any(b"Entw&APw-rfe" in f for f in good(client.list()))
    good(client.rename("Entw&APw-rfe", "Plans"))
    good(client.subscribe("Plans"))
    good(client.delete("Plans"))
    assert client.append("Nowhere", None, None, b"Subject: x\r\n\r\n")[0] == "NO"
    client.logout()


def python_poplib():
    client = poplib.POP3(HOST, POP3, timeout=LIMIT)
    client.stls(context=TLS)
    client.user(BOB)
    client.pass_(PASSWORD)
    count, octets = client.stat()
    uids = dict(line.split() for line in client.uidl()[1])
    assert count == len(uids) == len(set(uids.values())) and octets > 0
    header = client.top(1, 2)[1]
    assert header.index(b"") >= len(header) - 3, "TOP gives the header, an empty line and two lines"
    client.dele(1)
    client.quit()
    again = poplib.POP3_SSL(HOST, POP3S, context=TLS, timeout=LIMIT)
    again.user(BOB)
    again.pass_(PASSWORD)
    assert again.stat()[0] == count - 1
    assert set(line.split()[1] for line in again.uidl()[1]) == {u for n, u in uids.items() if n != b"1"}
    again.quit()


def a_user_that_is_added_meanwhile_logs_in_at_once():
    cli = [ROOT / "postrider", "--data", work / "data"]
    run(*cli, "user", "add", "carol@example.org", "--password-stdin", input="s3cret word\n")
    client = imap("carol@example.org", "s3cret word")
    run(*cli, "folder", "create", "carol@example.org", "Plans/2027")
    assert any(b"Plans/2027" in f for f in good(client.list()))
    run(*cli, "user", "password", "carol@example.org", "--password-stdin", input="another word\n")
    try:
        imap("carol@example.org", "s3cret word")
        raise AssertionError("the old password still works")
    except imaplib.IMAP4.error:
        imap("carol@example.org", "another word").logout()


TRIALS = [swaks_sends_curl_and_mbsync_fetch, swaks_with_tls_and_each_login,
          flags_and_folders_show_in_the_other_client_while_it_idles, mbsync_brings_a_message_up, curl_speaks_all_three,
          fetchmail_takes_a_maildrop, mutt_sends_and_keeps_a_copy, python_smtplib, python_imaplib, python_poplib,
          a_user_that_is_added_meanwhile_logs_in_at_once]


def main():
    missing = [c for c in ("curl", "swaks", "mbsync", "fetchmail", "mutt") if not shutil.which(c)]
    if missing:
        sys.exit("clients: not installed: " + ", ".join(missing))
    log = open(work / "server.log", "w+")
    server = subprocess.Popen([ROOT / "postrider", "--data", work / "data", "try", "--port-offset", str(OFFSET)],
                              stdout=log, stderr=subprocess.STDOUT)
    failed = 0
    try:
        deadline = time.monotonic() + 300  # it may have to be built first
        while "until Ctrl-C" not in (work / "server.log").read_text():
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit("clients: the server did not start\n" + (work / "server.log").read_text())
            select.select([], [], [], 0.2)
        only = sys.argv[1:]
        for trial in TRIALS:
            if only and trial.__name__ not in only:
                continue
            try:
                trial()
                print(f"ok      {trial.__name__}", flush=True)
            except Exception as e:  # every client is tried, whatever came of those before it
                failed += 1
                print(f"FAILED  {trial.__name__}: {type(e).__name__}: {e}", flush=True)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            failed += 1
            print("FAILED  the server did not stop within 20 seconds")
    if failed:
        print((work / "server.log").read_text()[-4000:])
    else:
        shutil.rmtree(work)
    print(f"clients: {len(only or TRIALS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
