package org.postrider.smtp.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Packets of the milter protocol: a length, a letter, and its arguments. */
final class MilterLink {
  /** Octets of a packet that a milter sends; libmilter sends no longer ones. */
  private static final int PACKET_MAX = 1 << 20;

  private final PeerConnection connection;

  MilterLink(PeerConnection connection) {
    this.connection = connection;
  }

  /**
   * A packet that came.
   *
   * @param letter its kind
   */
  record Packet(char letter, byte[] octets) {
    /** The strings from an offset on, each ended by a NUL; each octet a character. */
    List<String> strings(int from) throws CheckException {
      List<String> strings = new ArrayList<>();
      int start = from;
      for (int i = from; i < octets.length; i++) {
        if (octets[i] == 0) {
          strings.add(new String(octets, start, i - start, StandardCharsets.ISO_8859_1));
          start = i + 1;
        }
      }
      if (start != octets.length || from > octets.length) {
        throw new CheckException("the milter's packet '" + letter + "' is cut off");
      }
      return strings;
    }

    int number(int offset) throws CheckException {
      if (octets.length < offset + 4) {
        throw new CheckException("the milter's packet '" + letter + "' is too short");
      }
      return ByteBuffer.wrap(octets).getInt(offset);
    }
  }

  /** Arguments, put together. */
  static final class Arguments {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    /** Each character an octet, and a NUL. */
    Arguments text(String text) {
      octets.writeBytes(text.replace("\0", "").getBytes(StandardCharsets.ISO_8859_1));
      octets.write(0);
      return this;
    }

    /** In UTF-8, and a NUL. */
    Arguments utf8(String text) {
      octets.writeBytes(text.replace("\0", "").getBytes(StandardCharsets.UTF_8));
      octets.write(0);
      return this;
    }

    Arguments octet(int octet) {
      octets.write(octet);
      return this;
    }

    Arguments number(int number) {
      octets.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
      return this;
    }

    byte[] bytes() {
      return octets.toByteArray();
    }
  }

  /** Sends a packet; it may wait until an answer is read. */
  void send(char letter, byte[] octets, int length) throws IOException {
    connection.writeInt(length + 1);
    connection.write(new byte[] {(byte) letter});
    connection.write(octets, 0, length);
  }

  void send(char letter, Arguments arguments) throws IOException {
    byte[] octets = arguments.bytes();
    send(letter, octets, octets.length);
  }

  void flush() throws IOException {
    connection.flush();
  }

  /** The next packet, but for those that say that it works still: they give it time. */
  Packet receive() throws IOException {
    connection.flush();
    while (true) {
      int length = connection.readInt();
      if (length < 1 || length > PACKET_MAX) {
        throw new CheckException("the milter sent a packet of " + length + " octets");
      }
      char letter = (char) connection.read();
      byte[] octets = connection.read(length - 1);
      if (letter != 'p') {
        return new Packet(letter, octets);
      }
      connection.restart();
    }
  }
}
