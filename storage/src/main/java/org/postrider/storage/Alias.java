package org.postrider.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address that leads to others; a group when there are several.
 *
 * @param address canonical; the local part {@code *} is the domain's catch-all
 * @param targets canonical addresses, local or not, in the order given
 * @param owner who hears when mail to the group fails, canonical; null for {@code owner-NAME} of
 *     the same domain where there is such an address
 * @param posting who may write to the group
 */
public record Alias(String address, List<String> targets, @Nullable String owner, Posting posting) {

  /** Who may write to a group. */
  public enum Posting {
    ANYONE,
    /** Those whom it leads to, and its owner. */
    MEMBERS,
    OWNER
  }

  /** Whether mail to it is passed on as that of a mailing list; a catch-all is none. */
  boolean isGroup() {
    return !address.startsWith("*@")
        && (targets.size() > 1 || owner != null || posting != Posting.ANYONE);
  }
}
