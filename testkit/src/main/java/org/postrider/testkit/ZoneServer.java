package org.postrider.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DNSSEC.DNSSECException;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on loopback with a few records in zone-file form; other names do not exist. Zones
 * can be signed: then each answer is, and names that are not there have no records (RFC 9824).
 */
public final class ZoneServer implements AutoCloseable {
  private static final long TTL = 60;

  private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
  private final Map<Name, Boolean> failing = new ConcurrentHashMap<>();
  private final Map<Name, Boolean> forged = new ConcurrentHashMap<>();
  private final Map<Name, Zone> zones = new ConcurrentHashMap<>();
  private volatile boolean claimsSecure;
  private final Thread thread = Thread.ofVirtual().unstarted(this::run);

  /** A signed zone. */
  private record Zone(Name name, DNSKEYRecord key, KeyPair pair) {
    List<Record> signed(List<Record> set) throws IOException {
      try {
        Instant now = Instant.now();
        Duration day = Duration.ofDays(1);
        RRset rrset = new RRset(set.toArray(Record[]::new));
        List<Record> both = new ArrayList<>(set);
        both.add(DNSSEC.sign(rrset, key, pair.getPrivate(), now.minus(day), now.plus(day)));
        return both;
      } catch (DNSSECException e) {
        throw new IOException(e);
      }
    }
  }

  private ZoneServer() throws SocketException {}

  /** Starts one without records. */
  public static ZoneServer start() throws SocketException {
    ZoneServer server = new ZoneServer();
    server.thread.start();
    return server;
  }

  /** Where it listens, UDP. */
  public InetSocketAddress address() {
    return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
  }

  /**
   * Adds a record.
   *
   * @param type of {@link Type}
   * @param data for instance {@code 10 mail.example.test.}
   */
  public void add(String name, int type, String data) throws IOException {
    Name owner = Name.fromString(name, Name.root);
    put(Record.fromString(owner, type, DClass.IN, TTL, data, Name.root));
  }

  private void put(Record made) {
    records.merge(
        made.getName(),
        List.of(made),
        (a, b) -> {
          List<Record> both = new ArrayList<>(a);
          both.addAll(b);
          return List.copyOf(both);
        });
  }

  /** Signs what is under the name from now on; appends the key to a file of trust anchors. */
  public void sign(String zone, Path anchors) throws IOException {
    try {
      Name name = Name.fromString(zone, Name.root);
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      DNSKEYRecord key =
          new DNSKEYRecord(
              name,
              DClass.IN,
              TTL,
              DNSKEYRecord.Flags.ZONE_KEY | DNSKEYRecord.Flags.SEP_KEY,
              DNSKEYRecord.Protocol.DNSSEC,
              DNSSEC.Algorithm.ECDSAP256SHA256,
              pair.getPublic());
      put(key);
      zones.put(name, new Zone(name, key, pair));
      Files.writeString(anchors, key + "\n");
    } catch (GeneralSecurityException | DNSSECException e) {
      throw new IOException(e);
    }
  }

  /** Says of all answers that they are proved. */
  public void claimSecure() {
    claimsSecure = true;
  }

  /** The name is answered with SERVFAIL. */
  public void fail(String name) throws IOException {
    failing.put(Name.fromString(name, Name.root), true);
  }

  /** Answers about the name bear the signature of something else. */
  public void forge(String name) throws IOException {
    forged.put(Name.fromString(name, Name.root), true);
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
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private @Nullable Zone zone(Name name) {
    for (Zone zone : zones.values()) {
      if (name.subdomain(zone.name())) {
        return zone;
      }
    }
    return null;
  }

  private Message answer(Message query) throws IOException {
    Record question = query.getQuestion();
    Name name = question.getName();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    if (claimsSecure) {
      answer.getHeader().setFlag(Flags.AD);
    }
    answer.addRecord(question, Section.QUESTION);
    if (failing.containsKey(name)) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
      return answer;
    }
    Zone zone = zone(name);
    List<Record> here = records.getOrDefault(name, List.of());
    List<Record> found =
        here.stream()
            .filter(made -> made.getType() == question.getType() || made.getType() == Type.CNAME)
            .toList();
    if (here.isEmpty() && zone == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    if (!found.isEmpty()) {
      add(answer, Section.ANSWER, zone, found);
      return answer;
    }
    Name apex = zone == null ? Name.root : zone.name();
    SOARecord soa =
        (SOARecord)
            Record.fromString(apex, Type.SOA, DClass.IN, TTL, "ns. root. 1 60 60 60 60", Name.root);
    add(answer, Section.AUTHORITY, zone, List.of(soa));
    if (zone != null) {
      TreeSet<Integer> types = new TreeSet<>(List.of(Type.RRSIG, Type.NSEC));
      here.forEach(record -> types.add(record.getType()));
      int[] held = types.stream().mapToInt(Integer::intValue).toArray();
      Name next = Name.fromString("\\000", name);
      NSECRecord denial = new NSECRecord(name, DClass.IN, TTL, next, held);
      add(answer, Section.AUTHORITY, zone, List.of(denial));
    }
    return answer;
  }

  private void add(Message answer, int section, @Nullable Zone zone, List<Record> set)
      throws IOException {
    if (zone == null) {
      set.forEach(record -> answer.addRecord(record, section));
      return;
    }
    List<Record> signed = zone.signed(set);
    if (forged.containsKey(set.getFirst().getName())) {
      Record other =
          Record.fromString(set.getFirst().getName(), Type.TXT, DClass.IN, TTL, "other", Name.root);
      signed = new ArrayList<>(set);
      signed.add(zone.signed(List.of(other)).getLast());
    }
    signed.forEach(record -> answer.addRecord(record, section));
  }

  @Override
  public void close() {
    socket.close();
  }
}
