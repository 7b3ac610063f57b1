package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "::1, ::1, true",
  })
  void contains(String block, String address, boolean expected) throws Exception {
    assertThat(AddressBlock.parse(block).contains(InetAddress.getByName(address)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "proxy.example", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "::/129", "/8"})
  void refuses(String text) {
    assertThatThrownBy(() -> AddressBlock.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void mappedAddressesArePlain() throws Exception {
    byte[] octets = new byte[16];
    octets[10] = -1;
    octets[11] = -1;
    octets[12] = 127;
    octets[15] = 1;
    InetAddress mapped = Inet6Address.getByAddress(null, octets, -1);
    assertThat(AddressBlock.plain(mapped)).isEqualTo(InetAddress.getByName("127.0.0.1"));
    InetAddress six = InetAddress.getByName("2001:db8::1");
    assertThat(AddressBlock.plain(six)).isSameAs(six);
  }
}
