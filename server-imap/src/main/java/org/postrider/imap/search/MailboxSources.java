package org.postrider.imap.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.AccountId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;
import org.postrider.storage.Mailboxes;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;

/** The mailboxes that ESEARCH looks into (RFC 7377 §2.2, RFC 5465 §6). */
public record MailboxSources(List<Source> sources) {
  /** The mailbox that is selected, and no other. */
  public static final MailboxSources SELECTED =
      new MailboxSources(List.of(new Source(Kind.SELECTED, List.of())));

  /** Names in one command. */
  private static final int NAMES_MAX = 1000;

  /** Which mailboxes are meant. */
  public enum Kind {
    SELECTED,
    /** Where mail may be delivered: that is any of the user's mailboxes. */
    INBOXES,
    PERSONAL,
    SUBSCRIBED,
    SUBTREE,
    SUBTREE_ONE,
    MAILBOXES;

    private boolean hasNames() {
      return switch (this) {
        case SELECTED, INBOXES, PERSONAL, SUBSCRIBED -> false;
        case SUBTREE, SUBTREE_ONE, MAILBOXES -> true;
      };
    }
  }

  /**
   * One specifier.
   *
   * @param names canonical; empty where the kind has none
   */
  public record Source(Kind kind, List<String> names) {
    private boolean contains(
        Mailbox mailbox, @Nullable MailboxId selected, Set<String> subscribed) {
      return kind == Kind.SELECTED
          ? mailbox.id().equals(selected)
          : covers(mailbox.name(), subscribed);
    }

    /** Whether a mailbox of that name, which need not exist, is meant; SELECTED names none. */
    public boolean covers(String mailbox, Set<String> subscribed) {
      return switch (kind) {
        case SELECTED -> false;
        case INBOXES, PERSONAL -> true;
        case SUBSCRIBED -> subscribed.contains(mailbox);
        case SUBTREE -> names.stream().anyMatch(name -> isBelow(name, mailbox, false));
        case SUBTREE_ONE -> names.stream().anyMatch(name -> isBelow(name, mailbox, true));
        case MAILBOXES -> names.contains(mailbox);
      };
    }

    private static boolean isBelow(String top, String name, boolean oneLevel) {
      return name.equals(top)
          || (name.startsWith(top + '/')
              && !(oneLevel && name.indexOf('/', top.length() + 1) >= 0));
    }
  }

  /** Specifiers in parentheses. */
  public static MailboxSources parse(ImapReader in) throws IOException, ImapSyntaxException {
    List<Source> sources = new ArrayList<>();
    int names = 0;
    in.expect('(');
    do {
      Source source = source(in.name(), in);
      sources.add(source);
      names += 1 + source.names.size();
      if (names > NAMES_MAX) {
        throw new ImapSyntaxException("Too many mailboxes");
      }
    } while (in.accept(' '));
    in.expect(')');
    return new MailboxSources(List.copyOf(sources));
  }

  /** A specifier of which the first word is read already. */
  public static Source source(String word, ImapReader in) throws IOException, ImapSyntaxException {
    Kind kind = kind(word);
    List<String> named = new ArrayList<>();
    if (kind.hasNames()) {
      in.space();
      boolean several = in.accept('(');
      do {
        named.add(canonical(in.mailbox()));
      } while (several && in.accept(' '));
      if (several) {
        in.expect(')');
      }
    }
    return new Source(kind, List.copyOf(named));
  }

  private static Kind kind(String name) throws ImapSyntaxException {
    for (Kind kind : Kind.values()) {
      if (kind.name().replace('_', '-').equals(name.toUpperCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new ImapSyntaxException("No such mailbox specifier");
  }

  /** A name that no mailbox can have is passed over as one that none has. */
  private static String canonical(String name) {
    try {
      return Mailboxes.canonicalName(name);
    } catch (StorageException e) {
      return name;
    }
  }

  /** Whether the selected mailbox is asked for as such. */
  public boolean hasSelected() {
    return sources.stream().anyMatch(source -> source.kind == Kind.SELECTED);
  }

  /** Whether nothing else is asked for. */
  public boolean isSelectedOnly() {
    return sources.stream().allMatch(source -> source.kind == Kind.SELECTED);
  }

  /**
   * The mailboxes that are there, each once, INBOX first.
   *
   * @param selected the selected mailbox, or null
   */
  public List<Mailbox> resolve(Store store, AccountId account, @Nullable MailboxId selected) {
    boolean needsSubscriptions = sources.stream().anyMatch(each -> each.kind == Kind.SUBSCRIBED);
    Set<String> subscribed =
        needsSubscriptions ? store.mailboxes().subscriptions(account) : Set.of();
    return store.mailboxes().list(account).stream()
        .filter(mailbox ->
            sources.stream().anyMatch(each -> each.contains(mailbox, selected, subscribed)))
        .toList();
  }
}
