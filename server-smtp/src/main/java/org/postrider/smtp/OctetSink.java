package org.postrider.smtp;

/** Takes runs of octets; the array is not kept. */
@FunctionalInterface
interface OctetSink {
  void write(byte[] octets, int offset, int length);
}
