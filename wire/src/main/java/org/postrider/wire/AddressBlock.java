package org.postrider.wire;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An address or a CIDR block ({@code 10.0.0.0/8}, {@code fd00::/8}). No name is ever looked up.
 *
 * @param network 4 or 16 octets
 * @param prefixBits how many leading bits must be equal
 */
public record AddressBlock(byte[] network, int prefixBits) {

  /**
   * Parses an address or a block.
   *
   * @throws IllegalArgumentException with a text that names the bad value
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] octets = NetUtil.createByteArrayFromIpAddressString(address.strip());
    if (octets == null) {
      throw new IllegalArgumentException("'" + text + "' is not an IP address or CIDR block");
    }
    int bitsMax = octets.length * 8;
    int bits = slash < 0 ? bitsMax : prefix(text, text.substring(slash + 1).strip());
    if (bits > bitsMax) {
      throw new IllegalArgumentException("'" + text + "': the prefix is longer than the address");
    }
    return new AddressBlock(octets, bits);
  }

  private static int prefix(String text, String digits) {
    if (digits.isEmpty()
        || digits.length() > 3
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("'" + text + "' has no number after the slash");
    }
    return Integer.parseInt(digits);
  }

  /** Whether the address is in the block; an IPv4-mapped one must be made {@code plain} before. */
  public boolean contains(InetAddress address) {
    byte[] octets = address.getAddress();
    if (octets.length != network.length) {
      return false;
    }
    int whole = prefixBits / 8;
    if (!Arrays.equals(octets, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = prefixBits % 8;
    int mask = 0xFF00 >> rest;
    return rest == 0 || (octets[whole] & mask) == (network[whole] & mask);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AddressBlock(byte[] octets, int bits)
        && bits == prefixBits
        && Arrays.equals(octets, network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefixBits;
  }

  static InetSocketAddress plain(InetSocketAddress address) {
    InetAddress plain = plain(address.getAddress());
    return plain.equals(address.getAddress())
        ? address
        : new InetSocketAddress(plain, address.getPort());
  }

  /** The address itself; an IPv4-mapped IPv6 address ({@code ::ffff:192.0.2.1}) as IPv4. */
  static InetAddress plain(InetAddress address) {
    byte[] octets = address.getAddress();
    if (octets.length != 16 || octets[10] != (byte) 0xFF || octets[11] != (byte) 0xFF) {
      return address;
    }
    for (int i = 0; i < 10; i++) {
      if (octets[i] != 0) {
        return address;
      }
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(octets, 12, 16));
    } catch (UnknownHostException e) {
      throw new AssertionError("four octets are an IPv4 address", e);
    }
  }
}
