package org.postrider.smtp.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postrider.smtp.check.MilterLink.Packet;

/** What a milter wants changed; done when it has let the message pass. */
final class MilterChanges {
  /** Changes of one message. */
  private static final int CHANGES_MAX = 10_000;

  @FunctionalInterface
  private interface Change {
    void apply(Candidate candidate) throws IOException;
  }

  private final List<Change> changes = new ArrayList<>();
  private final boolean leadingSpace;

  /**
   * @param leadingSpace whether values have the space after the colon
   */
  MilterChanges(boolean leadingSpace) {
    this.leadingSpace = leadingSpace;
  }

  /**
   * Takes a packet that wants a change.
   *
   * @return false when it is another one
   * @throws CheckException when it wants what was not offered: another body or sender
   */
  boolean take(Packet packet) throws CheckException {
    switch (packet.letter()) {
      case 'h' -> {
        List<String> field = two(packet, 0);
        add(candidate -> candidate.header().add(field.getFirst(), value(field)));
      }
      case 'i' -> {
        int index = packet.number(0);
        List<String> field = two(packet, 4);
        add(candidate -> candidate.header().insert(index, field.getFirst(), value(field)));
      }
      case 'm' -> {
        int occurrence = packet.number(0);
        List<String> field = two(packet, 4);
        String value = field.getLast().isEmpty() ? null : value(field);
        add(candidate -> candidate.header().change(field.getFirst(), occurrence, value));
      }
      case '+' -> {
        String address = address(packet);
        add(candidate -> candidate.addRecipient(address));
      }
      case '-' -> {
        String address = address(packet);
        add(candidate -> candidate.removeRecipient(address));
      }
      case 'q' -> add(Candidate::quarantine);
      case 'b', 'e', '2' ->
          throw new CheckException("the milter wants '" + packet.letter() + "', not offered");
      default -> {
        return false;
      }
    }
    return true;
  }

  private void add(Change change) throws CheckException {
    if (changes.size() == CHANGES_MAX) {
      throw new CheckException("the milter wants more than " + CHANGES_MAX + " changes");
    }
    changes.add(change);
  }

  /** A value that has to stand as it is given, where the space after the colon was agreed upon. */
  private String value(List<String> field) {
    return leadingSpace ? field.getLast() : " " + field.getLast();
  }

  private static List<String> two(Packet packet, int from) throws CheckException {
    List<String> strings = packet.strings(from);
    if (strings.size() != 2) {
      throw new CheckException("the milter's packet '" + packet.letter() + "' is no field");
    }
    return strings;
  }

  private static String address(Packet packet) throws CheckException {
    List<String> strings = packet.strings(0);
    String path = strings.isEmpty() ? "" : strings.getFirst();
    String address =
        path.startsWith("<") && path.endsWith(">") ? path.substring(1, path.length() - 1) : path;
    if (address.isEmpty()) {
      throw new CheckException("the milter's packet '" + packet.letter() + "' names nobody");
    }
    return new String(address.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  void apply(Candidate candidate) throws IOException {
    for (Change change : changes) {
      change.apply(candidate);
    }
  }
}
