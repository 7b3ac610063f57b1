package org.postrider.smtp.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.message.DomainName;
import org.postrider.smtp.relay.HostProtection.FoundHost;
import org.postrider.smtp.relay.HostProtection.Verdict;
import org.postrider.smtp.relay.NextHop.Hosts;
import org.postrider.smtp.relay.NextHop.MailHost;
import org.postrider.smtp.relay.NextHop.Unknown;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Address;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Finds the hosts that take mail for a domain: a route of the administrator, an address literal, or
 * what the DNS says (RFC 5321 §5.1, RFC 7505). Answers are kept as long as the DNS allows.
 */
final class NextHops implements AutoCloseable {
  /** Hosts of one domain that are tried; the least preferred ones are left out. */
  private static final int HOSTS_MAX = 20;

  private static final String NO_ANSWER = "4.4.3";

  private final RelaySettings settings;
  private final Dns dns;
  private final MtaSts mtaSts;
  private final HostProtection protection;

  /**
   * @throws IOException when the configured name server has no address, or a file cannot be read
   */
  NextHops(RelaySettings settings, PeerTls tls, Clock clock) throws IOException {
    this.settings = settings;
    this.dns = new Dns(settings);
    this.mtaSts = new MtaSts(settings, dns, tls, clock);
    this.protection = new HostProtection(settings, dns, mtaSts);
  }

  /** A name as it is written in mail: lower case, without the dot at the end. */
  static String text(Name name) {
    return name.toString(true).toLowerCase(Locale.ROOT);
  }

  /** What mail for the domain has in common with others': the route's host, or the domain. */
  String destination(String domain) {
    Route route = route(domain);
    return route == null ? domain : route.toString();
  }

  /** The same, unless an administrator sends it by another way. */
  String destination(Recipient recipient) {
    return recipient.route().isEmpty() ? destination(recipient.domain()) : recipient.route();
  }

  /** Finds the hosts, by the way of the administrator if there is one. */
  NextHop of(Recipient recipient, TlsWish wish) {
    String way = recipient.route();
    if (way.isEmpty()) {
      return of(recipient.domain(), wish);
    }
    int colon = way.lastIndexOf(':');
    String host = way.substring(0, colon).replaceAll("^\\[|]$", "");
    int port = Integer.parseInt(way.substring(colon + 1));
    Route route = new Route(host, port, Security.OPPORTUNISTIC, "", "");
    return named(route, protection.ofRoute(recipient.domain(), route, wish));
  }

  private @Nullable Route route(String domain) {
    Route route = settings.routes().get(domain);
    return route == null ? settings.smarthost() : route;
  }

  /**
   * Domains whose mail may be leased.
   *
   * @param only whether these alone, or all but these
   */
  record Domains(boolean only, Set<String> domains) {}

  /** The domains whose destination is none of those. */
  Domains open(Set<String> full) {
    Route smarthost = settings.smarthost();
    if (smarthost != null && full.contains(smarthost.toString())) {
      Set<String> open = new HashSet<>(settings.routes().keySet());
      open.removeIf(domain -> full.contains(destination(domain)));
      return new Domains(true, open);
    }
    Set<String> shut = new HashSet<>(full);
    settings
        .routes()
        .forEach((domain, route) -> {
          if (full.contains(route.toString())) {
            shut.add(domain);
          }
        });
    return new Domains(false, shut);
  }

  /**
   * Finds the hosts; waits for the DNS.
   *
   * @param domain of the recipient, lower case
   */
  NextHop of(String domain, TlsWish wish) {
    Route route = route(domain);
    if (route != null) {
      return named(route, protection.ofRoute(domain, route, wish));
    }
    if (domain.startsWith("[")) {
      return literal(domain, wish);
    }
    Name name;
    try {
      String ascii = DomainName.toAscii(domain).orElseThrow(() -> new TextParseException(domain));
      name = Name.fromString(ascii, Name.root);
    } catch (TextParseException e) {
      return unknown(false, "5.1.2", "the domain " + domain + " cannot be a host name");
    }
    Dns.Answer answer = dns.ask(name, Type.MX);
    return switch (answer.status()) {
      case FOUND -> exchangers(name, answer, wish);
      case NO_DATA -> implicit(name, answer, wish);
      case NO_NAME -> unknown(false, "5.1.2", "the domain " + domain + " does not exist");
      case FAILED -> unknown(true, NO_ANSWER, "no answer about " + domain + ": " + answer.error());
    };
  }

  private static Unknown unknown(boolean temporary, String status, String why) {
    return new Unknown(temporary ? Outcome.deferred(status, why) : Outcome.failed(status, why));
  }

