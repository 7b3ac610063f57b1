package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postrider.smtp.PathParser.PathSyntaxException;
import org.postrider.storage.Alias;
import org.postrider.storage.Group;
import org.postrider.storage.Resolution;
import org.postrider.storage.Resolution.LocalRecipient;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;

/** VRFY and EXPN for those who may ask (RFC 5321 §3.5, §7.3). */
final class Inquiry {
  private static final String UTF8 = " SMTPUTF8";

  private final Store store;

  Inquiry(Store store) {
    this.store = store;
  }

  /** Verifies a user name or an address. */
  SmtpReply verify(String string) throws SmtpRefusal {
    try {
      List<MailAddress> found = new ArrayList<>();
      String elsewhere = "";
      for (MailAddress address : candidates(string)) {
        switch (store.directory().resolve(address.localPart(), address.domain())) {
          case Resolution.Deliverable(
                  List<LocalRecipient> local,
                  List<String> remote,
                  boolean _,
                  Group _) -> {
            found.add(address);
            if (local.isEmpty() && remote.size() == 1) {
              elsewhere = remote.getFirst();
            }
          }
          case Resolution.NotLocal() -> {
            return Replies.CANNOT_VERIFY;
          }
          case Resolution.UnknownUser(), Resolution.Disabled() -> {}
        }
      }
      return switch (found.size()) {
        case 0 -> Replies.UNKNOWN_USER;
        case 1 ->
            elsewhere.isEmpty()
                ? SmtpReply.of(250, "2.1.5", shown(found.getFirst().toString(), string))
                : SmtpReply.of( // RFC 5321 §3.4
                    251, "2.1.5", "Not local; will forward to " + shown(elsewhere, string));
        default -> Replies.AMBIGUOUS_USER;
      };
    } catch (StorageException e) {
      throw new SmtpRefusal(Filing.reply(e));
    }
  }

  /** Expands an alias, by one step. */
  SmtpReply expand(String string) throws SmtpRefusal {
    try {
      List<Alias> found = new ArrayList<>();
      for (MailAddress address : candidates(string)) {
        Optional<Alias> alias = store.directory().alias(address.toString());
        alias.ifPresent(found::add);
      }
      if (found.size() > 1) {
        return Replies.AMBIGUOUS_USER;
      }
      if (found.isEmpty()) {
        return Replies.NOT_A_LIST;
      }
      List<String> lines = new ArrayList<>();
      for (String target : found.getFirst().targets()) {
        lines.add(shown(target, string));
      }
      return new SmtpReply(250, "2.1.5", lines);
    } catch (StorageException e) {
      throw new SmtpRefusal(Filing.reply(e));
    }
  }

  /** The address meant; for a name alone, that name in each of our domains. */
  private List<MailAddress> candidates(String argument) throws SmtpRefusal {
    String string =
        argument.regionMatches(true, argument.length() - UTF8.length(), UTF8, 0, UTF8.length())
            ? argument.substring(0, argument.length() - UTF8.length()).strip()
            : argument;
    if (string.startsWith("<") && string.endsWith(">")) {
      string = string.substring(1, string.length() - 1);
    }
    try {
      PathParser name = new PathParser(string, 0);
      String user = name.userName();
      if (name.position() == string.length()) {
        return store.directory().domains().stream().map(d -> new MailAddress(user, d)).toList();
      }
      PathParser whole = new PathParser(string, 0);
      MailAddress address = whole.mailbox();
      if (whole.position() == string.length()) {
        return List.of(address);
      }
    } catch (PathSyntaxException e) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
  }

  /** Addresses beyond ASCII go only to those who ask for them (RFC 6531 §3.7.4.2). */
  private static String shown(String address, String argument) throws SmtpRefusal {
    boolean utf8 =
        argument.regionMatches(true, argument.length() - UTF8.length(), UTF8, 0, UTF8.length());
    if (!utf8 && !address.chars().allMatch(c -> c < 128)) {
      throw new SmtpRefusal(SmtpReply.of(252, "2.6.7", "The address needs SMTPUTF8 to be shown"));
    }
    return "<" + address + ">";
  }
}
