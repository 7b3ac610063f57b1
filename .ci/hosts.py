#!/usr/bin/env python3
"""Mail from `./postrider serve` to hosts with addresses of their own, in two network namespaces: smtp-sink and Knot DNS on the
other side, some hosts dead, IPv4 and IPv6.

Needs root, and the packages iproute2, postfix (for smtp-sink) and knot, which .ci/run installs.
"""
import poplib
import smtplib
import socket
import ssl
import subprocess
import sys

from loopback import ALICE, HOST, LIMIT, PASSWORD, ROOT, Stage, until

US, THEM = "postrider-us", "postrider-them"
OURS = ("10.99.0.1/24", "10.99.0.9/24", "fd99::1/64", "fd99::9/64")
THEIRS = ("10.99.0.2/24", "10.99.0.3/24", "fd99::2/64", "fd99::3/64")
SUBMISSION, POP3 = 587, 110
TLS = ssl._create_unverified_context()

if len(sys.argv) == 1:
    def ip(*arguments, check=True):
        subprocess.run(["ip", *arguments], check=check, stderr=None if check else subprocess.DEVNULL, timeout=LIMIT)

    def remove():
        for name in (US, THEM):
            ip("netns", "del", name, check=False)

    remove()
    try:
        for name in (US, THEM):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", US, "link", "add", "mail", "type", "veth", "peer", "name", "mail", "netns", THEM)
        for name, addresses in ((US, OURS), (THEM, THEIRS)):
            for address in addresses:
                ip("-n", name, "address", "add", address, "dev", "mail", *(["nodad"] if ":" in address else []))
            ip("-n", name, "link", "set", "mail", "up")
        done = subprocess.run(["ip", "netns", "exec", US, sys.executable, __file__, "inside"])
    finally:
        remove()
    sys.exit(done.returncode)

stage = Stage("hosts")
work = stage.work


def them(name, *command):
    stage.start(name, [], "ip", "netns", "exec", THEM, *command)


