#!/usr/bin/env python3
"""Real mail clients against `./postrider try`: what one of them does, the others see.

Needs curl, swaks, mbsync (isync), fetchmail, mutt, neomutt, offlineimap, imapfilter, node and npm (for imapflow), which
.ci/run installs, and Python's own imaplib, poplib, smtplib.
Everything talks to loopback; the server is started here and stopped at the end.
"""
import email.message
import email.policy
import hashlib
import imaplib
import os
import pathlib
import poplib
import pty
import re
import select
import shutil
import smtplib
import ssl
import subprocess
import sys
import tempfile
import termios
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OFFSET = int(os.environ.get("POSTRIDER_TEST_PORT_OFFSET", "300"))
HOST = "127.0.0.1"
SMTP, SUBMISSION, SMTPS, POP3, POP3S, IMAP, IMAPS = (p + OFFSET for p in (2525, 2587, 2465, 2110, 2995, 2143, 2993))
ALICE, BOB, PASSWORD = "alice@example.org", "bob@example.org", "postrider"
TLS = ssl._create_unverified_context()
LIMIT = 30  # seconds that anything may take
IMAPFLOW = "2.10.2"  # of npm; or POSTRIDER_NODE_MODULES names a node_modules that has it

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


def status(folder, items="(MESSAGES UNSEEN)"):
    client = imap()
    answer = good(client.status(folder, items))[0]
    client.logout()
    return tuple(int(n) for n in re.findall(rb" (\d+)", answer[answer.rindex(b"("):]))


def create(folder):
    client = imap()
    good(client.create(folder))
    client.logout()


def append(folder, subject, flags=""):
    client = imap()
    good(client.append(folder, flags, None, f"From: {ALICE}\r\nSubject: {subject}\r\n\r\n{subject}\r\n".encode()))
    client.logout()


def subjects(folder, *criteria):
    """Of the messages that a search finds, in their order."""
    client = imap()
    good(client.select(folder, readonly=True))
    numbers = good(client.search(None, *(criteria or ("ALL",))))[0].split()
    found = [good(client.fetch(n, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))[0][1].decode()[9:].strip() for n in numbers]
    client.logout()
    return found


def mbsync_both_ways():
    create("Both/Ways")
    for n in range(3):
        append("Both/Ways", f"far {n}")
    folder = mbsync() / "Both/Ways"
    at = {f.read_text().split("Subject: ")[1].split("\n")[0]: f for f in maildir_files(folder)}
    # here: one is deleted, one flagged, one added, in a folder of its own too; there: another is deleted
    base = at["far 0"].name.partition(":2,")[0]
    at["far 0"].rename(folder / "cur" / (base + ":2,T"))
    base = at["far 1"].name.partition(":2,")[0]
    at["far 1"].rename(folder / "cur" / (base + ":2,FRS"))
    (folder / "new" / "2.local").write_text("From: bob@example.org\nSubject: near 0\n\nx\n")
    for d in ("cur", "new", "tmp"):
        (folder.parent / "Near" / d).mkdir(parents=True)
    (folder.parent / "Near" / "new" / "3.local").write_text("From: bob@example.org\nSubject: near 1\n\nx\n")
    client = imap()
    good(client.select("Both/Ways"))
    good(client.store(good(client.search(None, "SUBJECT", '"far 2"'))[0], "+FLAGS", r"(\Deleted)"))
    good(client.expunge())
    client.logout()
    mbsync()
    found = subjects("Both/Ways")
    assert "far 1" in found and "near 0" in found and not {"far 0", "far 2"} & set(found), found
    assert subjects("Both/Ways", "FLAGGED", "ANSWERED", "SEEN") == ["far 1"]
    assert subjects("Both/Near") == ["near 1"]
    assert not any("Subject: far 2" in f.read_text() for f in maildir_files(folder))
    # all is the same now: nothing is done any more
    before = sorted(f.name for f in maildir_files(folder))
    mbsync()
    assert sorted(f.name for f in maildir_files(folder)) == before and subjects("Both/Ways") == found


