package org.postrider.control.operation;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Alias;

/**
 * An alias as administrators see one.
 *
 * @param owner who hears when mail to the group fails; null for owner-NAME where there is that
 * @param posting who may write to it: anyone, members or owner
 */
public record AliasView(
    String address, List<String> targets, @Nullable String owner, String posting) {
  static AliasView of(Alias alias) {
    return new AliasView(
        alias.address(),
        alias.targets(),
        alias.owner(),
        alias.posting().name().toLowerCase(Locale.ROOT));
  }
}
