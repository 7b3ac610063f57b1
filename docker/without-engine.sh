#!/usr/bin/env bash
# Builds the image and starts it by the compose file on a Debian machine that has no Docker engine, as root:
#
#   docker/without-engine.sh build     the image, with buildah
#   docker/without-engine.sh run       the container alone, with podman: start, user add, mail in and out, stop
#   docker/without-engine.sh compose   the compose file, with Debian's docker-compose against podman's socket
#   docker/without-engine.sh all       one after the other
#
# What stands in for what:
#   docker build          buildah with chroot isolation
#   eclipse-temurin:25    a Debian made by debootstrap, with the JDK 25 of this machine copied in
#   debian:bookworm-slim  the same Debian without the JDK
#   docker run            podman with crun, without cgroups and with the host's (or an empty) network namespace
#   docker compose        docker-compose 1.29 against podman's API
# Not checked this way: the real base images, memory and CPU limits, the restart policy, the timing of health checks.
set -euo pipefail
cd "$(dirname "$0")/.."

work=${POSTRIDER_CONTAINER_WORK:-/var/tmp/postrider-containers}
image=postrider:0.1.0
name=postrider-check

say() { printf '\n== %s\n' "$*"; }

need_tools() {
  local missing=()
  for tool in buildah podman crun debootstrap docker-compose curl; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
}

configure() {
  mkdir -p "$work"
  cat >"$work/containers.conf" <<CONF
[containers]
cgroups = "disabled"
netns = "host"
default_ulimits = ["nproc=32768:32768", "nofile=$(ulimit -Hn):$(ulimit -Hn)"]
[engine]
runtime = "crun"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
  cat >"$work/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$work/storage"
runroot = "$work/run"
CONF
  export CONTAINERS_CONF="$work/containers.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf"
  export BUILDAH_ISOLATION=chroot
}

# crun looks at /sys/fs/cgroup even when cgroups are off; an empty one in a private mount namespace quiets it.
isolated() {
  unshare -m --propagation private bash -c 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"' isolated "$@"
}

bases() {
  local jdk
  jdk=$(. .mvn/find-jdk && echo "$JAVA_HOME")
  if ! buildah images -q debian:bookworm-slim >/dev/null 2>&1; then
    say "a base image by debootstrap"
    [ -d "$work/rootfs/usr/bin" ] ||
      debootstrap --variant=minbase --include=ca-certificates bookworm "$work/rootfs" >"$work/debootstrap.log"
    tar -C "$work/rootfs" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' -cf - . |
      podman import -q - docker.io/library/debian:bookworm-slim
  fi
  if ! buildah images -q eclipse-temurin:25-jdk >/dev/null 2>&1; then
    say "with the JDK of $jdk"
    local container
    container=$(buildah from --pull-never docker.io/library/debian:bookworm-slim)
    # Debian's packages link the JDK's certificates to /etc; the copy has the files themselves.
    rm -rf "$work/jdk" && mkdir "$work/jdk" && tar -C "$jdk" -chf - . | tar -C "$work/jdk" -xf -
    buildah copy -q "$container" "$work/jdk" /opt/java/openjdk >/dev/null
    buildah config --env JAVA_HOME=/opt/java/openjdk \
      --env PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    # What the real image has and a minimal Debian lacks: the wrapper downloads and unpacks Maven with them.
    buildah run --isolation chroot --network host "$container" -- sh -c \
      'apt-get update -qq && apt-get install -y -qq --no-install-recommends curl unzip binutils >/dev/null'
    # A machine behind a proxy of its own trusts further authorities; so must the build.
    if ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
      buildah copy -q "$container" /usr/local/share/ca-certificates /usr/local/share/ca-certificates >/dev/null
      buildah run --isolation chroot "$container" -- update-ca-certificates >/dev/null
    fi
    buildah commit -q --rm "$container" docker.io/library/eclipse-temurin:25-jdk >/dev/null
  fi
}

build() {
  need_tools
  configure
  bases
  say "buildah bud"
  mkdir -p "$work/context"
  buildah bud --isolation chroot --pull-never --network host --format docker --layers=false \
    --ignorefile docker/Dockerfile.dockerignore -t "docker.io/library/$image" -f docker/Dockerfile .
  buildah images "docker.io/library/$image"
}

await_healthy() { # container
  local deadline=$((SECONDS + 40))
  until isolated podman healthcheck run "$1" >/dev/null 2>&1; do # by hand: no systemd, no timer
    if [ $SECONDS -ge $deadline ]; then
      isolated podman logs "$1" | tail -20
      echo "the container did not become healthy" >&2
      return 1
    fi
    sleep 0.5
  done
}

send_and_fetch() { # host prefix of command, SMTP port, IMAPS port
  printf 'From: carol@elsewhere.example\r\nTo: alice@example.org\r\nSubject: into the container\r\n\r\nhello\r\n' |
    $1 curl -sS --max-time 20 "smtp://127.0.0.1:$2" --mail-from carol@elsewhere.example --mail-rcpt alice@example.org -T -
  $1 curl -sS --max-time 20 --insecure "imaps://127.0.0.1:$3/INBOX;MAILINDEX=1;SECTION=HEADER.FIELDS%20(SUBJECT)" \
    -u 'alice@example.org:correct horse' | grep -q 'into the container'
}

