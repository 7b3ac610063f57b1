package org.postrider.control.operation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The aliases.
 *
 * @param domain of this domain only, or null for all
 */
public record AliasList(@Nullable String domain) implements Operation<AliasList.Reply> {
  /** The aliases, sorted. */
  public record Reply(List<AliasView> aliases) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    String of = domain == null ? null : Lookup.domain(domain);
    return new Reply(
        administration.store().directory().aliases(of).stream().map(AliasView::of).toList());
  }
}
