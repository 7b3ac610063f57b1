#!/usr/bin/env python3
"""Mail between `./postrider try` and Debian's Postfix and Exim, found by a signed zone that Knot DNS serves, all on loopback.

Needs the packages postfix, knot, openssl and libfaketime, which .ci/run installs, and the program of the package
exim4-daemon-light, which .ci/run unpacks (Debian installs one mail server only) and names in EXIM.
"""
import glob
import hashlib
import json
import os
import poplib
import pwd
import shutil
import smtplib
import ssl
import subprocess
import time

from loopback import ALICE, BASE, BOB, HOST, LIMIT, PASSWORD, ROOT, Stage, until

OFFSET = BASE - 23000 + 60
SUBMISSION, SMTP, POP3 = (p + OFFSET for p in (2587, 2525, 2110))
DNS, REMOTE = BASE + 20, BASE + 21
EXIM_HOST = "127.0.0.3"  # the same port at another address
EXIM = os.environ.get("EXIM", "exim4")
TLS = ssl._create_unverified_context()

stage = Stage("peers")
work = stage.work


def make_certificate():
    """Returns what a TLSA record says of its key."""
    key, certificate = work / "key.pem", work / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mx.remote.test",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=LIMIT)
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public.stdout, check=True, capture_output=True)
    return hashlib.sha256(der.stdout).hexdigest()


def write_zone(tlsa):
    """Another version of the zone, in which the hosts have the key of that hash."""
    write_zone.serial += 1
    (work / "remote.test.zone").write_text(f"""$ORIGIN remote.test.
$TTL 1
@ SOA ns admin {write_zone.serial} 3600 600 86400 1
@ NS ns
@ MX 10 mx
ns A {HOST}
mx A {HOST}
_{REMOTE}._tcp.mx TLSA 3 1 1 {tlsa}
exim MX 10 mx.exim
mx.exim A {EXIM_HOST}
_{REMOTE}._tcp.mx.exim TLSA 3 1 1 {tlsa}
""")


write_zone.serial = 0


def change_zone(tlsa):
    write_zone(tlsa)
    subprocess.run(["knotc", "-c", work / "knot.conf", "-b", "zone-reload", "remote.test"], check=True, capture_output=True,
                   timeout=LIMIT)


def start_dns(tlsa):
    write_zone(tlsa)
    (work / "dns").mkdir()
    (work / "knot.conf").write_text(f"""server:
  rundir: "{work}/dns"
  listen: {HOST}@{DNS}
database:
  storage: "{work}/dns"
policy:
  - id: own
    algorithm: ecdsap256sha256
    single-type-signing: on
zone:
  - domain: remote.test
    file: "{work}/remote.test.zone"
    storage: "{work}"
    zonefile-load: difference-no-serial
    zonefile-sync: -1
    journal-content: all
    dnssec-signing: on
    dnssec-policy: own
""")
    stage.start("knot", [DNS], "knotd", "-c", work / "knot.conf")
    anchor = until("the zone is signed", lambda: keys("ds"))
    (work / "anchors").write_text("".join(record.replace(" DS ", " 3600 IN DS ") + "\n" for record in anchor.splitlines()))


def keys(what):
    done = subprocess.run(["keymgr", "-c", work / "knot.conf", "remote.test", what], capture_output=True, text=True)
    return done.stdout.strip()


def start_postrider(later=None):
    """later: how far its clock is ahead, such as "1d"; what waits for a while goes by the true one."""
    env = {} if later is None else {"LD_PRELOAD": glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")[0], "FAKETIME": "+" + later,
                                    "DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0", "NO_FAKE_STAT": "1"}
    starts = starts_of_postrider()
    stage.start("postrider", [SUBMISSION, SMTP, POP3], ROOT / "postrider", "--data", work / "data", "try",
                "--port-offset", OFFSET, "--resolver", f"{HOST}:{DNS}", "--remote-port", REMOTE,
                "--dnssec-anchors", work / "anchors", env=env)
    until("the users are there", lambda: starts_of_postrider() > starts)


def starts_of_postrider():
    log = work / "postrider.out"
    return log.read_text().count("Postrider runs") if log.exists() else 0


def let_pass(time):
    stage.stop("postrider")
    start_postrider(time)


