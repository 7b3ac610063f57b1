"""What the trials with real programs share: programs on loopback, in a temporary directory, that end with the trial."""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE = int(os.environ.get("POSTRIDER_TEST_PORT_OFFSET", "300")) + 23000
HOST = "127.0.0.1"
ALICE, BOB, PASSWORD = "alice@example.org", "bob@example.org", "postrider"
LIMIT = 60  # seconds that anything may take

os.environ["PATH"] += ":/usr/sbin"


def until(what, look):
    """The first true value of look, asked again and again."""
    deadline = time.monotonic() + LIMIT
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not in time: " + what)
        time.sleep(0.05)


def listens(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex((HOST, port)) == 0


class Stage:
    """Programs that run for a trial."""

    def __init__(self, name):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix=f"postrider-{name}-"))
        self.work.chmod(0o755)  # the users of the programs look into it
        self.processes = {}

    def start(self, name, ports, *command, env=None):
        log = open(self.work / f"{name}.out", "ab")
        self.processes[name] = subprocess.Popen([str(c) for c in command], stdout=log, stderr=subprocess.STDOUT,
                                                env={**os.environ, **(env or {})}, start_new_session=True)
        for port in ports:
            until(f"{name} on port {port}", lambda: listens(port) or self.gone(name))

    def gone(self, name):
        if self.processes[name].poll() is not None:
            raise AssertionError(f"{name} ended\n" + (self.work / f"{name}.out").read_text()[-2000:])
        return False

    def stop(self, name):
        process = self.processes.pop(name, None)
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise AssertionError(f"{name} did not stop")

    def start_postfix(self, port, settings):
        """An instance of its own, apart from the system's."""
        etc, owner = self.work / "postfix", pwd.getpwnam("postfix")
        if not etc.exists():
            for directory in (etc, self.work / "spool", self.work / "postfix-data"):
                directory.mkdir()
            os.chown(self.work / "postfix-data", owner.pw_uid, owner.pw_gid)
            (etc / "main.cf").write_text(f"""compatibility_level = 3.6
config_directory = {etc}
queue_directory = {self.work}/spool
data_directory = {self.work}/postfix-data
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = {HOST}
inet_protocols = ipv4
alias_maps =
maillog_file = {self.work}/postfix.log
maillog_file_prefixes = {self.work}
{settings}""")
            services = []
            for line in pathlib.Path("/etc/postfix/master.cf").read_text().splitlines():
                fields = line.split()
                if fields[:2] == ["smtp", "inet"]:
                    line = f"{HOST}:{port} inet n - n - - smtpd"
                elif len(fields) >= 8 and line[0] not in "# \t":
                    line = " ".join(fields[:4] + ["n"] + fields[5:])  # no chroot
                services.append(line)
            (etc / "master.cf").write_text("\n".join(services) + "\n")
        subprocess.run(["postfix", "-c", etc, "start"], check=True, capture_output=True, timeout=LIMIT)
        until("Postfix listens", lambda: listens(port))

    def stop_postfix(self):
        if (self.work / "postfix").exists():
            subprocess.run(["postfix", "-c", self.work / "postfix", "stop"], capture_output=True, timeout=LIMIT)

    def run(self, name, needed, prepare, trials):
        """Ends the process: with 0 when all trials succeed."""
        missing = [program for program in needed if not shutil.which(program)]
        if missing:
            sys.exit(f"{name}: not installed: " + ", ".join(missing))
        failed = 0
        try:
            prepare()
            for trial in trials:
                try:
                    trial()
                    print(f"ok      {trial.__name__}", flush=True)
                except Exception as e:  # each is tried, whatever came of those before it
                    failed += 1
                    print(f"FAILED  {trial.__name__}: {type(e).__name__}: {e}", flush=True)
        finally:
            self.stop_postfix()
            for running in list(self.processes):
                self.stop(running)
        if failed:
            for log in sorted(self.work.glob("*.out")) + [self.work / "postfix.log"]:
                if log.exists():
                    print(f"--- {log.name}\n" + log.read_text(errors="replace")[-3000:])
        else:
            shutil.rmtree(self.work)
        print(f"{name}: {len(trials) - failed} passed, {failed} failed")
        sys.exit(1 if failed else 0)
