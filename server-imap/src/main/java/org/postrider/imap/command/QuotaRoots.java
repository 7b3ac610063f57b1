package org.postrider.imap.command;

import java.util.ArrayList;
import java.util.List;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.storage.QuotaUsage;

/** The one quota root of an account (RFC 9208). */
final class QuotaRoots {
  /** Its name. */
  static final String ROOT = "user";

  /** RFC 9208 §5.1: STORAGE is told in units of 1024 octets. */
  private static final long UNIT = 1024;

  private QuotaRoots() {}

  /** The QUOTA response: the resources that are limited. */
  static Untagged quota(ImapSession session) {
    QuotaUsage usage = session.store().directory().quota(session.account().id());
    List<Untagged.Resource> resources = new ArrayList<>();
    if (usage.bytesMax() > 0) {
      resources.add(
          new Untagged.Resource(
              "STORAGE", Math.ceilDiv(usage.bytes(), UNIT), usage.bytesMax() / UNIT));
    }
    if (usage.messagesMax() > 0) {
      resources.add(new Untagged.Resource("MESSAGE", usage.messages(), usage.messagesMax()));
    }
    return new Untagged.Quota(ROOT, resources);
  }
}
