package org.postrider.smtp;

import java.util.Optional;
import org.postrider.smtp.PathParser.PathSyntaxException;
import org.postrider.storage.DeliveryQueue.Started;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;

/**
 * ETRN (RFC 1985): starts the queue for a host that was away. For authenticated users, and for
 * addresses that the administrator trusts.
 */
final class EtrnExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return session.mayStartQueue() ? Optional.of("ETRN") : Optional.empty();
  }

  /**
   * Starts what waits for a node: {@code domain}, or {@code @domain} with all below it. Queues have
   * no other names, so that {@code #name} leads to none.
   */
  static SmtpReply start(String node, Store store) throws SmtpRefusal {
    if (node.startsWith("#")) {
      return SmtpReply.of(458, "4.3.5", "There is no queue of that name");
    }
    boolean below = node.startsWith("@");
    String name = below ? node.substring(1) : node;
    PathParser parser = new PathParser(name, 0);
    String domain;
    try {
      domain = name.startsWith("[") ? parser.addressLiteral() : parser.domain();
    } catch (PathSyntaxException e) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    if (parser.position() != name.length()) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    Started started;
    try {
      started = store.queue().start(domain, below);
    } catch (StorageException e) {
      return SmtpReply.of(458, "4.3.0", "The queue cannot be started now");
    }
    if (started.entries() == 0 && started.underWay() == 0) {
      return SmtpReply.of(251, "2.0.0", "Ok, no messages wait");
    }
    if (started.entries() == 0) {
      return SmtpReply.of(250, "2.0.0", "Ok, the messages are under way");
    }
    return below
        ? SmtpReply.of(252, "2.0.0", "Ok, the messages that waited were started")
        : SmtpReply.of(253, "2.0.0", "Ok, " + started.entries() + " messages were started");
  }
}
