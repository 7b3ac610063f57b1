package org.postrider.imap.list;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.list.ListRequest.Option;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.storage.AccountId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.SpecialUse;

/** Answers LIST and LSUB. */
public final class ListResponder {
  private final ImapSession session;
  private final ResponseWriter writer;
  private final AccountId account;

  public ListResponder(ImapSession session) {
    this.session = session;
    this.writer = session.writer();
    this.account = session.account().id();
  }

  /** Writes a LIST response for each name that is asked for. */
  public void list(ListRequest request) throws IOException {
    if (request.asksForSeparator()) {
      writer.untagged(new Untagged.Listed("LIST", List.of("\\Noselect"), "", List.of()));
      return;
    }
    NameTree tree = new NameTree(session.store().mailboxes().list(account));
    boolean needsSubscriptions =
        request.selection().contains(Option.SUBSCRIBED)
            || request.returns().contains(Option.SUBSCRIBED);
    Set<String> subscribed =
        needsSubscriptions ? session.store().mailboxes().subscriptions(account) : Set.of();
    if (request.selection().contains(Option.SUBSCRIBED)) {
      tree.addNames(subscribed);
    }
    Selection selection = new Selection(request, tree, subscribed);
    for (String name : tree.names()) {
      if (selection.matches(name)) {
        list(name, request, selection);
      }
    }
  }

  private void list(String name, ListRequest request, Selection selection) throws IOException {
    boolean selected = selection.selects(name);
    List<String> childInfo =
        request.selection().contains(Option.RECURSIVEMATCH)
            ? selection.childInfo(name, selected)
            : List.of();
    if (!selected && childInfo.isEmpty()) {
      return;
    }
    Mailbox mailbox = selection.tree.mailbox(name);
    List<String> attributes = new ArrayList<>();
    if (mailbox == null) {
      // RFC 5258 §3: \NonExistent implies \Noselect; a client of RFC 3501 knows only the latter.
      attributes.add(request.extended() || session.isRev2() ? "\\NonExistent" : "\\Noselect");
    }
    SpecialUse use = mailbox == null ? null : mailbox.specialUse();
    if (use == SpecialUse.SCHEDULED) {
      attributes.add("\\Noinferiors");
    }
    attributes.add(selection.tree.hasChildren(name) ? "\\HasChildren" : "\\HasNoChildren");
    if (use != null) {
      attributes.add(use.imapName());
    }
    if (selection.subscribed.contains(name)) {
      attributes.add("\\Subscribed");
    }
    writer.untagged(new Untagged.Listed("LIST", attributes, name, childInfo));
    if (mailbox != null && !request.status().isEmpty()) {
      writer.untagged(StatusItem.of(session, mailbox, request.status()));
    }
  }

  /**
   * Writes a LIST response for one mailbox, with OLDNAME where its name is not what the client
   * wrote (RFC 9051 §6.3.9.7).
   */
  public void tell(Mailbox mailbox, String written) throws IOException {
    NameTree tree = new NameTree(session.store().mailboxes().list(account));
    List<String> attributes = new ArrayList<>();
    attributes.add(tree.hasChildren(mailbox.name()) ? "\\HasChildren" : "\\HasNoChildren");
    SpecialUse use = mailbox.specialUse();
    if (use != null) {
      attributes.add(use.imapName());
    }
    String oldName = mailbox.name().equals(written) ? null : written;
    writer.untagged(new Untagged.NameTold(attributes, mailbox.name(), oldName));
  }

  /**
   * Writes LIST responses that the client did not ask for (RFC 5465 §5.4, §5.5).
   *
   * @param all the account's mailboxes
   * @param subscribed its subscriptions
   * @param names what is told, with the old names of mailboxes that were renamed
   */
  public void announce(
      List<Mailbox> all, Set<String> subscribed, Map<String, @Nullable String> names)
      throws IOException {
    NameTree tree = new NameTree(all);
    for (Map.Entry<String, @Nullable String> each : names.entrySet()) {
      String name = each.getKey();
      Mailbox mailbox = tree.mailbox(name);
      List<String> attributes = new ArrayList<>();
      if (mailbox == null) {
        attributes.add("\\NonExistent");
      }
      attributes.add(tree.hasChildren(name) ? "\\HasChildren" : "\\HasNoChildren");
      SpecialUse use = mailbox == null ? null : mailbox.specialUse();
      if (use != null) {
        attributes.add(use.imapName());
      }
      if (subscribed.contains(name)) {
        attributes.add("\\Subscribed");
      }
      writer.untagged(new Untagged.NameTold(attributes, name, each.getValue()));
    }
  }

  /** Which names a request is about. */
  private static final class Selection {
    private final List<ListPattern> patterns;
    private final Set<Option> options;
    private final NameTree tree;
    private final Set<String> subscribed;

    Selection(ListRequest request, NameTree tree, Set<String> subscribed) {
      this.patterns = request.compiled();
      this.options = request.selection();
      this.tree = tree;
      this.subscribed = subscribed;
    }

    boolean matches(String name) {
      return patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }

    boolean selects(String name) {
      return (!options.contains(Option.SUBSCRIBED) || subscribed.contains(name))
          && (!options.contains(Option.SPECIAL_USE) || hasSpecialUse(tree.mailbox(name)));
    }

    private static boolean hasSpecialUse(@Nullable Mailbox mailbox) {
      return mailbox != null && mailbox.specialUse() != null;
    }

    /**
     * RFC 5258 §3.5: options that something below the name meets; for a name that does not meet
     * them itself only when that is not in the answer anyway.
     */
    List<String> childInfo(String name, boolean selected) {
      boolean any =
          tree.below(name).stream()
              .anyMatch(child -> selects(child) && (selected || !matches(child)));
      List<String> info = new ArrayList<>();
      if (any && options.contains(Option.SUBSCRIBED)) {
        info.add("SUBSCRIBED");
      }
      if (any && options.contains(Option.SPECIAL_USE)) {
        info.add("SPECIAL-USE");
      }
      return info;
    }
  }

  /**
   * Writes an LSUB response for each subscribed name that matches, and for names above such that do
   * not match themselves (RFC 3501 §6.3.9).
   */
  public void lsub(String reference, String pattern) throws IOException {
    ListPattern matcher = new ListPattern(reference, pattern);
    Set<String> subscribed = session.store().mailboxes().subscriptions(account);
    NameTree tree = new NameTree(session.store().mailboxes().list(account));
    Set<String> above = new TreeSet<>();
    for (String name : subscribed) {
      if (matcher.matches(name)) {
        List<String> attributes = tree.mailbox(name) == null ? List.of("\\Noselect") : List.of();
        writer.untagged(new Untagged.Listed("LSUB", attributes, name, List.of()));
      } else if (pattern.endsWith("%")) {
        NameTree.parents(name).stream().filter(matcher::matches).forEach(above::add);
      }
    }
    above.removeAll(subscribed);
    for (String name : above) {
      writer.untagged(new Untagged.Listed("LSUB", List.of("\\Noselect"), name, List.of()));
    }
  }
}