def offlineimap_keeps_a_maildir():
    mail = work / "offline"
    certificate = ssl.PEM_cert_to_DER_cert((work / "data/certificate.pem").read_text())
    fingerprint = hashlib.sha1(certificate).hexdigest()
    config = work / "offlineimaprc"
    config.write_text(f"""
[general]
accounts = p
metadata = {work}/offline-data
maxsyncaccounts = 1
socktimeout = {LIMIT}
[Account p]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {mail}
[Repository far]
type = IMAP
remotehost = {HOST}
remoteport = {IMAPS}
remoteuser = {BOB}
remotepass = {PASSWORD}
ssl = yes
cert_fingerprint = {fingerprint}
maxconnections = 3
""")

    def sync():
        return run("offlineimap", "-o", "-c", config, "-u", "basic", env={"HOME": str(work)})

    append("Archive", "for offlineimap", r"(\Flagged)")
    sync()
    assert len(maildir_files(mail / "INBOX")) == status("INBOX")[0]
    flagged = next(f for f in maildir_files(mail / "Archive") if "for offlineimap" in f.read_text())
    assert "F" in flagged.name.partition(":2,")[2], flagged
    # here: one is read and answered, one comes, a folder too; there: one goes
    flagged.rename(mail / "Archive" / "cur" / (flagged.name.partition(":2,")[0] + ":2,RS"))
    (mail / "Drafts" / "new" / f"{int(time.time())}.offline.local").write_text("From: bob@example.org\nSubject: offline draft\n\nx\n")
    append("Junk", "soon gone")
    sync()
    assert subjects("Archive", "ANSWERED", "SEEN", "UNFLAGGED", "SUBJECT", '"for offlineimap"') == ["for offlineimap"]
    assert "offline draft" in subjects("Drafts")
    assert len(maildir_files(mail / "Junk")) == status("Junk")[0] == 1
    client = imap()
    good(client.select("Junk"))
    good(client.store("1:*", "+FLAGS", r"(\Deleted)"))
    good(client.close())
    client.logout()
    sync()
    assert not maildir_files(mail / "Junk")


def imapfilter_sorts_the_inbox():
    for n in range(4):
        append("INBOX", f"invoice {n}")
    append("INBOX", "not for the filter")
    config = work / "imapfilter.lua"
    config.write_text(f"""
options.timeout = {LIMIT}
options.hostnames = false
options.create = true
options.subscribe = true
bob = IMAP {{ server = '{HOST}', port = {IMAPS}, username = '{BOB}', password = '{PASSWORD}', ssl = 'auto' }}
invoices = bob.INBOX:contain_subject('invoice') * bob.INBOX:is_unseen() * bob.INBOX:is_smaller(10000)
assert(#invoices == 4)
invoices:mark_flagged()
invoices:add_flags({{ '$Paid' }})
invoices:move_messages(bob['Filtered/Invoices'])
kept = bob['Filtered/Invoices']:has_keyword('$Paid') * bob['Filtered/Invoices']:match_field('Subject', '[13]$')
assert(#kept == 2)
for _, message in ipairs(kept) do
  box, uid = table.unpack(message)
  assert(string.find(box[uid]:fetch_message(), 'invoice'))
end
kept:copy_messages(bob.Archive)
bob['Filtered/Invoices']:contain_subject('invoice 0'):delete_messages()
exist, recent, unread = bob['Filtered/Invoices']:check_status()
assert(exist == 3 and unread == 3)
""")
    run("imapfilter", "-t", work / "data/certificate.pem", "-c", config, env={"HOME": str(work)})
    assert subjects("Filtered/Invoices", "FLAGGED", "KEYWORD", "$Paid") == ["invoice 1", "invoice 2", "invoice 3"]
    assert {"invoice 1", "invoice 3"} <= set(subjects("Archive"))
    assert "not for the filter" in subjects("INBOX") and not any(s.startswith("invoice") for s in subjects("INBOX"))


