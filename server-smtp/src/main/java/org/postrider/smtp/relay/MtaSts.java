package org.postrider.smtp.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The policies of domains about TLS to their mail hosts (MTA-STS, RFC 8461): fetched over HTTPS
 * when the DNS announces a new one, and held as long as they say, over restarts too.
 */
final class MtaSts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MtaSts.class);
  private static final int POLICIES_MAX = 10_000;
  private static final int POLICY_OCTETS_MAX = 64 << 10; // RFC 8461 §3.3
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(30);

  /** RFC 8461 §3.3: a fetch that failed is not made again for some minutes. */
  private static final Duration FAILURE_KEPT = Duration.ofMinutes(5);

  /** A policy that has not changed is looked at anew after that, so that it does not run out. */
  private static final Duration REFRESHED_AFTER = Duration.ofDays(1);

  private static final Pattern ANNOUNCED =
      Pattern.compile("v=STSv1\\s*;(?:.*;)?\\s*id\\s*=\\s*([A-Za-z0-9]{1,32})\\s*(?:;.*)?");

  private final RelaySettings settings;
  private final Dns dns;
  private final PeerTls tls;
  private final Clock clock;
  private final Cache<String, Held> policies =
      Caffeine.newBuilder().maximumSize(POLICIES_MAX).build();
  private final Cache<String, Boolean> failures =
      Caffeine.newBuilder().maximumSize(POLICIES_MAX).expireAfterWrite(FAILURE_KEPT).build();
  private @Nullable HttpClient client;

  /**
   * A policy that was fetched.
   *
   * @param text as it was served
   * @param fetched epoch milliseconds
   */
  private record Held(String id, String text, MtaStsPolicy policy, long fetched) {
    boolean holds(long now) {
      return now - fetched < policy.maxAge().toMillis();
    }
  }

  MtaSts(RelaySettings settings, Dns dns, PeerTls tls, Clock clock) {
    this.settings = settings;
    this.dns = dns;
    this.tls = tls;
    this.clock = clock;
  }

  /**
   * The policy that holds for a domain; waits for the DNS and for the domain's web server.
   *
   * @param domain in ASCII, lower case
   */
  Optional<MtaStsPolicy> of(String domain) {
    if (!settings.tls().mtaSts()) {
      return Optional.empty();
    }
    long now = clock.millis();
    Held held = held(domain);
    if (held != null && !held.holds(now)) {
      held = null;
    }
    Optional<String> id = announced(domain);
    if (id.isPresent()) {
      boolean fresh =
          held != null
              && held.id().equals(id.get())
              && now - held.fetched() < REFRESHED_AFTER.toMillis();
      Held fetched = fresh ? null : fetch(domain, id.get(), now);
      held = fetched == null ? held : fetched;
    }
    // RFC 8461 §3.3: while no new one can be had, the one that is held goes on to hold
    return held == null ? Optional.empty() : Optional.of(held.policy());
  }

  /** The id of the policy that the DNS announces (RFC 8461 §3.1). */
  private Optional<String> announced(String domain) {
    Name name;
    try {
      name = Name.fromString("_mta-sts." + domain, Name.root);
    } catch (TextParseException e) {
      return Optional.empty(); // too long for one
    }
    List<Matcher> found =
        dns.ask(name, Type.TXT).records().stream()
            .map(MtaSts::text)
            .filter(text -> text.startsWith("v=STSv1"))
            .map(ANNOUNCED::matcher)
            .toList();
    return found.size() == 1 && found.getFirst().matches()
        ? Optional.of(found.getFirst().group(1))
        : Optional.empty();
  }

  private static String text(Record record) {
    return record instanceof TXTRecord txt ? String.join("", txt.getStrings()) : "";
  }

  private @Nullable Held fetch(String domain, String id, long now) {
    String attempt = domain + " " + id;
    if (failures.getIfPresent(attempt) != null) {
      return null;
    }
    try {
      String text = get(domain);
      MtaStsPolicy policy =
          MtaStsPolicy.parse(text).orElseThrow(() -> new IOException("it is no policy"));
      Held fetched = new Held(id, text, policy, now);
      policies.put(domain, fetched);
      write(domain, fetched);
      return fetched;
    } catch (IOException e) {
      log.info("mta-sts: no policy of {}: {}", domain, Connections.reason(e));
      failures.put(attempt, true);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private String get(String domain) throws IOException, InterruptedException {
    int port = settings.tls().mtaStsPort();
    URI uri =
        URI.create(
            "https://mta-sts."
                + domain
                + (port == 443 ? "" : ":" + port)
                + "/.well-known/mta-sts.txt");
    HttpResponse<String> response =
        client()
            .send(
                HttpRequest.newBuilder(uri).timeout(FETCH_TIMEOUT).build(),
                BodyHandlers.limiting(
                    BodyHandlers.ofString(StandardCharsets.UTF_8), POLICY_OCTETS_MAX));
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answers " + response.statusCode());
    }
    return response.body();
  }

  private HttpClient client() {
    synchronized (this) {
      if (client == null) {
        client =
            HttpClient.newBuilder()
                .sslContext(tls.verified())
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER) // RFC 8461 §3.3
                .build();
      }
      return client;
    }
  }

  private @Nullable Held held(String domain) {
    Held held = policies.getIfPresent(domain);
    if (held == null) {
      held = read(domain);
      if (held != null) {
        policies.put(domain, held);
      }
    }
    return held;
  }

  private @Nullable Path file(String domain) {
    Path directory = settings.tls().mtaStsDirectory();
    return directory == null || !domain.matches("[a-z0-9][a-z0-9.-]{0,250}")
        ? null
        : directory.resolve(domain);
  }

  /** A file's first line is the id and the time when it was fetched; the policy follows. */
  private @Nullable Held read(String domain) {
    Path file = file(domain);
    if (file == null || !Files.exists(file)) {
      return null;
    }
    try {
      String[] parts = Files.readString(file).split("\\n", 2);
      Matcher first = Pattern.compile("(\\w{1,32}) (\\d{1,15})").matcher(parts[0]);
      Optional<MtaStsPolicy> policy =
          parts.length == 2 ? MtaStsPolicy.parse(parts[1]) : Optional.empty();
      if (first.matches() && policy.isPresent()) {
        Held held =
            new Held(first.group(1), parts[1], policy.get(), Long.parseLong(first.group(2)));
        if (held.holds(clock.millis())) {
          return held;
        }
      }
      Files.delete(file);
    } catch (IOException e) {
      log.warn("mta-sts: {} cannot be read: {}", file, e.toString());
    }
    return null;
  }

  private void write(String domain, Held held) {
    Path directory = settings.tls().mtaStsDirectory();
    Path file = file(domain);
    if (directory == null || file == null) {
      return;
    }
    try {
      Files.createDirectories(directory);
      Path written = Files.createTempFile(directory, "new", ".tmp");
      Files.writeString(written, held.id() + " " + held.fetched() + "\n" + held.text());
      Files.move(
          written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.warn("mta-sts: {} cannot be written: {}", file, e.toString());
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (client != null) {
        client.shutdownNow();
        client.close();
      }
    }
  }
}