def start_postfix():
    (work / "mail").mkdir(exist_ok=True)
    owner = pwd.getpwnam("nobody")
    os.chown(work / "mail", owner.pw_uid, owner.pw_gid)
    stage.start_postfix(REMOTE, f"""myhostname = mx.remote.test
virtual_mailbox_domains = remote.test
virtual_mailbox_base = {work}/mail
virtual_mailbox_maps = inline:{{ {{ carol@remote.test = carol }} {{ dave@remote.test = dave }} }}
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_tls_cert_file = {work}/certificate.pem
smtpd_tls_key_file = {work}/key.pem
transport_maps = inline:{{ {{ example.org = smtp:[{HOST}]:{SMTP} }} }}
smtp_tls_security_level = may
smtpd_recipient_restrictions = permit_mynetworks, reject
""")


def start_exim():
    owner = pwd.getpwnam("Debian-exim")
    for directory in (work / "exim", work / "exim-mail"):
        directory.mkdir()
        os.chown(directory, owner.pw_uid, owner.pw_gid)
    (work / "exim.conf").write_text(f"""primary_hostname = mx.exim.remote.test
exim_path = {shutil.which(EXIM)}
spool_directory = {work}/exim
log_file_path = {work}/exim/%slog
local_interfaces = {EXIM_HOST}
daemon_smtp_ports = {REMOTE}
tls_advertise_hosts = *
tls_certificate = {work}/certificate.pem
tls_privatekey = {work}/key.pem
smtputf8_advertise_hosts = *
acl_smtp_rcpt = known
begin acl
known:
  require verify = recipient
  accept
begin routers
ours:
  driver = accept
  domains = exim.remote.test
  local_parts = erin
  transport = file
others:
  driver = manualroute
  domains = example.org
  route_data = {HOST}
  self = send
  transport = remote
begin transports
file:
  driver = appendfile
  file = {work}/exim-mail/erin
  user = Debian-exim
remote:
  driver = smtp
  port = {SMTP}
  hosts_require_tls = *
  tls_verify_certificates =
begin retry
* * F,1h,1s
""")
    (work / "key.pem").chmod(0o644)
    stage.start("exim", [], EXIM, "-C", work / "exim.conf", "-bdf", "-q5s")
    def greets():
        try:
            smtplib.SMTP(EXIM_HOST, REMOTE, timeout=1).quit()
            return True
        except OSError:
            return stage.gone("exim")
    until("Exim listens", greets)


def prepare():
    global tlsa
    tlsa = make_certificate()
    start_dns(tlsa)
    start_postfix()
    start_exim()
    start_postrider()


def submit(subject, *recipients, options=()):
    with smtplib.SMTP(HOST, SUBMISSION, timeout=LIMIT) as client:
        client.starttls(context=TLS)
        client.login(ALICE, PASSWORD)
        text = f"From: {ALICE}\r\nTo: {', '.join(recipients)}\r\nSubject: {subject}\r\n\r\nGr\u00fc\u00dfe\r\n"
        refused = client.sendmail(ALICE, recipients, text.encode(), mail_options=["BODY=8BITMIME", *options])
        assert not refused, refused


def text_of(user):
    """The mailbox of a user of another server."""
    file = work / "exim-mail" / user if user == "erin" else work / "mail" / user
    return file.read_text(errors="replace") if file.exists() else ""


def arrived(user, subject):
    return until(f"{user} has '{subject}'", lambda: text_of(user) if f"Subject: {subject}\n" in text_of(user) else None)


def pop3(user, wanted):
    """The first message of a user of ours with that text, and how many have it."""
    def look():
        client = poplib.POP3(HOST, POP3, timeout=LIMIT)
        try:
            client.stls(context=TLS)
            client.user(user)
            client.pass_(PASSWORD)
            texts = [b"\n".join(client.retr(n)[1]).decode(errors="replace") for n in range(1, client.stat()[0] + 1)]
            found = [text for text in texts if wanted in text]
            return (found[0], len(found)) if found else None
        finally:
            client.quit()
    return until(f"{user} reads {wanted}", look)


def queue(*arguments):
    return subprocess.run([ROOT / "postrider", "--data", work / "data", "queue", *arguments], check=True,
                          capture_output=True, text=True, timeout=LIMIT).stdout


def retried(user, subject):
    """Asks for another attempt until the message is there."""
    def look():
        if f"Subject: {subject}\n" in text_of(user):
            return True
        try:
            queue("retry", "--sender", ALICE)
        except subprocess.CalledProcessError:
            pass  # it is just on its way, so nothing waits
        return False
    until(f"{user} has '{subject}' after all", look)


def mail_goes_by_mx_over_tls_that_dane_proves():
    submit("by dane", "carol@remote.test")
    text = arrived("carol", "by dane")
    assert "using TLSv1.3" in text and "Gr\u00fc\u00dfe" in text, text


