#!/usr/bin/env python3
"""The real rspamd, clamd and Postfix of Debian against `./postrider serve`, all on loopback.

Needs the packages rspamd, clamav-daemon and postfix, which .ci/run installs. They run as plain processes in a temporary
directory, and are stopped at the end. Signatures come from no network: clamd gets one of its own, for the EICAR test file.
"""
import imaplib
import smtplib
import subprocess

from loopback import ALICE, BASE, BOB, HOST, LIMIT, PASSWORD, ROOT, Stage, until

SMTP, IMAP, LMTP, CLAMD, RSPAMD, MILTER, POSTFIX = (BASE + n for n in range(7))
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GTUBE = "*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

stage = Stage("checks")
work = stage.work


def start_clamd():
    database = work / "clamdb"
    database.mkdir(exist_ok=True)
    (database / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.encode().hex()}\n")
    (work / "clamd.conf").write_text(f"DatabaseDirectory {database}\nTCPSocket {CLAMD}\nTCPAddr {HOST}\nForeground yes\n"
                                     f"User root\nTemporaryDirectory {work}\nMaxThreads 2\n")
    stage.start("clamd", [CLAMD], "clamd", "-c", work / "clamd.conf")


def start_rspamd():
    (work / "tld").write_text("com\norg\nexample\n")
    (work / "rspamd.conf").write_text(f"""
options {{
  pidfile = "{work}/rspamd.pid"; tempdir = "{work}"; hs_cache_dir = "{work}"; url_tld = "{work}/tld";
  control_socket = "{work}/rspamd.sock mode=0600";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
  enable_test_patterns = true;
}}
logging {{ type = "console"; level = "info"; }}
actions {{ reject = 15; "rewrite subject" = 8; "add header" = 6; greylist = 4; subject = "[spam] %s"; }}
worker "normal" {{ bind_socket = "{HOST}:{RSPAMD}"; count = 1; }}
worker "rspamd_proxy" {{
  bind_socket = "{HOST}:{MILTER}"; count = 1; milter = yes; timeout = 10s;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
""")
    stage.start("rspamd", [RSPAMD, MILTER], "rspamd", "-f", "-i", "-c", work / "rspamd.conf")


def start_server(**checks):
    env = {"POSTRIDER_HOSTNAME": "mx.example.org", "POSTRIDER_QUEUE_SEND": "off"}
    for service in ("SUBMISSION", "SMTPS", "POP3", "POP3S", "IMAPS"):
        env[f"POSTRIDER_LISTEN_{service}"] = "off"
    for service, port in (("SMTP", SMTP), ("IMAP", IMAP), ("LMTP", LMTP)):
        env[f"POSTRIDER_LISTEN_{service}"] = f"{HOST}:{port}"
    env |= {f"POSTRIDER_CHECKS_{key}": value for key, value in checks.items()}
    stage.start("server", [SMTP, IMAP, LMTP], ROOT / "postrider", "--data", work / "data", "serve", env=env)


def add_users():
    for user in (ALICE, BOB):
        subprocess.run([ROOT / "postrider", "--data", work / "data", "user", "add", user, "--password-stdin"],
                       input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=LIMIT)