def answers(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as s:
        s.settimeout(1)
        return s.connect_ex((address, port)) == 0


def prepare():
    (work / "test.zone").write_text("""$ORIGIN test.
$TTL 60
@ SOA ns admin 1 3600 600 86400 60
@ NS ns
ns A 10.99.0.2
two A 10.99.0.2
two AAAA fd99::2
three A 10.99.0.3
three AAAA fd99::3
dead6 MX 10 mx.dead6
mx.dead6 A 10.99.0.3
mx.dead6 AAAA fd99::dead
dead4 MX 10 mx.dead4
mx.dead4 A 10.99.0.66
mx.dead4 AAAA fd99::3
second MX 10 nobody.second
second MX 20 three
nobody.second A 10.99.0.66
*.equal MX 10 two4
*.equal MX 10 three4
two4 A 10.99.0.2
three4 A 10.99.0.3
only6 AAAA fd99::2
ours MX 5 two4
ours MX 10 mx.example.org.
ours MX 20 three4
last MX 5 mx.example.org.
last MX 10 two4
""")
    (work / "dns").mkdir()
    (work / "knot.conf").write_text(f"""server:
  rundir: "{work}/dns"
  listen: 10.99.0.2@53
database:
  storage: "{work}/dns"
zone:
  - domain: test
    file: "{work}/test.zone"
    storage: "{work}"
""")
    them("knot", "knotd", "-c", work / "knot.conf")
    for address in (a.split("/")[0] for a in THEIRS):
        (work / address).mkdir()
        listen = f"[{address}]:25"
        them(f"sink-{address}", "smtp-sink", "-u", "root", "-c", "-d", f"{work}/{address}/%M%S.", listen, "100")
        until(f"the sink at {address} greets", lambda: answers(address, 25) or stage.gone(f"sink-{address}"))
    until("the name server answers", lambda: answers("10.99.0.2", 53) or stage.gone("knot"))
    subprocess.run([ROOT / "postrider", "--data", work / "data", "user", "add", ALICE, "--password-stdin"],
                   input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=LIMIT)
    start()


def start(**queue):
    env = {"POSTRIDER_HOSTNAME": "mx.example.org", "POSTRIDER_QUEUE_RESOLVER": "10.99.0.2:53", "POSTRIDER_QUEUE_RETRIES": "1s",
           "POSTRIDER_LISTEN_SUBMISSION": f"{HOST}:{SUBMISSION}",
           "POSTRIDER_LISTEN_POP3": f"{HOST}:{POP3}"}
    for service in ("SMTP", "SMTPS", "POP3S", "IMAP", "IMAPS"):
        env[f"POSTRIDER_LISTEN_{service}"] = "off"
    env |= {f"POSTRIDER_QUEUE_{key}": value for key, value in queue.items()}
    stage.start("server", [SUBMISSION, POP3], ROOT / "postrider", "--data", work / "data", "serve", env=env)


def submit(subject, *recipients):
    with smtplib.SMTP(HOST, SUBMISSION, timeout=LIMIT) as client:
        client.starttls(context=TLS)
        client.login(ALICE, PASSWORD)
        assert not client.sendmail(ALICE, recipients, f"Subject: {subject}\r\n\r\nHello\r\n")


def inbox():
    client = poplib.POP3(HOST, POP3, timeout=LIMIT)
    try:
        client.stls(context=TLS)
        client.user(ALICE)
        client.pass_(PASSWORD)
        return [b"\n".join(client.retr(n)[1]).decode() for n in range(1, client.stat()[0] + 1)]
    finally:
        client.quit()


def received(subject):
    """From where to where the message went: pairs of addresses."""
    found = []
    for file in work.glob("*/*.*"):
        if file.parent.name in ("dns", "data"):
            continue
        text = file.read_text(errors="replace")
        if f"\nSubject: {subject}\n" in text:
            client = text.split("X-Client-Addr: ", 1)[1].split("\n", 1)[0]
            found.append((client.lower().removeprefix("ipv6:"), file.parent.name))
    return found


def arrived(subject, count=1):
    return until(f"'{subject}' arrives", lambda: found if len(found := received(subject)) >= count else None)


def goes_to(subject, recipient, *addresses):
    submit(subject, recipient)
    found = arrived(subject)
    assert len(found) == 1 and found[0][1] in addresses, found


def a_dead_address_is_followed_by_the_next_of_either_family():
    goes_to("dead6", "a@dead6.test", "10.99.0.3")
    goes_to("dead4", "a@dead4.test", "fd99::3")


def a_dead_host_is_followed_by_the_one_of_less_preference():
    goes_to("second", "a@second.test", "10.99.0.3", "fd99::3")


def equal_hosts_share_the_work():
    submit("equal", *(f"a@{n}.equal.test" for n in range(24)))
    hosts = {to for _, to in arrived("equal", 24)}
    assert hosts == {"10.99.0.2", "10.99.0.3"}, hosts


def a_domain_with_an_ipv6_address_alone_is_reached_by_it():
    goes_to("only6", "a@only6.test", "fd99::2")


def address_literals_are_reached():
    goes_to("literal 4", "a@[10.99.0.3]", "10.99.0.3")
    goes_to("literal 6", "a@[IPv6:fd99::3]", "fd99::3")


def hosts_that_are_preferred_less_than_ourselves_get_nothing():
    goes_to("ours", "a@ours.test", "10.99.0.2")
    submit("last", "a@last.test")
    until("it comes back", lambda: any("Status: 5.4.6" in text for text in inbox()))
    assert received("last") == []


def connections_come_from_the_address_that_is_bound():
    stage.stop("server")
    start(BIND_ADDRESS="10.99.0.9, fd99::9")
    submit("bound", "a@[10.99.0.2]", "a@[IPv6:fd99::2]")
    assert sorted(arrived("bound", 2)) == [("10.99.0.9", "10.99.0.2"), ("fd99::9", "fd99::2")], received("bound")


TRIALS = [a_dead_address_is_followed_by_the_next_of_either_family, a_dead_host_is_followed_by_the_one_of_less_preference,
          equal_hosts_share_the_work, a_domain_with_an_ipv6_address_alone_is_reached_by_it, address_literals_are_reached,
          hosts_that_are_preferred_less_than_ourselves_get_nothing, connections_come_from_the_address_that_is_bound]

stage.run("hosts", ("smtp-sink", "knotd"), prepare, TRIALS)
