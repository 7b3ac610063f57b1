package org.postrider.smtp.relay;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.RelaySettings.Level;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * How mail for a domain must be protected on its way to a host: what the administrator demands, and
 * what the domain itself says by DANE (RFC 7672) or else by MTA-STS (RFC 8461 §2).
 */
final class HostProtection {
  private static final Logger log = LoggerFactory.getLogger(HostProtection.class);

  private final RelaySettings settings;
  private final Dns dns;
  private final MtaSts mtaSts;

  HostProtection(RelaySettings settings, Dns dns, MtaSts mtaSts) {
    this.settings = settings;
    this.dns = dns;
    this.mtaSts = mtaSts;
  }

  /** A demand, or why the host gets no mail. */
  sealed interface Verdict {
    record Demand(TlsDemand demand) implements Verdict {}

    record Refused(Outcome outcome) implements Verdict {}
  }

  /**
   * A mail host as the DNS gave it.
   *
   * @param name in ASCII, lower case, without the dot at the end
   * @param canonical what it is an alias of, or the same
   * @param secure whether DNSSEC proves that it is the domain's, and its addresses
   */
  record FoundHost(Name name, Name canonical, boolean secure) {
    String text() {
      return NextHops.text(name);
    }
  }

  /** The policy of a domain; may wait for its web server. Empty when the message is above it. */
  Optional<MtaStsPolicy> policy(String domain, TlsWish wish) {
    return wish == TlsWish.OPTIONAL ? Optional.empty() : mtaSts.of(domain);
  }

  /** What the administrator demands for a domain. */
  private TlsDemand configured(String domain) {
    Level any = settings.tls().levels().getOrDefault("*", Level.OPPORTUNISTIC);
    return switch (settings.tls().levels().getOrDefault(domain, any)) {
      case OPPORTUNISTIC -> new TlsDemand.Opportunistic();
      case REQUIRED -> new TlsDemand.Encrypted();
      case VERIFIED -> new TlsDemand.Verified();
    };
  }

  /** The administrator named the host; so nobody else's policy is asked for. */
  TlsDemand ofRoute(String domain, Route route, TlsWish wish) {
    TlsDemand demand =
        switch (route.security()) {
          case OPPORTUNISTIC -> configured(domain);
          case STARTTLS, TLS -> new TlsDemand.Verified();
          case NONE -> new TlsDemand.None();
        };
    return wish == TlsWish.REQUIRED ? new TlsDemand.Verified() : demand;
  }

  /** An address literal: there is no domain whose policy could be asked for. */
  Verdict ofLiteral(String literal, TlsWish wish) {
    return wish == TlsWish.REQUIRED
        ? notAuthenticated(literal)
        : new Verdict.Demand(configured(literal));
  }

  private static Verdict notAuthenticated(String host) {
    // RFC 8689 §4.2.1: nothing proves that this is the host that was meant
    return new Verdict.Refused(
        Outcome.failed("5.7.30", host + " is proved by neither DNSSEC nor MTA-STS"));
  }

  Verdict ofHost(String domain, FoundHost host, Optional<MtaStsPolicy> policy, TlsWish wish) {
    TlsDemand demand = configured(domain);
    if (wish != TlsWish.OPTIONAL && host.secure()) {
      switch (records(host)) {
        case Tlsa.Unknown(String why) -> {
          // RFC 7672 §2.1.3: as if it could not be reached, or an attacker could switch DANE off
          return new Verdict.Refused(Outcome.deferred(Outcome.TLS_FAILED, why));
        }
        case Tlsa.Records(Name base, List<TLSARecord> all) -> {
          List<TLSARecord> usable = all.stream().filter(DaneTrust::isUsable).toList();
          if (!usable.isEmpty()) {
            return new Verdict.Demand(new TlsDemand.Dane(usable, names(domain, host, base)));
          }
          if (!demand.authenticates()) {
            demand = new TlsDemand.Encrypted(); // RFC 7672 §2.2
          }
        }
        case Tlsa.None() -> {}
      }
    }
    if (policy.isPresent()) {
      switch (policy.get().mode()) {
        case ENFORCE -> {
          if (!policy.get().names(host.text())) {
            return new Verdict.Refused(
                Outcome.deferred(
                    Outcome.TLS_FAILED,
                    host.text() + " is no mail host by the MTA-STS policy of " + domain));
          }
          demand = new TlsDemand.Verified();
        }
        case TESTING -> {
          if (!policy.get().names(host.text())) {
            log.info("{} is no mail host by the MTA-STS policy of {}", host.text(), domain);
          }
        }
        case NONE -> {}
      }
    }
    if (wish == TlsWish.REQUIRED) {
      boolean named = policy.isPresent() && policy.get().names(host.text());
      return named || host.secure()
          ? new Verdict.Demand(new TlsDemand.Verified())
          : notAuthenticated(host.text());
    }
    return new Verdict.Demand(demand);
  }

  /** RFC 7672 §3.2.2: any of these may be in the certificate. */
  private static List<String> names(String domain, FoundHost host, Name base) {
    Set<String> names = new LinkedHashSet<>();
    names.add(NextHops.text(base));
    names.add(host.text());
    names.add(domain);
    return new ArrayList<>(names);
  }

  /** What the DNS says about a host's certificates. */
  private sealed interface Tlsa {
    record Records(Name base, List<TLSARecord> all) implements Tlsa {}

    record None() implements Tlsa {}

    record Unknown(String why) implements Tlsa {}
  }

  /** RFC 7672 §2.2.3: of what the host is an alias of, then of itself. */
  private Tlsa records(FoundHost host) {
    Set<Name> bases = new LinkedHashSet<>(List.of(host.canonical(), host.name()));
    for (Name base : bases) {
      @Nullable Name owner = owner(base);
      if (owner == null) {
        continue;
      }
      Dns.Answer answer = dns.ask(owner, Type.TLSA);
      if (answer.status() == Dns.Status.FAILED) {
        return new Tlsa.Unknown("no answer about the TLSA records of " + NextHops.text(base));
      }
      if (answer.isFound() && answer.secure()) {
        List<TLSARecord> all = new ArrayList<>();
        answer.records().forEach(record -> all.add((TLSARecord) record));
        return new Tlsa.Records(base, all);
      }
    }
    return new Tlsa.None();
  }

  private @Nullable Name owner(Name base) {
    try {
      return Name.fromString("_" + settings.port() + "._tcp", base);
    } catch (TextParseException e) {
      return null; // too long a name to have any
    }
  }
}