def a_key_that_the_zone_does_not_name_gets_nothing():
    change_zone("00" * 32)
    forgotten = time.monotonic() + 3  # thrice the TTL
    until("what the zone said is forgotten, and the connection closed", lambda: time.monotonic() > forgotten and no_session())
    submit("not proven", "carol@remote.test")
    until("the message waits", lambda: "TLSA" in queue("list"))
    assert "not proven" not in text_of("carol")
    change_zone(tlsa)
    retried("carol", "not proven")


def no_session():
    """Whether Postfix has no connection."""
    log = (work / "postfix.log").read_text()
    return log.count(": connect from") == log.count(": disconnect from")


def one_good_and_one_unknown_recipient_are_one_delivery_and_one_bounce():
    submit("to two", "dave@remote.test", "nobody@remote.test")
    assert arrived("dave", "to two").count("Subject: to two\n") == 1
    bounce, count = pop3(ALICE, "Final-Recipient: rfc822; nobody@remote.test")
    assert count == 1 and "Action: failed" in bounce and "5.1.1" in bounce, bounce
    assert "dave" not in bounce.split("Content-Type: message/delivery-status")[1].split("\n--")[0], bounce


def mail_waits_while_the_other_server_is_down():
    stage.stop_postfix()
    submit("later", "carol@remote.test")
    until("the message waits", lambda: "refused" in queue("list"))
    start_postfix()
    retried("carol", "later")
    assert text_of("carol").count("Subject: later\n") == 1


def postfix_brings_mail_to_us():
    with smtplib.SMTP(HOST, REMOTE, timeout=LIMIT) as client:
        client.sendmail("carol@remote.test", [BOB], "Subject: from postfix\r\n\r\nHello\r\n")
    text, _ = pop3(BOB, "Subject: from postfix")
    assert "with ESMTPS" in text, text


def exim_takes_mail_and_refuses_whom_it_does_not_know():
    submit("to exim", "erin@exim.remote.test", "frank@exim.remote.test")
    assert "TLS1.3" in arrived("erin", "to exim")
    bounce, count = pop3(ALICE, "Final-Recipient: rfc822; frank@exim.remote.test")
    assert count == 1 and "Action: failed" in bounce, bounce


def exim_brings_mail_to_us():
    with smtplib.SMTP(EXIM_HOST, REMOTE, timeout=LIMIT) as client:
        client.sendmail("erin@exim.remote.test", [BOB], "Subject: from exim\r\n\r\nHello\r\n")
    text, _ = pop3(BOB, "Subject: from exim")
    assert "with ESMTPS" in text, text


def attempts():
    """How often each recipient in the queue was tried."""
    return [recipient["attempts"] for recipient in json.loads(queue("list", "--json"))["recipients"]]


def a_server_that_is_down_for_an_hour_gets_its_mail_by_itself():
    stage.stop_postfix()
    submit("for an hour", "carol@remote.test")
    until("the message waits", lambda: "refused" in queue("list"))
    let_pass("1h")
    until("it was tried again", lambda: attempts() == [2])
    start_postfix()
    let_pass("2h")
    assert arrived("carol", "for an hour").count("Subject: for an hour\n") == 1
    until("the queue is empty", lambda: attempts() == [])


def a_day_gives_a_notice_and_a_week_a_bounce():
    stage.stop_postfix()
    submit("for a week", "carol@remote.test")
    until("the message waits", lambda: "refused" in queue("list"))
    let_pass("1d")
    notice, count = pop3(ALICE, "Action: delayed")
    assert count == 1 and "Final-Recipient: rfc822; carol@remote.test" in notice and "Subject: for a week" in notice, notice
    let_pass("7d")
    bounce, count = pop3(ALICE, "Final-Recipient: rfc822; carol@remote.test\nAction: failed")
    assert count == 1 and "Subject: for a week" in bounce, bounce
    until("the queue is empty", lambda: attempts() == [])
    start_postfix()
    let_pass("8d")
    assert "for a week" not in text_of("carol")


TRIALS = [mail_goes_by_mx_over_tls_that_dane_proves, a_key_that_the_zone_does_not_name_gets_nothing,
          one_good_and_one_unknown_recipient_are_one_delivery_and_one_bounce, mail_waits_while_the_other_server_is_down,
          postfix_brings_mail_to_us, exim_takes_mail_and_refuses_whom_it_does_not_know, exim_brings_mail_to_us,
          a_server_that_is_down_for_an_hour_gets_its_mail_by_itself, a_day_gives_a_notice_and_a_week_a_bounce]

stage.run("peers", ("postfix", "knotd", "openssl", EXIM), prepare, TRIALS)