def neomutt_at_a_terminal():
    """Keys that a person would press, at a terminal of its own."""
    for n in range(3):
        append("INBOX", f"for neomutt {n}")
    config = work / "neomuttrc"
    config.write_text(f"""
set imap_user="{BOB}" imap_pass="{PASSWORD}" folder="imaps://{HOST}:{IMAPS}/" spoolfile="+INBOX" from="{BOB}"
set certificate_file="{work}/data/certificate.pem" ssl_verify_host=no ssl_verify_dates=no ssl_usesystemcerts=no
set imap_condstore=yes imap_qresync=yes imap_idle=yes imap_list_subscribed=yes imap_check_subscribed=yes
set header_cache="{work}/neomutt-cache" confirmappend=no confirmcreate=no delete=yes move=no quit=yes wait_key=no sort=mailbox-order
set mail_check=5 record="" postponed="+Drafts" abort_key="" resume_draft_files=no
""")
    keys = ("<delete-pattern>~s \"neomutt 0\"<enter>"
            "<tag-pattern>~s \"neomutt 1\"<enter><tag-prefix><flag-message>"
            "<untag-pattern>.<enter><limit>~s \"neomutt 2\"<enter><copy-message>=Archive<enter>"
            "<save-message>=Projects<enter><limit>all<enter><sync-mailbox><quit>")
    at_a_terminal("neomutt", "-n", "-F", config, "-e", f"push '{keys}'")
    assert [s for s in subjects("INBOX") if "neomutt" in s] == ["for neomutt 1"]
    assert subjects("INBOX", "FLAGGED", "SUBJECT", "neomutt") == ["for neomutt 1"]
    assert "for neomutt 2" in subjects("Archive") and "for neomutt 2" in subjects("Projects")
    # what has changed meanwhile comes by QRESYNC
    append("INBOX", "for neomutt 3")
    at_a_terminal("neomutt", "-n", "-F", config, "-e", "push '<delete-pattern>~s neomutt<enter><sync-mailbox><quit>'")
    assert not [s for s in subjects("INBOX") if "neomutt" in s]


def at_a_terminal(*command):
    near, far = pty.openpty()
    termios.tcsetwinsize(far, (40, 120))
    client = subprocess.Popen([str(c) for c in command], stdin=far, stdout=far, stderr=far, start_new_session=True,
                              env={**os.environ, "HOME": str(work), "TERM": "vt100"})
    os.close(far)
    shown, deadline = b"", time.monotonic() + LIMIT
    try:
        while client.poll() is None:
            if select.select([near], [], [], 0.1)[0]:
                try:
                    shown += os.read(near, 65536)
                except OSError:  # it has closed its end
                    break
            if time.monotonic() > deadline:
                raise AssertionError(f"{command[0]} does not end; it shows {shown[-1500:]}")
        assert client.wait(LIMIT) == 0, f"{command[0]} ended with {client.returncode}: {shown[-1500:]}"
    finally:
        client.kill()
        client.wait()
        os.close(near)


def imapflow_on_node():
    modules = os.environ.get("POSTRIDER_NODE_MODULES")
    if not modules:
        modules = work / "node"
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", modules, f"imapflow@{IMAPFLOW}")
        modules = modules / "node_modules"
    done = run("node", ROOT / ".ci/imapflow.mjs", IMAPS, BOB, PASSWORD, env={"POSTRIDER_NODE_MODULES": str(modules)})
    assert "imapflow: done" in done, done


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
          fetchmail_takes_a_maildrop, mutt_sends_and_keeps_a_copy, mbsync_both_ways, offlineimap_keeps_a_maildir,
          imapfilter_sorts_the_inbox, neomutt_at_a_terminal, imapflow_on_node, python_smtplib, python_imaplib, python_poplib,
          a_user_that_is_added_meanwhile_logs_in_at_once]


def main():
    missing = [c for c in ("curl", "swaks", "mbsync", "fetchmail", "mutt", "offlineimap", "imapfilter", "neomutt", "node") if not shutil.which(c)]
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