run() {
  need_tools
  configure
  say "podman run, read-only root, no capabilities, high ports"
  isolated podman rm -f -t 0 "$name" >/dev/null 2>&1 || true
  isolated podman volume rm -f "$name" >/dev/null 2>&1 || true
  isolated podman run -d --name "$name" --pull never --read-only --tmpfs /tmp:exec --cap-drop ALL \
    --security-opt no-new-privileges -v "$name:/var/lib/postrider" --health-interval disable \
    -e POSTRIDER_HOSTNAME=mail.example.org -e POSTRIDER_LISTEN_SMTP=127.0.0.1:25025 \
    -e POSTRIDER_LISTEN_SUBMISSION=127.0.0.1:25587 -e POSTRIDER_LISTEN_SMTPS=127.0.0.1:25465 \
    -e POSTRIDER_LISTEN_POP3=127.0.0.1:25110 -e POSTRIDER_LISTEN_POP3S=127.0.0.1:25995 \
    -e POSTRIDER_LISTEN_IMAP=127.0.0.1:25143 -e POSTRIDER_LISTEN_IMAPS=127.0.0.1:25993 "docker.io/library/$image"
  await_healthy "$name"
  echo 'correct horse' | isolated podman exec -i "$name" postrider user add alice@example.org --password-stdin
  send_and_fetch "" 25025 25993
  echo "user $(isolated podman exec "$name" id -u), of Netty's native code and of the class cache it maps:"
  isolated podman exec "$name" sh -c 'sed -n "s|.* /|/|p" /proc/1/maps | grep -E "netty|aot$" | sort -u'
  say "SIGTERM"
  isolated podman stop -t 15 "$name"
  [ "$(isolated podman inspect -f '{{.State.ExitCode}}' "$name")" = 0 ]
  say "started again on the same volume"
  isolated podman start "$name"
  await_healthy "$name"
  curl -sS --max-time 20 --insecure "imaps://127.0.0.1:25993/INBOX;MAILINDEX=1;SECTION=HEADER.FIELDS%20(SUBJECT)" \
    -u 'alice@example.org:correct horse' | grep -q 'into the container'
  isolated podman stop -t 15 "$name"
  isolated podman logs "$name" | tail -5
  isolated podman rm -f "$name" >/dev/null
  isolated podman volume rm -f "$name" >/dev/null
  say "the image runs: mail went in by SMTP, came out by IMAP, and was there after a restart"
}

compose() {
  need_tools
  configure
  say "docker-compose in a network namespace of its own, on the real ports"
  unshare -m -n --propagation private bash -euo pipefail -c '
    mount -t tmpfs none /sys/fs/cgroup
    ip link set lo up 2>/dev/null || ifconfig lo up
    socket=$1/podman.sock
    podman system service --time 0 "unix://$socket" >"$1/podman.log" 2>&1 &
    service=$!
    trap "kill $service" EXIT
    for _ in $(seq 100); do [ -S "$socket" ] && break; sleep 0.1; done
    export DOCKER_HOST=unix://$socket COMPOSE_PROJECT_NAME=postriderwe
    # The engine that this stands in for gives the container a network of its own, with the sysctl; here the
    # container shares the namespace that was just made, in which every port is free for every user.
    sysctl -qw net.ipv4.ip_unprivileged_port_start=0
    python3 - docker/compose.yaml "$1/compose.yaml" "$PWD" <<PY
import re, sys
text = open(sys.argv[1]).read()
text = re.sub(r"    sysctls:\n(      .*\n)+", "    network_mode: host\n", text)
text = re.sub(r"    ports:\n(      - .*\n)+", "", text)
text = re.sub(r"    build:\n(      .*\n)+", "", text)
text = re.sub(r"    mem_limit: .*\n", "", text)
text = re.sub(r"    restart: .*\n", "", text)
text = re.sub(r"    hostname: .*\n", "", text)
text = text.replace("./tls:", sys.argv[3] + "/docker/tls:")
open(sys.argv[2], "w").write("version: \"2.4\"\n" + text)
PY
    docker-compose -f docker/compose.yaml config -q
    docker-compose -f "$1/compose.yaml" up -d --no-build
    trap "docker-compose -f $1/compose.yaml down -v -t 15; kill $service" EXIT
    for _ in $(seq 80); do
      docker-compose -f "$1/compose.yaml" exec -T postrider postrider status --quiet && break
      sleep 0.5
    done
    echo "correct horse" |
      docker-compose -f "$1/compose.yaml" exec -T postrider postrider user add alice@example.org --password-stdin
    docker-compose -f "$1/compose.yaml" ps
    printf "From: c@elsewhere.example\r\nTo: alice@example.org\r\nSubject: by compose\r\n\r\nhello\r\n" |
      curl -sS --max-time 20 smtp://127.0.0.1:25 --mail-from c@elsewhere.example --mail-rcpt alice@example.org -T -
    curl -sS --max-time 20 --insecure "imaps://127.0.0.1:993/INBOX;MAILINDEX=1;SECTION=HEADER.FIELDS%20(SUBJECT)" \
      -u "alice@example.org:correct horse" | grep -q "by compose"
    curl -sS --max-time 20 --insecure "pop3s://127.0.0.1:995/1" -u "alice@example.org:correct horse" | grep -q "by compose"
  ' compose "$work"
  say "the compose file runs: mail went in on 25 and came out on 993 and 995"
}

case "${1:-all}" in
  build) build ;;
  run) run ;;
  compose) compose ;;
  all) build && run && compose ;;
  *) sed -n '2,8p' "$0" && exit 2 ;;
esac
