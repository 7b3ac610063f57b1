package org.postrider.control.operation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Alias;

/**
 * Sets what is special about a group.
 *
 * @param owner an address; empty for owner-NAME, null to leave it
 * @param posting anyone, members or owner; null to leave it
 */
public record AliasSet(String address, @Nullable String owner, @Nullable String posting)
    implements Operation<AliasSet.Reply> {
  /** The alias as it is now. */
  public record Reply(AliasView alias) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    if (owner == null && posting == null) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT, "Say what to set: an owner, or who may write to it.");
    }
    AliasRemove.require(administration.store().directory(), address);
    @Nullable String owned = owner == null || owner.isEmpty() ? owner : Lookup.address(owner);
    return new Reply(
        AliasView.of(
            administration
                .store()
                .directory()
                .setGroup(Lookup.address(address), owned, posting(posting))));
  }

  private static Alias.@Nullable Posting posting(@Nullable String word) throws Refusal {
    if (word == null) {
      return null;
    }
    for (Alias.Posting posting : Alias.Posting.values()) {
      if (posting.name().equalsIgnoreCase(word)) {
        return posting;
      }
    }
    List<String> words =
        Arrays.stream(Alias.Posting.values()).map(p -> p.name().toLowerCase(Locale.ROOT)).toList();
    throw new Refusal(
        Refusal.Reason.BAD_ARGUMENT, "'" + word + "' is none of " + String.join(", ", words) + ".");
  }
}
