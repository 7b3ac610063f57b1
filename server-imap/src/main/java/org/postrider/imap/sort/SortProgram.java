package org.postrider.imap.sort;

import java.util.ArrayList;
import java.util.List;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** The criteria of SORT, the first one first (RFC 5256 §3). */
public record SortProgram(List<Criterion> criteria) {
  /** More would be repetitions. */
  private static final int CRITERIA_MAX = 32;

  /** What is compared. */
  public enum Key {
    ARRIVAL,
    CC,
    DATE,
    FROM,
    SIZE,
    SUBJECT,
    TO,
    /** RFC 5957 §4. */
    DISPLAYFROM,
    /** RFC 5957 §4. */
    DISPLAYTO,
    /** RFC 6203 §6: the most relevant first. */
    RELEVANCY;

    /** Whether the message's entry does not have it. */
    boolean isInContent() {
      return switch (this) {
        case ARRIVAL, SIZE, RELEVANCY -> false;
        case CC, DATE, FROM, SUBJECT, TO, DISPLAYFROM, DISPLAYTO -> true;
      };
    }
  }

  /**
   * A criterion.
   *
   * @param reverse whether the greatest comes first
   */
  public record Criterion(Key key, boolean reverse) {}

  /** Criteria in parentheses. */
  public static SortProgram parse(ImapReader in) throws ImapSyntaxException {
    List<Criterion> criteria = new ArrayList<>();
    in.expect('(');
    do {
      String name = in.name();
      boolean reverse = name.equals("REVERSE");
      if (reverse) {
        in.space();
        name = in.name();
      }
      criteria.add(new Criterion(key(name), reverse));
      if (criteria.size() > CRITERIA_MAX) {
        throw new ImapSyntaxException("Too many sort criteria");
      }
    } while (in.accept(' '));
    in.expect(')');
    return new SortProgram(List.copyOf(criteria));
  }

  private static Key key(String name) throws ImapSyntaxException {
    for (Key key : Key.values()) {
      if (key.name().equals(name)) {
        return key;
      }
    }
    throw new ImapSyntaxException("No such sort criterion");
  }

  /** Whether messages are sorted by how well they fit. */
  public boolean usesRelevancy() {
    return criteria.stream().anyMatch(criterion -> criterion.key == Key.RELEVANCY);
  }

  /** Whether {@link SortOrder} looks at contents. */
  public boolean needsContents() {
    return criteria.stream().anyMatch(criterion -> criterion.key.isInContent());
  }
}
