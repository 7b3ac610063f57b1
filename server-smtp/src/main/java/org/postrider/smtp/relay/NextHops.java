package org.postrider.smtp.relay;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.message.DomainName;
import org.postrider.smtp.relay.NextHop.Hosts;
import org.postrider.smtp.relay.NextHop.MailHost;
import org.postrider.smtp.relay.NextHop.Unknown;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Address;
import org.xbill.DNS.Cache;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Finds the hosts that take mail for a domain: a route of the administrator, an address literal, or
 * what the DNS says (RFC 5321 §5.1, RFC 7505). Answers are kept as long as the DNS allows.
 */
final class NextHops {
  private static final int CACHE_ENTRIES = 50_000;

  /** Hosts of one domain that are tried; the least preferred ones are left out. */
  private static final int HOSTS_MAX = 20;

  private static final String NO_ANSWER = "4.4.3";

  private final RelaySettings settings;
  private final Resolver resolver;
  private final Cache cache = new Cache();

  /**
   * @throws UnknownHostException when the configured name server has no address
   */
  NextHops(RelaySettings settings) throws UnknownHostException {
    this.settings = settings;
    this.cache.setMaxEntries(CACHE_ENTRIES);
    this.resolver =
        settings.resolver() == null
            ? new ExtendedResolver()
            : new SimpleResolver(settings.resolver());
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
  NextHop of(Recipient recipient) {
    String way = recipient.route();
    if (way.isEmpty()) {
      return of(recipient.domain());
    }
    int colon = way.lastIndexOf(':');
    String host = way.substring(0, colon).replaceAll("^\\[|]$", "");
    int port = Integer.parseInt(way.substring(colon + 1));
    return named(new Route(host, port, Security.OPPORTUNISTIC, "", ""));
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
  NextHop of(String domain) {
    Route route = route(domain);
    if (route != null) {
      return named(route);
    }
    if (domain.startsWith("[")) {
      return literal(domain);
    }
    Name name;
    try {
      String ascii = DomainName.toAscii(domain).orElseThrow(() -> new TextParseException(domain));
      name = Name.fromString(ascii, Name.root);
    } catch (TextParseException e) {
      return unknown(false, "5.1.2", "the domain " + domain + " cannot be a host name");
    }
    Lookup lookup = lookup(name, Type.MX);
    return switch (lookup.getResult()) {
      case Lookup.SUCCESSFUL -> exchangers(domain, lookup.getAnswers());
      case Lookup.TYPE_NOT_FOUND -> implicit(domain, name);
      case Lookup.HOST_NOT_FOUND ->
          unknown(false, "5.1.2", "the domain " + domain + " does not exist");
      default ->
          unknown(true, NO_ANSWER, "no answer about " + domain + ": " + lookup.getErrorString());
    };
  }

  private static Unknown unknown(boolean temporary, String status, String why) {
    return new Unknown(temporary ? Outcome.deferred(status, why) : Outcome.failed(status, why));
  }

  private Lookup lookup(Name name, int type) {
    Lookup lookup = new Lookup(name, type);
    lookup.setResolver(resolver);
    lookup.setCache(cache);
    lookup.run();
    return lookup;
  }

  private NextHop exchangers(String domain, Record[] answers) {
    List<MXRecord> records = new ArrayList<>();
    for (Record answer : answers) {
      if (answer instanceof MXRecord record) {
        records.add(record);
      }
    }
    if (records.size() == 1 && records.getFirst().getTarget().equals(Name.root)) {
      return unknown(false, "5.1.10", "the domain " + domain + " takes no mail"); // RFC 7505
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
          false, "5.4.6", "we are the best mail host of " + domain + ", which is not ours: a loop");
    }
    return addresses(domain, before.stream().map(MXRecord::getTarget).limit(HOSTS_MAX).toList());
  }

  private boolean isOurs(Name host) {
    return host.toString(true).equalsIgnoreCase(settings.hostname());
  }

  /** RFC 5321 §5.1: without MX records the domain itself is the host. */
  private NextHop implicit(String domain, Name name) {
    if (isOurs(name)) {
      return unknown(false, "5.4.6", domain + " is this host, but not a domain of ours: a loop");
    }
    return addresses(domain, List.of(name));
  }

  private NextHop addresses(String domain, List<Name> names) {
    List<MailHost> hosts = new ArrayList<>();
    @Nullable String noAnswer = null;
    for (Name name : names) {
      List<InetAddress> addresses = new ArrayList<>();
      for (int type : new int[] {Type.AAAA, Type.A}) {
        Lookup lookup = lookup(name, type);
        if (lookup.getResult() == Lookup.SUCCESSFUL) {
          for (Record record : lookup.getAnswers()) {
            if (record instanceof ARecord a) {
              addresses.add(a.getAddress());
            } else if (record instanceof AAAARecord aaaa) {
              addresses.add(aaaa.getAddress());
            }
          }
        } else if (lookup.getResult() != Lookup.HOST_NOT_FOUND
            && lookup.getResult() != Lookup.TYPE_NOT_FOUND) {
          noAnswer = "no answer about " + name.toString(true) + ": " + lookup.getErrorString();
        }
      }
      if (!addresses.isEmpty()) {
        String host = name.toString(true).toLowerCase(Locale.ROOT);
        hosts.add(MailHost.found(host, List.copyOf(addresses), settings.port()));
      }
    }
    if (!hosts.isEmpty()) {
      return new Hosts(List.copyOf(hosts));
    }
    return noAnswer == null
        ? unknown(false, "5.4.4", "no mail host of " + domain + " has an address")
        : unknown(true, NO_ANSWER, noAnswer);
  }

  private NextHop literal(String domain) {
    String text = domain.substring(1, domain.length() - 1);
    try {
      InetAddress address =
          text.regionMatches(true, 0, "IPv6:", 0, 5)
              ? Address.getByAddress(text.substring(5), Address.IPv6)
              : Address.getByAddress(text, Address.IPv4);
      return new Hosts(List.of(MailHost.found(domain, List.of(address), settings.port())));
    } catch (UnknownHostException e) {
      return unknown(false, "5.1.2", domain + " is not an address");
    }
  }

  /** A route's host, by the system's resolver, as the administrator would look it up. */
  private static NextHop named(Route route) {
    try {
      List<InetAddress> addresses = List.of(InetAddress.getAllByName(route.host()));
      return new Hosts(List.of(new MailHost(route.host(), addresses, route)));
    } catch (UnknownHostException e) {
      return unknown(true, NO_ANSWER, "the address of " + route.host() + " is not known");
    }
  }
}
