package org.postrider.smtp.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** What the DNS says, kept as long as it allows, and whether DNSSEC proves it (RFC 4035). */
final class Dns {
  private static final int CACHE_ENTRIES = 50_000;
  private static final int ALIASES_MAX = 8;
  private static final Duration KEPT_MAX = Duration.ofDays(1);

  /** RFC 2308 §5 recommends one to three hours at most. */
  private static final Duration DENIAL_KEPT_MAX = Duration.ofHours(1);

  private static final String ROOT_ANCHORS = "root-anchors.zone";

  private final Resolver resolver;
  private final boolean dnssec;
  private final Cache<Question, Answer> cache =
      Caffeine.newBuilder()
          .maximumSize(CACHE_ENTRIES)
          .expireAfter(Expiry.creating((Question question, Answer answer) -> answer.kept()))
          .build();

  private record Question(Name name, int type) {}

  /** Whether there is an answer. */
  enum Status {
    FOUND,
    /** The name is there, but has nothing of that type. */
    NO_DATA,
    NO_NAME,
    /** Nobody knows now, or what was said is forged. */
    FAILED
  }

  /**
   * An answer.
   *
   * @param records of the type asked for; empty unless FOUND
   * @param name what the name asked for is an alias of, or that name
   * @param secure whether DNSSEC proves it, each alias on the way too; a denial as well
   * @param kept how long it holds
   * @param error why it FAILED, or empty
   */
  record Answer(
      Status status, List<Record> records, Name name, boolean secure, Duration kept, String error) {
    boolean isFound() {
      return status == Status.FOUND;
    }
  }

  /**
   * @throws UnknownHostException when the configured name server has no address
   * @throws IOException when the trust anchors cannot be read
   */
  Dns(RelaySettings settings) throws IOException {
    Resolver plain =
        settings.resolver() == null
            ? new ExtendedResolver()
            : new SimpleResolver(settings.resolver());
    Dnssec mode = settings.tls().dnssec();
    dnssec = mode != Dnssec.OFF;
    resolver =
        switch (mode) {
          case OFF -> plain;
          case TRUST_RESOLVER -> {
            plain.setEDNS(0, 0, ExtendedFlags.DO);
            yield plain;
          }
          case VALIDATE -> validating(plain, settings.tls().trustAnchors());
        };
  }

  private static Resolver validating(Resolver plain, @Nullable Path anchors) throws IOException {
    ValidatingResolver validating = new ValidatingResolver(plain);
    try (InputStream in =
        anchors == null
            ? Dns.class.getResourceAsStream(ROOT_ANCHORS)
            : Files.newInputStream(anchors)) {
      if (in == null) {
        throw new IOException(ROOT_ANCHORS + " is missing");
      }
      validating.loadTrustAnchors(in);
    }
    return validating;
  }

  /** Asks, following aliases; waits for the name server. */
  Answer ask(Name name, int type) {
    Question question = new Question(name, type);
    Answer known = cache.getIfPresent(question);
    if (known != null) {
      return known;
    }
    Answer answer = new Walk(name, type).run();
    if (answer.status() != Status.FAILED) {
      cache.put(question, answer);
    }
    return answer;
  }

  /** One question, along its aliases. */
  private final class Walk {
    private final int type;
    private Name at;
    private boolean secure = dnssec;
    private Duration kept = KEPT_MAX;
    private int aliases;

    Walk(Name name, int type) {
      this.at = name;
      this.type = type;
    }

    Answer run() {
      while (aliases <= ALIASES_MAX) {
        Message response;
        try {
          response = resolver.send(query());
        } catch (IOException e) {
          return failed(e.getMessage() == null ? "no answer" : e.getMessage());
        }
        int rcode = response.getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
          return failed(Rcode.string(rcode));
        }
        secure &= response.getHeader().getFlag(Flags.AD);
        List<Record> answers = response.getSection(Section.ANSWER);
        Name before = at;
        follow(answers);
        List<Record> found = of(answers, type);
        if (!found.isEmpty()) {
          found.forEach(record -> keep(record.getTTL()));
          return new Answer(Status.FOUND, found, at, secure, kept, "");
        }
        List<Record> authority = response.getSection(Section.AUTHORITY);
        boolean denied = authority.stream().anyMatch(SOARecord.class::isInstance);
        if (rcode == Rcode.NXDOMAIN || denied || before.equals(at)) {
          return denial(rcode == Rcode.NXDOMAIN ? Status.NO_NAME : Status.NO_DATA, authority);
        }
      }
      return failed("too many aliases");
    }

    private Message query() {
      Message query = Message.newQuery(Record.newRecord(at, type, DClass.IN));
      if (dnssec) {
        query.getHeader().setFlag(Flags.AD); // RFC 6840 §5.7
      }
      return query;
    }

    private void follow(List<Record> answers) {
      boolean moved = true;
      while (moved && aliases <= ALIASES_MAX && of(answers, type).isEmpty()) {
        moved = false;
        for (Record record : answers) {
          if (record instanceof CNAMERecord alias && alias.getName().equals(at)) {
            keep(alias.getTTL());
            at = alias.getTarget();
            aliases++;
            moved = true;
            break;
          }
        }
      }
    }

    private List<Record> of(List<Record> answers, int wanted) {
      return answers.stream()
          .filter(record -> record.getType() == wanted && record.getName().equals(at))
          .toList();
    }

    private void keep(long seconds) {
      Duration allowed = Duration.ofSeconds(seconds);
      kept = allowed.compareTo(kept) < 0 ? allowed : kept;
    }

    /** RFC 2308 §5: as long as the zone's SOA says. */
    private Answer denial(Status status, List<Record> authority) {
      kept = kept.compareTo(DENIAL_KEPT_MAX) < 0 ? kept : DENIAL_KEPT_MAX;
      boolean said = false;
      for (Record record : authority) {
        if (record instanceof SOARecord soa) {
          keep(Math.min(soa.getTTL(), soa.getMinimum()));
          said = true;
        }
      }
      return new Answer(status, List.of(), at, secure, said ? kept : Duration.ZERO, "");
    }

    private Answer failed(String error) {
      return new Answer(Status.FAILED, List.of(), at, false, Duration.ZERO, error);
    }
  }
}
