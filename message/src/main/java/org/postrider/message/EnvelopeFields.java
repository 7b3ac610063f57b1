package org.postrider.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a header that IMAP's ENVELOPE has (RFC 3501 §7.4.2). Of a field that occurs twice
 * the first counts, but addresses are put together, so that none hides behind another.
 */
final class EnvelopeFields {
  private @Nullable String date;
  private @Nullable String subject;
  private final List<String> from = new ArrayList<>(1);
  private final List<String> sender = new ArrayList<>(1);
  private final List<String> replyTo = new ArrayList<>(1);
  private final List<String> to = new ArrayList<>(1);
  private final List<String> cc = new ArrayList<>(1);
  private final List<String> bcc = new ArrayList<>(1);
  private @Nullable String inReplyTo;
  private @Nullable String messageId;

  /** Takes the field if it is one of the envelope's; whether it was. */
  boolean accept(FieldCursor field) {
    switch (field.nameLength()) {
      case 2 -> {
        if (field.is("to")) {
          to.add(field.raw());
        } else if (field.is("cc")) {
          cc.add(field.raw());
        } else {
          return false;
        }
      }
      case 3 -> {
        if (!field.is("bcc")) {
          return false;
        }
        bcc.add(field.raw());
      }
      case 4 -> {
        if (field.is("from")) {
          from.add(field.raw());
        } else if (field.is("date")) {
          date = first(date, field);
        } else {
          return false;
        }
      }
      default -> {
        return acceptLong(field);
      }
    }
    return true;
  }

  private boolean acceptLong(FieldCursor field) {
    if (field.is("sender")) {
      sender.add(field.raw());
    } else if (field.is("subject")) {
      subject = first(subject, field);
    } else if (field.is("reply-to")) {
      replyTo.add(field.raw());
    } else if (field.is("message-id")) {
      messageId = first(messageId, field);
    } else if (field.is("in-reply-to")) {
      inReplyTo = first(inReplyTo, field);
    } else {
      return false;
    }
    return true;
  }

  private static String first(@Nullable String value, FieldCursor field) {
    return value == null ? field.raw() : value;
  }

  /**
   * Writes the envelope.
   *
   * @param addressesMax how many addresses may be written
   * @return how many were
   */
  int writeTo(ImapBuffer out, int addressesMax) {
    int room = addressesMax;
    out.octet('(');
    string(out, date).octet(' ');
    string(out, subject).octet(' ');
    int fromStart = out.length();
    room -= addresses(out, from, room);
    int fromLength = out.length() - fromStart;
    out.octet(' ');
    room -= addressesOrFrom(out, sender, room, fromStart, fromLength);
    out.octet(' ');
    room -= addressesOrFrom(out, replyTo, room, fromStart, fromLength);
    out.octet(' ');
    room -= addresses(out, to, room);
    out.octet(' ');
    room -= addresses(out, cc, room);
    out.octet(' ');
    room -= addresses(out, bcc, room);
    out.octet(' ');
    string(out, inReplyTo).octet(' ');
    string(out, messageId).octet(')');
    return addressesMax - room;
  }

  private static ImapBuffer string(ImapBuffer out, @Nullable String value) {
    return value == null ? out.ascii("NIL") : out.string(value);
  }

  /** RFC 3501 §7.4.2: Sender and Reply-To default to From when absent or empty. */
  private static int addressesOrFrom(
      ImapBuffer out, List<String> values, int room, int fromStart, int fromLength) {
    int start = out.length();
    int count = addresses(out, values, room);
    if (count == 0) {
      out.truncate(start);
      out.append(out.array(), fromStart, fromLength);
    }
    return count;
  }

  private static int addresses(ImapBuffer out, List<String> values, int room) {
    if (values.isEmpty() || room <= 0) {
      out.ascii("NIL");
      return 0;
    }
    AddressParser parser = new AddressParser(String.join(", ", values), room);
    List<Address> addresses = parser.parse();
    if (addresses.isEmpty()) {
      out.ascii("NIL");
      return 0;
    }
    out.octet('(');
    for (Address address : addresses) {
      switch (address) {
        case Address.Mailbox mailbox -> mailbox(out, mailbox);
        case Address.Group group -> {
          out.ascii("(NIL NIL ").string(group.name()).ascii(" NIL)");
          group.members().forEach(member -> mailbox(out, member));
          out.ascii("(NIL NIL NIL NIL)");
        }
      }
    }
    out.octet(')');
    return parser.count();
  }

  /** A missing host is an empty string, because NIL would begin a group. */
  private static void mailbox(ImapBuffer out, Address.Mailbox mailbox) {
    out.octet('(').nilOrString(mailbox.name()).octet(' ').nilOrString(mailbox.route()).octet(' ');
    out.string(mailbox.localPart()).octet(' ').string(mailbox.domain()).octet(')');
  }
}
