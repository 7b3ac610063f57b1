package org.postrider.control.operation;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.Store;

/**
 * Tries mail in the queue at once, holds it, releases it, takes it out, gives it back to its
 * sender, or sends it by another way.
 *
 * @param change retry, hold, release, cancel, bounce or route
 * @param argument for bounce the reason that the sender reads, at most 300 characters; for route
 *     {@code host} or {@code host:port}, or null for the usual way
 */
public record QueueChange(String change, @Nullable String argument, QueueFilter filter)
    implements Operation<QueueChange.Reply> {
  private static final int ARGUMENT_MAX = 300;
  private static final String REASON = "given up by the administrator";
  private static final int SMTP_PORT = 25;
  private static final Pattern HOST =
      Pattern.compile("([\\p{L}\\p{N}.-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");

  /**
   * @param changed recipients for which that could be done
   * @param left recipients that match, but are in another state, or just tried
   */
  public record Reply(int changed, int left) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Change what;
    try {
      what = Change.valueOf(change.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT, "There is no '" + change + "' of mail in the queue.");
    }
    String with = with(what);
    int[] counts = new int[2];
    filter.forEach(
        administration.store(),
        (entry, recipients) -> {
          int changed = change(administration.store(), entry, recipients, what, with);
          counts[0] += changed;
          counts[1] += recipients.size() - changed;
          progress.report("recipients", counts[0] + (long) counts[1], 0);
        });
    if (counts[0] + counts[1] == 0) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          "No mail in the queue is like that: see `postrider queue list`.");
    }
    return new Reply(counts[0], counts[1]);
  }

  private static int change(
      Store store, Entry entry, List<Recipient> recipients, Change what, String with) {
    if (recipients.size() == entry.recipients().size()) {
      return Math.min(
          recipients.size(), store.queue().change(entry.id(), -1, what, with, "administrator"));
    }
    int changed = 0;
    for (Recipient recipient : recipients) {
      changed += store.queue().change(entry.id(), recipient.number(), what, with, "administrator");
    }
    return changed;
  }

  private String with(Change what) throws Refusal {
    return switch (what) {
      case RETRY, HOLD, RELEASE, CANCEL -> "";
      case BOUNCE -> argument == null ? REASON : reason(argument);
      case ROUTE -> argument == null ? "" : host(argument);
    };
  }

  /** It stands in a field of the report. */
  private static String reason(String text) throws Refusal {
    String line = text.replaceAll("\\s+", " ").strip();
    if (line.isEmpty() || line.length() > ARGUMENT_MAX || !line.matches("\\p{Print}+")) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "A reason is a line of at most " + ARGUMENT_MAX + " ASCII characters.");
    }
    return line;
  }

  private static String host(String text) throws Refusal {
    Matcher matcher = HOST.matcher(text.strip());
    int port =
        !matcher.matches()
            ? 0
            : matcher.group(2) == null ? SMTP_PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65_535 || text.length() > ARGUMENT_MAX - 10) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "'" + text + "' is no host: write name:port, for instance relay.example.net:25.");
    }
    return matcher.group(1) + ":" + port;
  }
}
