package org.postrider.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a new connection is given; replaced as a whole when the server is reconfigured. */
record Configuration(WireLimits limits, @Nullable TlsContext tls, List<AddressBlock> trusted) {

  static Configuration load(WireLimits limits, @Nullable TlsSettings tls, Natives natives)
      throws IOException {
    List<AddressBlock> trusted;
    try {
      trusted = limits.proxyTrusted().stream().map(AddressBlock::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new IOException("trusted proxies: " + e.getMessage(), e);
    }
    return new Configuration(limits, tls == null ? null : TlsContext.load(tls, natives), trusted);
  }

  boolean trusts(InetAddress address) {
    return trusted.stream().anyMatch(block -> block.contains(address));
  }

  void retain() {
    if (tls != null) {
      tls.retain();
    }
  }

  void release() {
    if (tls != null) {
      tls.release();
    }
  }
}