def send(subject, body, port=SMTP, sender="carol@elsewhere.example", recipients=(BOB,)):
    """The reply that refuses it, or None."""
    with smtplib.SMTP(HOST, port, local_hostname="client.example", timeout=LIMIT) as client:
        try:
            client.sendmail(sender, recipients, f"From: {sender}\r\nTo: {BOB}\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode())
        except smtplib.SMTPDataError as e:
            return e.smtp_code, e.smtp_error.decode()
    return None


def stored(subject, folder="INBOX", user=BOB):
    """The message with that subject, or None."""
    client = imaplib.IMAP4(HOST, IMAP, timeout=LIMIT)
    try:
        client.login(user, PASSWORD)
        client.select(folder, readonly=True)
        numbers = client.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
        return client.fetch(numbers[-1], "(BODY.PEEK[])")[1][0][1].decode() if numbers else None
    finally:
        client.logout()


def refused(reply, code, text):
    assert reply and reply[0] == code and text in reply[1], reply


# ---- what is tried, in this order ----

def clamd_and_rspamd_let_good_mail_pass():
    assert send("good one", "Hello") is None
    assert "X-Spam" not in stored("good one")
    assert send("long one", "0123456789 " * 7 + "\r\n" + ("0123456789" * 7 + "\r\n") * 40_000) is None
    assert len(stored("long one")) > 2_800_000


def clamd_finds_the_test_virus():
    refused(send("virus", EICAR), 550, "Eicar-Test")
    refused(send("late virus", ("0123456789" * 7 + "\r\n") * 40_000 + EICAR), 550, "Eicar-Test")
    assert stored("virus") is None


def rspamd_refuses_and_marks_spam():
    refused(send("reject", "XJS" + GTUBE), 550, "5.7.1 Gtube")
    assert send("marked", "YJS" + GTUBE) is None
    assert "X-Spam: Yes" in stored("marked", "Junk") and stored("marked") is None
    assert send("rewritten", "ZJS" + GTUBE) is None
    assert "Subject: [spam] rewritten" in stored("rewritten", "Junk")


def without_clamd_mail_waits():
    stage.stop("clamd")
    refused(send("waits", "Hello"), 451, "4.7.1")
    start_clamd()
    assert send("goes on", "Hello") is None and stored("goes on")


def postfix_delivers_by_lmtp():
    start_postfix()
    assert send("by postfix", "Hello", POSTFIX, ALICE, (BOB, "nobody@example.org")) is None
    text = until("Postfix delivers", lambda: stored("by postfix"))
    assert "with LMTP id " in text, text
    # Postfix tells alice of the one that was refused: each recipient has an answer of its own.
    report = until("Postfix reports", lambda: stored("Undelivered Mail", user=ALICE))
    assert "nobody@example.org" in report and "5.1.1" in report, report
    assert f"Final-Recipient: rfc822; {BOB}" not in report, report


def rspamd_is_a_milter():
    stage.stop("server")
    start_server(MILTER_ADDRESSES=f"{HOST}:{MILTER}", MILTER_ON_FAILURE="accept")
    assert send("past the milter", "Hello") is None and stored("past the milter")
    refused(send("milter reject", "XJS" + GTUBE), 554, "5.7.1 Gtube")
    assert send("milter marked", "YJS" + GTUBE) is None
    assert "X-Spam: Yes" in stored("milter marked")
    assert send("milter rewritten", "ZJS" + GTUBE) is None
    assert "Subject: [spam] milter rewritten" in stored("milter rewritten")


def without_the_milter_mail_passes_when_that_is_set():
    stage.stop("rspamd")
    assert send("nobody looked", "YJS" + GTUBE) is None
    assert "X-Spam" not in stored("nobody looked")


TRIALS = [clamd_and_rspamd_let_good_mail_pass, clamd_finds_the_test_virus, rspamd_refuses_and_marks_spam,
          without_clamd_mail_waits, postfix_delivers_by_lmtp, rspamd_is_a_milter,
          without_the_milter_mail_passes_when_that_is_set]


def start_postfix():
    stage.start_postfix(POSTFIX, f"""myhostname = front.example.org
virtual_mailbox_domains = example.org
virtual_transport = lmtp:inet:{HOST}:{LMTP}
smtpd_recipient_restrictions = permit_mynetworks, reject
""")


def prepare():
    start_clamd()
    start_rspamd()
    start_server(CLAMD_ADDRESS=f"{HOST}:{CLAMD}", RSPAMD_URL=f"http://{HOST}:{RSPAMD}")
    add_users()


stage.run("checks", ("rspamd", "clamd", "postfix"), prepare, TRIALS)
