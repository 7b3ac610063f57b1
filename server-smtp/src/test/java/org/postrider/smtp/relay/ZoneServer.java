package org.postrider.smtp.relay;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server on loopback with a few records in zone-file form; other names do not exist. */
final class ZoneServer implements AutoCloseable {
  private static final long TTL = 60;

  private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
  private final Map<Name, Boolean> failing = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofVirtual().unstarted(this::run);

  private ZoneServer() throws SocketException {}

  static ZoneServer start() throws SocketException {
    ZoneServer server = new ZoneServer();
    server.thread.start();
    return server;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
  }

  /**
   * @param data for instance {@code 10 mail.example.test.}
   */
  void add(String name, int type, String data) throws IOException {
    Name owner = Name.fromString(name, Name.root);
    Record made = Record.fromString(owner, type, DClass.IN, TTL, data, Name.root);
    records.merge(
        owner,
        List.of(made),
        (a, b) -> {
          List<Record> both = new ArrayList<>(a);
          both.addAll(b);
          return List.copyOf(both);
        });
  }

  /** The name is answered with SERVFAIL. */
  void fail(String name) throws IOException {
    failing.put(Name.fromString(name, Name.root), true);
  }

  private void run() {
    byte[] buffer = new byte[1500];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        byte[] answer = answer(query).toWire();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private Message answer(Message query) throws IOException {
    Record question = query.getQuestion();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    answer.addRecord(question, Section.QUESTION);
    List<Record> here = records.get(question.getName());
    if (failing.containsKey(question.getName())) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
      return answer;
    }
    if (here == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    } else {
      here.stream()
          .filter(made -> made.getType() == question.getType())
          .forEach(made -> answer.addRecord(made, Section.ANSWER));
    }
    if (answer.getSection(Section.ANSWER).isEmpty()) {
      answer.addRecord(
          Record.fromString(
              Name.root, Type.SOA, DClass.IN, TTL, "ns. root. 1 60 60 60 60", Name.root),
          Section.AUTHORITY);
    }
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
