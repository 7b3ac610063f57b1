package org.postrider.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postrider.control.ByteSize;
import org.postrider.smtp.relay.RelaySettings.Level;
import org.postrider.wire.AddressBlock;

/** How values are written; each refuses with a sentence that says what is allowed. */
final class Syntax {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
  private static final Pattern HOSTNAME =
      Pattern.compile("(?i)[a-z0-9]([a-z0-9-]{0,62})(\\.[a-z0-9]([a-z0-9-]{0,62}))*\\.?");
  private static final Pattern LISTEN =
      Pattern.compile("(?:(\\*|[0-9A-Za-z.-]+|\\[[0-9A-Fa-f:.]+(?:%\\w+)?\\]):)?(\\d{1,5})");

  private static final Pattern BLOCK = Pattern.compile("[0-9A-Fa-f:.]{2,45}(/\\d{1,3})?");

  private static final Pattern HOST_PORT =
      Pattern.compile("([0-9A-Za-z.-]+|\\[[0-9A-Fa-f:.]+(?:%\\w+)?\\]):(\\d{1,5})");

  private Syntax() {}

  /**
   * Another server.
   *
   * @param host a name or an address, IPv6 without brackets
   */
  record HostPort(String host, int port) {}

  /** {@code host:port}; empty for none. */
  static Optional<HostPort> hostPort(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = HOST_PORT.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      throw new IllegalArgumentException("it is host:port, like mail.example.net:587");
    }
    String host = matcher.group(1);
    return Optional.of(
        new HostPort(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
            Integer.parseInt(matcher.group(2))));
  }

  /** {@code domain=host:port}, separated by commas or spaces. */
  static Map<String, HostPort> routes(String text) {
    Map<String, HostPort> routes = new LinkedHashMap<>();
    for (String item : text.split("[,\\s]+", -1)) {
      int equals = item.indexOf('=');
      if (item.isEmpty()) {
        continue;
      }
      Optional<HostPort> host =
          equals <= 0 ? Optional.empty() : hostPort(item.substring(equals + 1));
      if (host.isEmpty()) {
        throw new IllegalArgumentException(
            "'" + item + "' is no domain=host:port, like example.net=mail.example.net:25");
      }
      routes.put(item.substring(0, equals).toLowerCase(Locale.ROOT), host.get());
    }
    return routes;
  }

  /** {@code domain=level}, separated by commas or spaces; {@code *} for all other domains. */
  static Map<String, Level> levels(String text) {
    Map<String, Level> levels = new LinkedHashMap<>();
    for (String item : text.split("[,\\s]+", -1)) {
      if (item.isEmpty()) {
        continue;
      }
      int equals = item.indexOf('=');
      String level = item.substring(equals + 1).toLowerCase(Locale.ROOT);
      if (equals <= 0 || !level.matches("opportunistic|required|verified")) {
        throw new IllegalArgumentException(
            "'" + item + "' is no domain=opportunistic, domain=required or domain=verified");
      }
      levels.put(
          item.substring(0, equals).toLowerCase(Locale.ROOT),
          Level.valueOf(level.toUpperCase(Locale.ROOT)));
    }
    return Map.copyOf(levels);
  }

  /** Times separated by commas, one at least. */
  static Function<String, List<Duration>> times(Duration least, Duration most) {
    Function<String, Duration> time = time(least, most);
    return text -> Arrays.stream(text.split(",", -1)).map(String::strip).map(time).toList();
  }

  static String hostname(String text) {
    if (text.length() > 255 || !HOSTNAME.matcher(text).matches()) {
      throw new IllegalArgumentException("it is a host name, like mail.example.org");
    }
    return text;
  }

  static Path path(String text) {
    return Path.of(text).toAbsolutePath().normalize();
  }

  /** A file that can be read, or nothing. */
  static Optional<Path> file(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Path path = path(text);
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException("there is no file " + path);
    }
    if (!Files.isReadable(path)) {
      throw new IllegalArgumentException(path + " may not be read by this user");
    }
    return Optional.of(path);
  }

  static Function<String, Integer> number(int least, int most) {
    return text -> {
      if (text.matches("\\d{1,9}")) {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      }
      throw new IllegalArgumentException("it is a number from " + least + " to " + most);
    };
  }

  static Function<String, Long> size(long least, long most) {
    return text -> {
      long value = ByteSize.parse(text);
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "it is a size from " + ByteSize.exact(least) + " to " + ByteSize.exact(most));
      }
      return value;
    };
  }

  static Function<String, Duration> time(Duration least, Duration most) {
    return text -> {
      Matcher matcher = DURATION.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("it is a number with ms, s, m, h or d, like 30s or 14d");
      }
      long count = Long.parseLong(matcher.group(1));
      Duration value =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          };
      if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            "it is a time from " + text(least) + " to " + text(most));
      }
      return value;
    };
  }

  /** A time as {@link #time} reads it. */
  static String text(Duration time) {
    long millis = time.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 != 0 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  /** Where to listen; empty for {@code off}. */
  static Optional<InetSocketAddress> listen(String text) {
    if (text.equalsIgnoreCase("off")) {
      return Optional.empty();
    }
    Matcher matcher = LISTEN.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      throw new IllegalArgumentException(
          "it is address:port, *:port for all addresses, or off; for instance 127.0.0.1:2525");
    }
    int port = Integer.parseInt(matcher.group(2));
    String address = matcher.group(1);
    if (address == null || address.equals("*")) {
      return Optional.of(new InetSocketAddress(port));
    }
    InetSocketAddress socket =
        new InetSocketAddress(
            address.startsWith("[") ? address.substring(1, address.length() - 1) : address, port);
    if (socket.isUnresolved()) {
      throw new IllegalArgumentException("there is no address of the name " + address);
    }
    return Optional.of(socket);
  }

  /** Addresses and CIDR blocks, separated by commas or spaces. */
  static List<String> addressBlocks(String text) {
    List<String> blocks =
        Arrays.stream(text.split("[,\\s]+", -1)).filter(item -> !item.isEmpty()).toList();
    for (String block : blocks) {
      if (!BLOCK.matcher(block).matches()) {
        throw new IllegalArgumentException(
            "'" + block + "' is no address or block, like 10.0.0.0/8 or fd00::1");
      }
      AddressBlock.parse(block);
    }
    return blocks;
  }

  /** An IPv4 address, an IPv6 address, or one of each, separated by commas or spaces. */
  static List<InetAddress> bindAddresses(String text) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String item : text.split("[,\\s]+", -1)) {
      if (item.isEmpty()) {
        continue;
      }
      InetAddress address;
      try {
        address = InetAddress.ofLiteral(item);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("'" + item + "' is no address, like 192.0.2.1", e);
      }
      if (addresses.stream().anyMatch(other -> other.getClass() == address.getClass())) {
        throw new IllegalArgumentException("it is one IPv4 address and one IPv6 address at most");
      }
      addresses.add(address);
    }
    return List.copyOf(addresses);
  }

  static String storageUrl(String text) {
    if (!text.startsWith("h2:") || text.length() == 3) {
      throw new IllegalArgumentException("it is h2: with a directory, like h2:/srv/mail");
    }
    return text;
  }

  static Function<String, String> word(String... allowed) {
    return text -> {
      String word = text.toLowerCase(Locale.ROOT);
      if (!List.of(allowed).contains(word)) {
        throw new IllegalArgumentException("it is one of " + String.join(", ", allowed));
      }
      return word;
    };
  }
}