  private NextHop exchangers(Name domain, Dns.Answer answer, TlsWish wish) {
    List<MXRecord> records = new ArrayList<>();
    answer.records().forEach(record -> records.add((MXRecord) record));
    if (records.size() == 1 && records.getFirst().getTarget().equals(Name.root)) {
      return unknown(false, "5.1.10", "the domain " + text(domain) + " takes no mail"); // RFC 7505
    }
    Collections.shuffle(records); // the order among equals
    records.sort(Comparator.comparingInt(MXRecord::getPriority));
    List<MXRecord> before = new ArrayList<>();
    for (MXRecord record : records) {
      if (isOurs(record.getTarget())) {
        // RFC 5321 §5.1: neither we nor hosts of the same or a lower preference
        before.removeIf(other -> other.getPriority() == record.getPriority());
        break;
      }
      before.add(record);
    }
    if (before.isEmpty()) {
      return unknown(
          false,
          "5.4.6",
          "we are the best mail host of " + text(domain) + ", which is not ours: a loop");
    }
    List<Name> names = before.stream().map(MXRecord::getTarget).limit(HOSTS_MAX).toList();
    return hosts(domain, names, answer.secure(), wish);
  }

  private boolean isOurs(Name host) {
    return host.toString(true).equalsIgnoreCase(settings.hostname());
  }

  /** RFC 5321 §5.1: without MX records the domain itself is the host. */
  private NextHop implicit(Name domain, Dns.Answer denial, TlsWish wish) {
    if (isOurs(domain)) {
      return unknown(
          false, "5.4.6", text(domain) + " is this host, but not a domain of ours: a loop");
    }
    return hosts(domain, List.of(domain), denial.secure(), wish);
  }

  /**
   * @param secure whether DNSSEC proves that these are the domain's hosts
   */
  private NextHop hosts(Name domain, List<Name> names, boolean secure, TlsWish wish) {
    List<MailHost> hosts = new ArrayList<>();
    @Nullable String noAnswer = null;
    @Nullable Outcome refusal = null;
    Optional<MtaStsPolicy> policy = protection.policy(text(domain), wish);
    for (Name name : names) {
      Addresses found = addresses(name);
      noAnswer = found.noAnswer() == null ? noAnswer : found.noAnswer();
      if (found.addresses().isEmpty()) {
        continue;
      }
      FoundHost host = new FoundHost(name, found.canonical(), secure && found.secure());
      switch (protection.ofHost(text(domain), host, policy, wish)) {
        case Verdict.Demand(TlsDemand demand) ->
            hosts.add(MailHost.found(text(name), found.addresses(), settings.port(), demand));
        case Verdict.Refused(Outcome outcome) -> refusal = outcome;
      }
    }
    if (!hosts.isEmpty()) {
      return new Hosts(List.copyOf(hosts));
    }
    if (noAnswer != null) {
      return unknown(true, NO_ANSWER, noAnswer);
    }
    return refusal != null
        ? new Unknown(refusal)
        : unknown(false, "5.4.4", "no mail host of " + text(domain) + " has an address");
  }

  /**
   * A host's addresses.
   *
   * @param canonical what the host is an alias of, or the host
   * @param secure whether DNSSEC proves them
   * @param noAnswer why some may be missing, or null
   */
  private record Addresses(
      List<InetAddress> addresses, Name canonical, boolean secure, @Nullable String noAnswer) {}

  private Addresses addresses(Name name) {
    List<InetAddress> addresses = new ArrayList<>();
    Name canonical = name;
    boolean secure = true;
    @Nullable String noAnswer = null;
    for (int type : new int[] {Type.AAAA, Type.A}) {
      Dns.Answer answer = dns.ask(name, type);
      if (answer.isFound()) {
        canonical = answer.name();
        secure &= answer.secure();
        for (Record record : answer.records()) {
          if (record instanceof ARecord a) {
            addresses.add(a.getAddress());
          } else if (record instanceof AAAARecord aaaa) {
            addresses.add(aaaa.getAddress());
          }
        }
      } else if (answer.status() == Dns.Status.FAILED) {
        noAnswer = "no answer about " + text(name) + ": " + answer.error();
      }
    }
    return new Addresses(List.copyOf(addresses), canonical, secure, noAnswer);
  }

  private NextHop literal(String domain, TlsWish wish) {
    String text = domain.substring(1, domain.length() - 1);
    try {
      InetAddress address =
          text.regionMatches(true, 0, "IPv6:", 0, 5)
              ? Address.getByAddress(text.substring(5), Address.IPv6)
              : Address.getByAddress(text, Address.IPv4);
      return switch (protection.ofLiteral(domain, wish)) {
        case Verdict.Demand(TlsDemand demand) ->
            new Hosts(List.of(MailHost.found(domain, List.of(address), settings.port(), demand)));
        case Verdict.Refused(Outcome outcome) -> new Unknown(outcome);
      };
    } catch (UnknownHostException e) {
      return unknown(false, "5.1.2", domain + " is not an address");
    }
  }

  /** A route's host, by the system's resolver, as the administrator would look it up. */
  private static NextHop named(Route route, TlsDemand demand) {
    try {
      List<InetAddress> addresses = List.of(InetAddress.getAllByName(route.host()));
      return new Hosts(List.of(new MailHost(route.host(), addresses, route, demand)));
    } catch (UnknownHostException e) {
      return unknown(true, NO_ANSWER, "the address of " + route.host() + " is not known");
    }
  }

  @Override
  public void close() {
    mtaSts.close();
  }
}
